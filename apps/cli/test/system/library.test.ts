// The library as its users import it: the built package, with a relay in this process.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import {
  type Offer,
  type RunningRelay,
  receive,
  send,
  startRelay,
  TransferError,
  type TransferEvent,
} from 'p2p-copy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RunningRelay;
beforeAll(async () => {
  relay = await startRelay({ host: '127.0.0.1', port: 0 });
});
afterAll(() => relay.close());

/** Starts sending; gives the promise of its end and the code. */
async function sending(options: Parameters<typeof send>[0]) {
  const events: TransferEvent[] = [];
  let sent: ReturnType<typeof send> | undefined;
  const { code, url } = await new Promise<{ code: string; url: string }>((resolve, reject) => {
    const onEvent = (event: TransferEvent) => {
      events.push(event);
      if (event.type === 'code') resolve(event);
    };
    sent = send({ relay: relay.url, ...options, onEvent });
    sent.catch(reject);
  });
  return { sent: sent!, events, code, url };
}

it('moves files and a message, and tells both sides what happens', async () => {
  const root = await scratchFolder();
  makeTree(root, { 'd/a.txt': 'a', 'd/empty/': '' });
  const { sent, events, url } = await sending({ paths: [join(root, 'd')], text: 'hello' });
  const offers: Offer[] = [];
  const texts: string[] = [];
  // The link says which relay.
  const received = await receive({
    code: url,
    out: join(root, 'out'),
    accept(offer) {
      offers.push(offer);
      return true;
    },
    onText: (text) => texts.push(text),
  });
  expect(received).toEqual({
    files: 2,
    bytes: 6,
    failed: [],
    text: 'hello',
    folder: join(root, 'out'),
    renamed: [],
    alreadyThere: 0,
    skipped: [],
  });
  expect(await sent).toEqual({ files: 2, bytes: 6, failed: [] });
  expect(texts).toEqual(['hello']);
  expect(listTree(join(root, 'out'))).toEqual(['d', 'd/a.txt', 'd/empty']);
  expect(offers[0]).toMatchObject({ files: 2, bytes: 6, unsized: false, freeBytes: expect.any(Number) });
  expect(offers[0]!.entries.map(({ kind, path }) => `${kind} ${path}`)).toEqual([
    'folder d',
    'file d/a.txt',
    'folder d/empty',
    'text message.txt',
  ]);
  const kinds = [
    'code',
    'joined',
    'verifier',
    'offer',
    'unresumable',
    'accepted',
    'path',
    'progress',
    'file-done',
  ];
  expect([...new Set(events.map(({ type }) => type))]).toEqual(kinds);
});

it('moves a stream into a stream', async () => {
  const content = Buffer.alloc(1_000_000, 'stream ');
  const { sent, code } = await sending({
    stdin: Readable.from([content.subarray(0, 300_001), content.subarray(300_001)]),
  });
  const to = new PassThrough();
  const pieces: Buffer[] = [];
  to.on('data', (piece) => pieces.push(piece));
  const received = await receive({ code, relay: relay.url, to });
  await sent;
  expect(received).toMatchObject({ files: 1, bytes: 1_000_000, folder: null });
  expect(Buffer.concat(pieces).equals(content)).toBe(true);
  expect(to.writableEnded).toBe(false);
});

it('asks a callback about names that are taken', async () => {
  const root = await scratchFolder();
  makeTree(root, { 'd/a': 'newer', 'd/b': 'newer', 'd/c': 'newer' });
  makeTree(join(root, 'out'), { 'd/a': 'old', 'd/b': 'old', 'd/c': 'old' });
  const { sent, code } = await sending({ paths: [join(root, 'd')] });
  const actions = { 'd/a': 'skip', 'd/b': 'rename', 'd/c': 'replace' } as const;
  const received = await receive({
    code,
    relay: relay.url,
    out: join(root, 'out'),
    overwrite: ({ path }) => actions[path as keyof typeof actions],
  });
  expect(received).toMatchObject({ renamed: [{ path: 'd/b', savedAs: 'd/b (1)' }], skipped: ['d/a'] });
  expect(await sent).toMatchObject({ files: 2, failed: [] });
  const read = (name: string) => readFileSync(join(root, 'out/d', name), 'utf8');
  expect(['a', 'b', 'b (1)', 'c'].map(read)).toEqual(['old', 'old', 'newer', 'newer']);
});

