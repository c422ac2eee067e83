// A transfer whose tab was killed at the very end, and one whose other side can't come back: nothing is asked for, awaited or promised
// in vain. PROTOCOL.md section 12.
import './plain-runes.ts';
import { type ErrorCode, TransferError, type TransferEvent, toErrorRecord } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ListedTransfer } from '../../src/contract/messages.ts';
import { formatMoved } from '../../src/format/quantities.ts';
import { pickedFiles } from '../../src/gather/picked-files.ts';
import { spoken } from '../../src/i18n/spoken.svelte.ts';
import { announcementOf } from '../../src/page/announcement.ts';
import { mayResume } from '../../src/sessions/person-stop.ts';
import { ReceiveSession } from '../../src/sessions/receive-session.svelte.ts';
import { SendSession } from '../../src/sessions/send-session.svelte.ts';
import { FakeEngine } from './fake-engine.ts';

const LANGUAGES = ['en', 'de', 'zh'] as const;
const LISTED: ListedTransfer = {
  id: 'some-id',
  kind: 'sending',
  title: 'Holiday',
  files: 3,
  bytes: 30,
  totalBytes: 30,
  isTaken: false,
  handles: [],
};
const ACCEPTED: TransferEvent = { type: 'accepted', files: 3, bytes: 30, unsized: false };
const PEER_LOST: TransferEvent = { type: 'reconnecting', missing: 'peer', leftMs: 1_800_000 };
const RELAY_LOST: TransferEvent = { type: 'reconnecting', missing: 'relay', leftMs: 1_800_000 };
const RESULT = { files: 3, bytes: 30, failed: [] };

vi.stubGlobal('location', new URL('https://copy.example/'));
vi.stubGlobal('document', { documentElement: {} });
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  vi.useRealTimers();
  await spoken.choose('en');
});

function tell(engine: FakeEngine, ...events: TransferEvent[]) {
  for (const event of events) engine.report({ type: 'event', event });
}

function fail(engine: FakeEngine, code: ErrorCode, isResumable: boolean) {
  engine.report({ type: 'resumable', isResumable });
  engine.report({ type: 'failed', error: toErrorRecord(new TransferError(code)) });
}

function running(side: 'send' | 'receive') {
  const engine = new FakeEngine();
  const session =
    side === 'send'
      ? new SendSession(engine.client, pickedFiles([new File(['x'], 'x')]))
      : ReceiveSession.resume(engine.client, { ...LISTED, kind: 'receiving' });
  tell(engine, ACCEPTED);
  engine.report({ type: 'resumable', isResumable: true });
  const said = () => announcementOf({ name: side, session } as Parameters<typeof announcementOf>[0]);
  return { engine, session, said };
}

test('a sending that the other side had confirmed is not asked for its files again', () => {
  const engine = new FakeEngine();
  const session = SendSession.resume(engine.client, { ...LISTED, ended: 'receipt' }, false);
  expect([session.state.name, engine.wire]).toEqual(['resuming', { wire: 'resumed', transferId: 'some-id' }]);
  engine.report({ type: 'done', result: RESULT });
  expect(session.state).toEqual({ name: 'done', result: RESULT, moved: null });
});

test('how long an earlier tab took is not made up', () => {
  const engine = new FakeEngine();
  const session = ReceiveSession.resume(engine.client, { ...LISTED, kind: 'receiving', ended: 'receipt' });
  engine.report({ type: 'done', result: RESULT });
  expect(session.state).toEqual({ name: 'done', result: RESULT, moved: null });
  expect(formatMoved(null)).toBe('');
});

test.each(LANGUAGES)(
  'a sending that lacks only the confirmation is not told to go on (%s)',
  async (language) => {
    await spoken.choose(language);
    const engine = new FakeEngine();
    const session = SendSession.resume(engine.client, { ...LISTED, ended: 'acknowledged' }, true);
    fail(engine, 'unconfirmed', true);
    const { keptForLater, problems } = spoken.words;
    if (session.state.name !== 'failed') throw new Error(session.state.name);
    expect(session.state.problem.next).toBe(problems.unconfirmed!.next);
    expect(session.state.problem.next).not.toBe(keptForLater);
  },
);

test.each(LANGUAGES)(
  'an end whose other side can’t come back promises no resume in its wait (%s)',
  async (language) => {
    await spoken.choose(language);
    for (const side of ['send', 'receive'] as const) {
      const plain = running(side);
      tell(plain.engine, PEER_LOST);
      const once = running(side);
      tell(once.engine, { type: 'unresumable' }, PEER_LOST);
      const { flow } = once.session;
      const { sinceMs, untilMs } = flow.outage!;
      expect(flow.isPeerOnce).toBe(true);
      expect(once.said()).not.toBe(plain.said());
      expect(once.said()).not.toContain(spoken.words.outage.kept);
      expect(untilMs - sinceMs).toBe(1_800_000);
      if (language === 'en')
        expect(once.said()).toMatch(/if p2p-copy is still running there, until .* it can’t be resumed/);
      expect([mayResume(plain.session), mayResume(once.session)]).toEqual([true, false]);
    }
  },
);

test('that an end can’t come back holds until it was started anew', () => {
  const { engine, session } = running('send');
  tell(engine, { type: 'unresumable' }, PEER_LOST, { type: 'reconnected', restarted: false });
  expect(session.flow.isPeerOnce).toBe(true);
  tell(engine, PEER_LOST, { type: 'reconnected', restarted: true });
  expect([session.flow.isPeerOnce, mayResume(session)]).toEqual([false, true]);
});

test('a new code for the same files knows nothing of who came by the last one', async () => {
  const { engine, session } = running('send');
  await vi.advanceTimersByTimeAsync(0);
  tell(engine, { type: 'unresumable' }, PEER_LOST);
  if (session instanceof SendSession) session.sendAgain();
  expect(session.flow.isPeerOnce).toBe(false);
});

test('leaving an end whose other side can’t come back ends it for good', () => {
  for (const side of ['send', 'receive'] as const) {
    const { engine, session } = running(side);
    tell(engine, { type: 'unresumable' });
    void session.close();
    expect(engine.told.at(-1)).toEqual({ type: 'stop', stop: 'end' });
  }
});

test('in the end a side whose other one can’t come back is told to begin again', () => {
  const sender = running('send');
  tell(sender.engine, { type: 'unresumable' }, PEER_LOST);
  fail(sender.engine, 'peer-gone', false);
  const receiver = running('receive');
  tell(receiver.engine, { type: 'unresumable' }, PEER_LOST);
  fail(receiver.engine, 'peer-gone', false);
  const nexts = [sender, receiver].map(
    ({ session: { state } }) => state.name === 'failed' && state.problem.next,
  );
  expect(nexts).toEqual([spoken.words.outage.receiverAgain, spoken.words.outage.senderLost]);
});

test('a code that was used is not to be entered again', () => {
  const { engine, session } = running('receive');
  tell(engine, RELAY_LOST);
  fail(engine, 'relay-unreachable', false);
  expect(session.state).toMatchObject({ problem: { next: spoken.words.outage.senderLost } });
});
