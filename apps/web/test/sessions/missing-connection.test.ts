// What a person reads and can do while a connection is missing, and when the time for it is over.
import './plain-runes.ts';
import { type ErrorCode, TransferError, type TransferEvent, toErrorRecord } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { device } from '../../src/capabilities/device.svelte.ts';
import { formatClock, formatMoved } from '../../src/format/quantities.ts';
import { pickedFiles } from '../../src/gather/picked-files.ts';
import { de } from '../../src/i18n/de/de.ts';
import { spoken } from '../../src/i18n/spoken.svelte.ts';
import { zh } from '../../src/i18n/zh/zh.ts';
import { announcementOf } from '../../src/page/announcement.ts';
import { ReceiveSession } from '../../src/sessions/receive-session.svelte.ts';
import { SendSession } from '../../src/sessions/send-session.svelte.ts';
import { FakeEngine } from './fake-engine.ts';

const MINUTES = 60_000;
const START_MS = new Date(2026, 10, 27, 14, 3).getTime();
const PEER_LOST: TransferEvent = { type: 'reconnecting', missing: 'peer', leftMs: 30 * MINUTES };
const RELAY_LOST: TransferEvent = { type: 'reconnecting', missing: 'relay', leftMs: 30 * MINUTES };
const BACK: TransferEvent = { type: 'reconnected', restarted: false };

vi.stubGlobal('location', new URL('https://copy.example/'));

beforeEach(() => {
  vi.useFakeTimers({ now: START_MS });
  device.isOffline = false;
});

afterEach(() => {
  vi.useRealTimers();
});

/** A sending of two files, as the events left it. */
async function sendingAfter(...events: TransferEvent[]) {
  const engine = new FakeEngine();
  const session = new SendSession(
    engine.client,
    pickedFiles([new File(['one'], 'a'), new File(['two'], 'b')]),
  );
  await vi.advanceTimersByTimeAsync(0);
  tell(engine, ...events);
  return { engine, session, said: () => announcementOf({ name: 'send', session }) };
}

function receivingAfter(...events: TransferEvent[]) {
  const engine = new FakeEngine();
  const session = new ReceiveSession(engine.client, { wire: 'version-two', code: '7-guitar-ocean' });
  tell(engine, ...events);
  return { engine, session, said: () => announcementOf({ name: 'receive', session }) };
}

function tell(engine: FakeEngine, ...events: TransferEvent[]) {
  for (const event of events) engine.report({ type: 'event', event });
}

function fail(engine: FakeEngine, code: ErrorCode) {
  engine.report({ type: 'failed', error: toErrorRecord(new TransferError(code)) });
}

const CODE: TransferEvent = { type: 'code', code: '7-guitar-ocean', validMs: 24 * 60 * MINUTES };
const WAITING: TransferEvent[] = [CODE, { type: 'joined' }, { type: 'verifier', words: ['a', 'b'] }];

test('who is missing is said 10 s after the loss, with since when and until when', async () => {
  const { said } = await sendingAfter(...WAITING, PEER_LOST);
  expect(said()).toMatch(/^Reconnecting… .*since 2:03.PM.*until 2:33.PM/);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(said()).toMatch(/^Reconnecting…/);
  await vi.advanceTimersByTimeAsync(1);
  expect(said()).toMatch(
    /^The other side is not there at the moment\. Not connected since 2:03.PM.*until 2:33.PM/,
  );
});

test('when something else turns out to be missing, that is said, and since when stays', async () => {
  const { engine, said } = await sendingAfter(...WAITING, RELAY_LOST);
  await vi.advanceTimersByTimeAsync(10 * MINUTES);
  expect(said()).toMatch(/^The server cannot be reached\./);
  tell(engine, { ...PEER_LOST, leftMs: 20 * MINUTES } as TransferEvent);
  expect(said()).toMatch(/^The other side is not there .*since 2:03.PM.*until 2:33.PM/);
  tell(engine, BACK);
  expect(said()).toBe('Connected again ');
});

