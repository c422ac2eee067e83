// A manifest while it comes: checked page by page, in turns with everything else, as often as a limit allows.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ReceiveOptions } from '../../src/api/options.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import type { RelaySocket } from '../../src/ports/relay-socket.ts';
import { receiveFiles } from '../../src/transfer/receive-files.ts';
import { MAX_OFFERS, MAX_PAGE_ENTRIES } from '../../src/wire/limits.ts';
import { HostileSender } from '../transfer/rig/hostile-sender.ts';
import { fileEntry, folderEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock, relayPorts, runPair } from '../transfer/rig/run-pair.ts';

/** Counts the turns that are asked for. */
function countedClock(): Clock & { turns: number } {
  return {
    ...realClock,
    turns: 0,
    turn() {
      this.turns += 1;
      return nextTurn();
    },
  };
}

/** A receiver of a hostile sender's offer. */
async function meet(options: Partial<ReceiveOptions> = {}, clock: Clock = realClock) {
  const { dial } = new MemoryRelay();
  const { code, joined } = await HostileSender.wait(relayPorts(dial), 'http://memory');
  let reviews = 0;
  const received = receiveFiles(relayPorts(dial, clock), {
    relayUrl: 'http://memory',
    code,
    nameRules: { windowsNames: false, foldsCase: false },
    signal: new AbortController().signal,
    review: () => {
      reviews += 1;
      return new Promise<never>(() => {});
    },
    onText: () => {},
    onEvent: () => {},
    reconnectTimeoutMs: 0,
    ...options,
  });
  received.catch(() => {});
  return { sender: await joined, received, reviews: () => reviews };
}

describe('a manifest', () => {
  it.each([
    ['a path that leads out', '../x', 'path-refused'],
    ['a path that came before', 'f3', 'path-refused'],
    ['a path below a file', 'f3/x', 'path-refused'],
  ])('ends the transfer at the page that holds %s, though more is to come', async (_what, path, code) => {
    const { sender, received, reviews } = await meet();
    await sender.list(100, (i) => `f${i}`, 50);
    await sender.say({
      type: 'manifest',
      entries: [
        { path: 'good', size: 1 },
        { path, size: 1 },
      ],
    });
    await expect(received).rejects.toMatchObject({ code });
    expect(await sender.hears('decline')).toEqual({ type: 'decline', code, file: 101 });
    expect(reviews()).toBe(0);
  });

  it('gives way to the rest of the process at least every 5,000 entries', async () => {
    const clock = countedClock();
    const { sender, received } = await meet({}, clock);
    const pages = 6;
    await sender.list(pages * MAX_PAGE_ENTRIES, (i) => `folder ${i % 100}/${i}`, MAX_PAGE_ENTRIES);
    await sender.say({ type: 'manifest', entries: [{ path: '..', size: 1 }] });
    await expect(received).rejects.toMatchObject({ code: 'path-refused' });
    expect(MAX_PAGE_ENTRIES).toBeLessThanOrEqual(5000);
    expect(clock.turns).toBeGreaterThanOrEqual(pages);
  });

  it('is interrupted in the middle', async () => {
    const person = new AbortController();
    const { sender, received } = await meet({ signal: person.signal });
    await sender.list(5000, (i) => `f${i}`);
    person.abort();
    await expect(received).rejects.toMatchObject({ code: 'interrupted' });
    expect(await sender.hears('abort')).toMatchObject({ code: 'cancelled' });
  });

  it.each([
    ['no entries', []],
    [
      'more entries than a page may have',
      Array.from({ length: MAX_PAGE_ENTRIES + 1 }, (_, i) => ({ path: `f${i}`, size: 1 })),
    ],
    ['more than a control message may have', [{ path: 'f', size: 1, unknown: 'x'.repeat(256 * 1024) }]],
  ])('is a violation with a page of %s', async (_what, entries) => {
    const { sender, received } = await meet();
    await sender.say({ type: 'manifest', entries });
    await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
  });

  it('is a violation without a page', async () => {
    const { sender, received } = await meet();
    await sender.say({ type: 'manifest-end', entries: 1 });
    await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
  });
});

describe('an offer that is taken back', () => {
  it('is read again a bounded number of times', async () => {
    const { sender, received, reviews } = await meet();
    let readInFull = 0;
    for (; readInFull < MAX_OFFERS; readInFull += 1) {
      await sender.list(3, (i) => `f${i}`);
      await sender.say({ type: 'manifest-end', entries: 3 });
      await sender.say({ type: 'withdraw' });
      expect(await sender.hears('withdrawn')).not.toBeNull();
    }
    await sender.list(3, (i) => `f${i}`);
    await expect(received).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(readInFull).toBe(MAX_OFFERS);
    // Nobody is asked about a list that was taken back before its question came up.
    expect(reviews()).toBeLessThanOrEqual(MAX_OFFERS);
  });

  it('is offered by our sender no more often than a receiver reads it, and the person is told', async () => {
    const folder = new MemoryFolder();
    let revisions = 0;
    let offers = 0;
    let revise: (version: number) => void = () => {};
    const { sent, received, events } = await runPair([fileEntry('first', new Uint8Array(1))], {
      send: {
        onRevisable(given) {
          revise = (version) => given(Promise.resolve([fileEntry(`version ${version}`, new Uint8Array(1))]));
        },
      },
      receive: {
        async review() {
          offers += 1;
          revisions += 1;
          revise(revisions);
          // The last one isn't taken back.
          if (offers < MAX_OFFERS) return new Promise<never>(() => {});
          return { accept: true, sink: folder, skip: new Set() };
        },
      },
    });
    expect([sent.status, received.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(offers).toBe(MAX_OFFERS);
    expect([...folder.files.keys()]).toEqual([`version ${MAX_OFFERS - 1}`]);
    expect(events.sender).toContainEqual(expect.objectContaining({ type: 'accepted', isOutdated: true }));
  });
});

it('a sender waits for its connection to take the pages of a long list, and gives way between them', async () => {
  const relay = new MemoryRelay();
  const clock = countedClock();
  let pages = 0;
  let pagesWhileHeld = 0;
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let isHeld = true;
  const dial: typeof relay.dial = async (...given) => {
    const socket = await relay.dial(...given);
    return new Proxy(socket, {
      get(target, name) {
        if (name === 'bufferedBytes') return isHeld && pages > 0 ? 2 ** 24 : 0;
        if (name === 'drained') return () => (isHeld && pages > 0 ? held : Promise.resolve());
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        if (name !== 'send') return value.bind(target);
        return (message: Parameters<RelaySocket['send']>[0]) => {
          // Handshake messages are small.
          if (typeof message !== 'string' && message.length > 10_000) pages += 1;
          target.send(message);
        };
      },
    });
  };
  const entries = Array.from({ length: 4 * MAX_PAGE_ENTRIES }, (_, i) => folderEntry(`f${i}`));
  const transfer = runPair(entries, { relay, ports: { sender: { dial, clock } } });
  for (let i = 0; i < 50; i += 1) await nextTurn();
  while (pages === 0) await nextTurn();
  for (let i = 0; i < 50; i += 1) await nextTurn();
  pagesWhileHeld = pages;
  isHeld = false;
  release();
  const { sent } = await transfer;
  expect(sent.status).toBe('fulfilled');
  expect(pagesWhileHeld).toBe(1);
  expect(pages).toBeGreaterThanOrEqual(4);
  expect(clock.turns).toBeGreaterThanOrEqual(4);
});
