import './plain-runes.ts';
import { TransferError, toErrorRecord } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import type { ListedTransfer } from '../../src/contract/messages.ts';
import { pickedFiles } from '../../src/gather/picked-files.ts';
import { announcementOf } from '../../src/page/announcement.ts';
import { ReceiveSession } from '../../src/sessions/receive-session.svelte.ts';
import { SendSession } from '../../src/sessions/send-session.svelte.ts';
import { FakeEngine } from './fake-engine.ts';

const LISTED: ListedTransfer = {
  id: 'some-id',
  kind: 'receiving',
  title: 'Holiday',
  files: 3,
  bytes: 10,
  totalBytes: 30,
  isTaken: false,
  handles: [],
};
const ACCEPTED = { type: 'event', event: { type: 'accepted', files: 3, bytes: 30, unsized: false } } as const;

test('a receiving is gone on with without a code, and without being asked', () => {
  const engine = new FakeEngine();
  const session = ReceiveSession.resume(engine.client, LISTED);
  expect(engine.wire).toEqual({ wire: 'resumed', transferId: 'some-id' });
  expect([session.state.name, session.title, session.place]).toEqual(['resuming', 'Holiday', 'browser']);
  engine.report({ type: 'event', event: { type: 'comparing', bytes: 5, totalBytes: 10 } });
  expect(announcementOf({ name: 'receive', session })).toBe('Comparing what is already here.');
  engine.report(ACCEPTED);
  expect(session.state.name).toBe('receiving');
  expect(session.wouldEnd).toBe(false);
});

test('leaving before the other side is there keeps it for later', async () => {
  for (const resume of [
    (engine: FakeEngine) => ReceiveSession.resume(engine.client, LISTED),
    (engine: FakeEngine) => SendSession.resume(engine.client, LISTED, true),
  ]) {
    const engine = new FakeEngine();
    const closed = resume(engine).close();
    expect(engine.told.at(-1)).toEqual({ type: 'leave' });
    engine.report({ type: 'failed', error: toErrorRecord(new TransferError('interrupted')) });
    await closed;
    expect(engine.isClosed).toBe(true);
  }
});

test('a sending without handles waits for the same files', async () => {
  const engine = new FakeEngine();
  const session = SendSession.resume(engine.client, LISTED, false);
  expect([session.state.name, engine.wire]).toEqual(['choosing', null]);
  session.take(pickedFiles([new File(['x'], 'again')]));
  expect(session.state.name).toBe('resuming');
  await expect.poll(() => engine.told).toContainEqual({ type: 'items-end' });
  expect(engine.told).toContainEqual({
    type: 'items',
    items: [expect.objectContaining({ path: 'again' })],
  });
  const mismatch = { missing: ['a'], missingCount: 1, changed: [], changedCount: 0 };
  engine.report({ type: 'mismatch', mismatch });
  expect(session.state).toEqual({ name: 'choosing', mismatch });
  engine.told.length = 0;
  session.take(pickedFiles([new File(['x'], 'again')]));
  await expect.poll(() => engine.told).toContainEqual({ type: 'items-end' });
  expect(engine.told).toContainEqual({ type: 'items', items: [expect.objectContaining({ path: 'again' })] });
});

test('a sending with handles needs nothing', () => {
  const engine = new FakeEngine();
  const session = SendSession.resume(engine.client, LISTED, true);
  expect([session.state.name, engine.told]).toEqual(['resuming', [{ type: 'items-stored' }]]);
  engine.report(ACCEPTED);
  expect(session.state.name).toBe('sending');
});

test('what stands still keeps its progress, and says so', () => {
  const engine = new FakeEngine();
  const session = new SendSession(engine.client, pickedFiles([]));
  engine.report(ACCEPTED);
  engine.report({
    type: 'event',
    event: { type: 'progress', bytes: 20, keptBytes: 0, totalBytes: 30, filesDone: 1 },
  });
  engine.report({ type: 'event', event: { type: 'reconnecting', missing: 'relay', leftMs: 1000 } });
  if (session.state.name !== 'sending') throw new Error(session.state.name);
  expect([session.state.progress.bytes, session.state.progress.rate]).toEqual([20, null]);
  expect(announcementOf({ name: 'send', session })).toContain('Reconnecting… No connection since');
  // The other side was started anew, and its offer is accepted again.
  engine.report({ type: 'event', event: { type: 'reconnected', restarted: true } });
  engine.report(ACCEPTED);
  expect([session.state.name, session.state.progress.bytes]).toEqual(['sending', 20]);
});

test('a tab is only held open for what ends with it', () => {
  const engine = new FakeEngine();
  const session = new SendSession(engine.client, pickedFiles([]));
  engine.report(ACCEPTED);
  expect(session.wouldEnd).toBe(true);
  engine.report({ type: 'resumable', isResumable: true });
  expect(session.wouldEnd).toBe(false);
});

test('an end that may pass tells where to go on', () => {
  const engine = new FakeEngine();
  const session = ReceiveSession.resume(engine.client, LISTED);
  engine.report({ type: 'failed', error: toErrorRecord(new TransferError('peer-gone')) });
  expect(session.state).toMatchObject({
    name: 'failed',
    problem: { next: 'What has arrived is kept. Resume it from the first page when both sides are online.' },
  });
});

test('a transfer of another tab is not touched', () => {
  const engine = new FakeEngine();
  const session = ReceiveSession.resume(engine.client, LISTED);
  engine.report({ type: 'taken' });
  expect(session.state).toMatchObject({ problem: { sentence: 'This transfer is open in another tab.' } });
});