test('an outage that is over within 10 s blames nobody later', async () => {
  const { engine, session } = await sendingAfter(...WAITING, PEER_LOST, BACK);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(session.flow.shown.name).toBe('moving');
  tell(engine, RELAY_LOST);
  expect(session.flow.outage).toMatchObject({ isLong: false, sinceMs: START_MS + 20_000 });
});

test('a device that is offline knows at once what is missing', async () => {
  device.isOffline = true;
  const { said } = await sendingAfter(RELAY_LOST);
  expect(said()).toMatch(/^This device is offline\. No connection since/);
});

test('before the first connection nobody is said to come back', async () => {
  expect((await sendingAfter(RELAY_LOST)).said()).toMatch(/^Connecting…/);
  expect(receivingAfter(PEER_LOST).said()).toMatch(/^Connecting…/);
});

test('a code stays on the screen while the connection is missing', async () => {
  const { session } = await sendingAfter(CODE, RELAY_LOST);
  expect(session.state).toMatchObject({ name: 'offered', code: '7-guitar-ocean' });
  expect(session.state).toMatchObject({ untilMs: START_MS + 24 * 60 * MINUTES });
});

test('a code that was lost is followed by a new one with the reason', async () => {
  const { session } = await sendingAfter(CODE, RELAY_LOST, BACK, { type: 'code-lost' }, {
    ...CODE,
    code: '9-other-code',
  } as TransferEvent);
  expect(session.state).toMatchObject({ name: 'offered', code: '9-other-code', notice: 'lost' });
});

test('a new code is for the same files, and ends the session before', async () => {
  const { engine, session } = await sendingAfter(...WAITING, PEER_LOST);
  const first = engine.told.filter(({ type }) => type === 'items');
  engine.told.length = 0;
  session.sendAgain();
  await vi.advanceTimersByTimeAsync(0);
  expect(engine.told[0]).toEqual({ type: 'stop', stop: null });
  expect(engine.told.filter(({ type }) => type === 'items').flatMap(itemsOf)).toEqual(first.flatMap(itemsOf));
  expect(engine.told.at(-1)).toEqual({ type: 'items-end' });
  expect([engine.wire, session.state.name, session.flow.shown.name]).toEqual([
    { wire: 'version-two' },
    'connecting',
    'moving',
  ]);
});

test('what was taken away is not sent with the new code', async () => {
  const { engine, session } = await sendingAfter(CODE);
  session.offer.remove(session.offer.rows[0]!);
  engine.told.length = 0;
  session.sendAgain();
  expect(engine.told.flatMap(itemsOf).map((item) => 'path' in item && item.path)).toEqual(['b']);
});

function itemsOf(command: FakeEngine['told'][number]) {
  return command.type === 'items' ? command.items : [];
}

test.each<[code: ErrorCode, can: boolean]>([
  ['wait-expired', true],
  ['relay-unreachable', true],
  ['declined', true],
  ['cancelled', true],
  ['source-unreadable', false],
  ['nothing-to-send', false],
])('after %s the same files can go with a new code: %s', async (code, can) => {
  const { engine, session } = await sendingAfter(CODE);
  fail(engine, code);
  expect(session.state).toMatchObject({ name: 'failed', canSendAgain: can });
  if (can) session.sendAgain();
  expect(session.state.name).toBe(can ? 'connecting' : 'failed');
});

test('when the time is over, it is said who went and what to do', async () => {
  const waiting = await sendingAfter(...WAITING, PEER_LOST);
  await vi.advanceTimersByTimeAsync(30 * MINUTES);
  fail(waiting.engine, 'peer-gone');
  expect(waiting.session.state).toMatchObject({
    problem: {
      sentence: expect.stringMatching(/^The other side did not come back; it was last there at 2:03.PM\.$/),
      next: 'Ask them whether they are ready, and tell them a new code for the same files.',
    },
  });
});

test.each<[missing: TransferEvent, isResumable: boolean, next: RegExp]>([
  [PEER_LOST, true, /Ask the sender to open p2p-copy again/],
  [PEER_LOST, false, /Ask the sender for a new code/],
  [RELAY_LOST, false, /enter the code again/],
  [RELAY_LOST, true, /resume it from the first page/],
])('a receiver whose %j ends (resumable: %s) reads %s', (missing, isResumable, next) => {
  const { engine, session } = receivingAfter({ type: 'joined' }, missing);
  engine.report({ type: 'resumable', isResumable });
  fail(engine, 'peer-gone');
  expect(session.state).toMatchObject({ name: 'failed', problem: { next: expect.stringMatching(next) } });
});