it('declines', async () => {
  const root = await scratchFolder();
  const { sent, code } = await sending({ text: 'x' });
  const received = receive({ code, relay: relay.url, out: join(root, 'out'), accept: () => false });
  await expect(received).rejects.toMatchObject({ code: 'declined', message: 'You declined the offer.' });
  await expect(sent).rejects.toMatchObject({ code: 'declined' });
  expect(listTree(root)).toEqual([]);
});

it('rejects with what a callback threw, and tells the sender that it was declined', async () => {
  const { sent, code } = await sending({ text: 'x' });
  const mine = new Error('my own');
  const received = receive({
    code,
    relay: relay.url,
    accept() {
      throw mine;
    },
  });
  await expect(received).rejects.toBe(mine);
  await expect(sent).rejects.toMatchObject({ code: 'declined' });
});

it('aborts while waiting, and while running', async () => {
  const controller = new AbortController();
  const waiting = await sending({ text: 'x', signal: controller.signal });
  controller.abort();
  await expect(waiting.sent).rejects.toMatchObject({ code: 'interrupted' });

  const root = await scratchFolder();
  const other = new AbortController();
  const endless = new PassThrough();
  endless.write(Buffer.alloc(1_000_000));
  const { sent, code } = await sending({ stdin: endless });
  const received = receive({
    code,
    relay: relay.url,
    out: root,
    signal: other.signal,
    onEvent: ({ type }) => type === 'accepted' && other.abort(),
  });
  await expect(received).rejects.toMatchObject({ code: 'interrupted' });
  await expect(sent).rejects.toMatchObject({ code: 'cancelled' });
  expect(listTree(root)).not.toContain('stdin');
});

it('rejects with a TransferError that says what to do', async () => {
  const error = await send({ paths: ['/no/such/file'], relay: relay.url }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(TransferError);
  expect(error).toMatchObject({
    name: 'TransferError',
    code: 'source-unreadable',
    next: expect.stringContaining('Check'),
  });
  await expect(send({ relay: relay.url })).rejects.toMatchObject({ code: 'nothing-to-send' });
  await expect(send({ text: 'x', relay: 'nonsense' })).rejects.toMatchObject({ code: 'relay-unreachable' });
  await expect(receive({ code: 'nonsense', relay: relay.url })).rejects.toMatchObject({ code: 'bad-code' });
});

it('a file that is called as a message is hides none', async () => {
  const root = await scratchFolder();
  makeTree(root, { 'message.txt': 'a file' });
  const { sent, url } = await sending({ paths: [join(root, 'message.txt')], text: 'a message' });
  const out = join(root, 'out');
  const received = await receive({ code: url, out, accept: () => true });
  await sent;
  expect(received).toMatchObject({ files: 2, text: 'a message' });
  expect(listTree(out)).toEqual(['message.txt']);
  expect(readFileSync(join(out, 'message.txt'), 'utf8')).toBe('a file');
});

it('warns about what it leaves out', async () => {
  const root = await scratchFolder();
  mkdirSync(join(root, 'd'));
  writeFileSync(join(root, 'd/f'), 'x');
  symlinkSync('nowhere', join(root, 'd/broken'));
  const warnings: string[] = [];
  const controller = new AbortController();
  const onWarning = (text: string) => warnings.push(text);
  const options = { paths: [join(root, 'd')], followLinks: true, onWarning };
  const { sent } = await sending({ ...options, signal: controller.signal });
  await expect.poll(() => warnings).toEqual([expect.stringContaining('“d/broken” is left out')]);
  controller.abort();
  await expect(sent).rejects.toMatchObject({ code: 'interrupted' });
});