test('a code of which nothing came can be tried again in one tap', () => {
  const { engine, session } = receivingAfter(PEER_LOST);
  fail(engine, 'sender-away');
  expect(session.state).toMatchObject({ canTryAgain: true });
  const spent = receivingAfter();
  fail(spent.engine, 'unknown-code');
  expect(spent.session.state).toMatchObject({ canTryAgain: false });
});

test('who declines while the other side is away is not told that they know', () => {
  const { session } = receivingAfter({ type: 'joined' }, PEER_LOST);
  session.decline();
  expect(session.state).toEqual({ name: 'declined', isTold: false });
  const there = receivingAfter({ type: 'joined' });
  there.session.decline();
  expect(there.session.state).toEqual({ name: 'declined', isTold: true });
});

test('what is put off is left as a closed tab leaves it, and only where it is found again', async () => {
  const noted = receivingAfter({ type: 'joined' });
  noted.engine.report({ type: 'review-noted', id: 'some-id' });
  noted.session.putOff();
  void noted.session.close();
  expect(noted.engine.told.at(-1)).toEqual({ type: 'leave' });
  const unknown = receivingAfter({ type: 'joined' });
  unknown.session.putOff();
  void unknown.session.close();
  expect(unknown.engine.told.at(-1)).toEqual({ type: 'stop', stop: null });
});

test('an offer that is read by a person again is waited for, not sent', async () => {
  const engine = new FakeEngine();
  const listed = {
    id: 'x',
    kind: 'sending',
    title: 'a',
    files: 1,
    bytes: 0,
    totalBytes: 3,
    isTaken: false,
  } as const;
  const session = SendSession.resume(engine.client, { ...listed, handles: [] }, true);
  const offer: TransferEvent = { type: 'offer', files: 1, bytes: 3, unsized: false };
  tell(engine, offer);
  expect(session.state.name).toBe('resuming');
  await vi.advanceTimersByTimeAsync(2000);
  expect(session.state.name).toBe('waiting');
  tell(engine, { type: 'accepted', files: 1, bytes: 3, unsized: false }, offer);
  tell(engine, { type: 'accepted', files: 1, bytes: 3, unsized: false });
  await vi.advanceTimersByTimeAsync(5000);
  expect(session.state.name).toBe('sending');
});

test('how long it took and how fast it was stands at the end', async () => {
  const { engine, session } = await sendingAfter(...WAITING);
  tell(engine, { type: 'accepted', files: 1, bytes: 90_000_000, unsized: false });
  vi.setSystemTime(START_MS);
  await vi.advanceTimersByTimeAsync(90_000);
  tell(engine, { type: 'progress', bytes: 90_000_000, keptBytes: 0, totalBytes: 90_000_000, filesDone: 1 });
  engine.report({ type: 'done', result: { files: 1, bytes: 90_000_000, failed: [] } as never });
  expect(session.state).toMatchObject({ name: 'done', moved: { movedBytes: 90_000_000, elapsedMs: 90_000 } });
});

test('durations and averages are told in each language', () => {
  const moved = { movedBytes: 90_000_000, elapsedMs: 90_000 };
  const all = (['en', 'de', 'zh'] as const).map((name) => {
    spoken.words = name === 'de' ? de : name === 'zh' ? zh : spoken.words;
    return formatMoved(moved);
  });
  expect(all).toEqual([
    'Took 1 min 30 s, at 1.00 MB/s on average.',
    'Dauer: 1 min 30 s, im Mittel 1,00 MB/s.',
    '用时 1 分 30 秒，平均 1.00 MB/s。',
  ]);
});

test('a time on another day is told with the day', () => {
  expect(formatClock(START_MS)).not.toMatch(/27/);
  expect(formatClock(START_MS + 24 * 60 * MINUTES)).toMatch(/28/);
});
