// One lane over connections that break: both its ends in memory, on a clock that a test turns.
import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { Lane } from '../../src/lanes/lane.ts';
import type { LaneContext } from '../../src/lanes/lane-context.ts';
import type { SealedConnection } from '../../src/link/sealed-connection.ts';
import { RELAY_PATH } from '../../src/ports/path.ts';
import { encodeRecord, type Record } from '../../src/wire/record.ts';
import { encodeAcknowledgedBody, encodeResumeBody } from '../../src/wire/resume-record.ts';
import { type SealedEnd, sealedPair } from '../link/sealed-pair.ts';

const SESSION = new Uint8Array(16).fill(1);
const BEAT_MS = 5_000;
/** Conditions are looked at every millisecond. */
const OFTEN = { interval: 1, timeout: 10_000 };

const record = (index: number) => encodeRecord('data', Uint8Array.of(index));
const indexOf = ({ body }: Record) => body[0]!;
const counting = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Two ends that meet when both want to, as often as they like; `pairs` are the connections so far. */
class Meeting {
  readonly pairs: [SealedEnd, SealedEnd][] = [];
  readonly #waiting = new Map<number, (connection: SealedConnection) => void>();
  /** In place of a meeting. */
  failure: TransferError | null = null;

  meet(side: 0 | 1, signal: AbortSignal): Promise<SealedConnection> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new TransferError('interrupted')));
      this.#waiting.set(side, resolve);
      if (this.#waiting.size === 2) void this.#pair();
    });
  }

  async #pair(): Promise<void> {
    const [left, right] = [this.#waiting.get(0)!, this.#waiting.get(1)!];
    this.#waiting.clear();
    const pair = await sealedPair();
    this.pairs.push(pair);
    left(pair[0].connection);
    right(pair[1].connection);
  }

  /** Both ends of the newest connection lose it. */
  cut(): void {
    for (const { channel } of this.pairs.at(-1)!) channel.close();
  }
}

function startLane(
  side: 0 | 1,
  meeting: Meeting,
  connection: SealedConnection | null,
  more: Partial<LaneContext>,
) {
  const clock = new FakeClock();
  const seen = { heard: [] as number[], ends: [] as unknown[], connected: [] as boolean[], released: 0 };
  const lane = new Lane(connection, {
    clock,
    role: side === 0 ? 'sender' : 'receiver',
    session: SESSION,
    release: () => {
      seen.released += 1;
    },
    async meet({ signal, join }) {
      const connection = await meeting.meet(side, signal);
      return { connection, theirs: await join(connection, false), path: RELAY_PATH };
    },
    hasOtherWays: () => false,
    onDirectLost() {},
    onConnection() {},
    reconnectTimeoutMs: 60_000,
    // What is missing may change while nothing is connected.
    onOutage: (outage) => {
      if (seen.connected.at(-1) !== (outage === null)) seen.connected.push(outage === null);
    },
    onRestarted: null,
    ...more,
  });
  lane.receiveAll(
    (taken) => void seen.heard.push(indexOf(taken)),
    (error) => seen.ends.push(error),
  );
  return { lane, clock, seen };
}

async function startLanes(more: Partial<LaneContext> = {}) {
  const meeting = new Meeting();
  const pair = await sealedPair();
  meeting.pairs.push(pair);
  const sender = startLane(0, meeting, pair[0].connection, more);
  const receiver = startLane(1, meeting, pair[1].connection, more);
  return { meeting, sender, receiver };
}

describe('a lane', () => {
  it('delivers every record once and in order, after whichever of them the connection breaks', async () => {
    for (const cutAfter of counting(24)) {
      const { meeting, sender, receiver } = await startLanes();
      for (const index of counting(24)) {
        await sender.lane.send(record(index));
        if (index === cutAfter) meeting.cut();
      }
      await vi.waitFor(() => {
        expect(receiver.seen.heard.length).toBeGreaterThanOrEqual(24);
        for (const { seen } of [sender, receiver]) expect(seen.connected).toEqual([false, true]);
      }, OFTEN);
      await turns();
      expect(receiver.seen.heard, `cut after ${cutAfter}`).toEqual(counting(24));
      expect([...sender.seen.ends, ...receiver.seen.ends]).toEqual([]);
    }
  });

  it('says nothing of a carrier that shuts down and is replaced, and loses nothing', async () => {
    const { meeting, sender, receiver } = await startLanes();
    await sender.lane.send(record(0));
    meeting.pairs[0]![0].channel.goAway();
    await sender.lane.send(record(1));
    await vi.waitFor(() => expect(receiver.seen.heard).toEqual([0, 1]), OFTEN);
    for (const { clock, seen } of [sender, receiver]) {
      clock.advance(10_000);
      expect([seen.connected, seen.ends]).toEqual([[], []]);
    }
    // The next loss is one like any other.
    meeting.pairs[1]![0].channel.cut();
    await vi.waitFor(() => expect(receiver.seen.connected).toEqual([false, true]), OFTEN);
  });

  it('says after 3 s that a carrier which shuts down isn’t replaced', async () => {
    const { meeting, sender } = await startLanes();
    meeting.failure = new TransferError('relay-unreachable');
    meeting.pairs[0]![0].channel.goAway();
    await turns();
    sender.clock.advance(2_999);
    expect(sender.seen.connected).toEqual([]);
    sender.clock.advance(1);
    expect(sender.seen.connected).toEqual([false]);
  });

  it('delivers what was lost on the wire, and what was sent without a connection', async () => {
    const { meeting, sender, receiver } = await startLanes();
    meeting.pairs[0]![0].channel.onSend = () => {};
    await sender.lane.send(record(0));
    await sender.lane.send(record(1));
    meeting.cut();
    await sender.lane.send(record(2));
    await vi.waitFor(() => expect(receiver.seen.heard).toHaveLength(3), OFTEN);
    expect(receiver.seen.heard).toEqual([0, 1, 2]);
  });

  it('delivers both ways over many connections that break one after the other', async () => {
    const { meeting, sender, receiver } = await startLanes();
    for (const index of counting(10)) {
      await Promise.all([sender.lane.send(record(index)), receiver.lane.send(record(100 + index))]);
      const before = meeting.pairs.length;
      meeting.cut();
      // A connection that breaks while the two ends join it is followed by a pause.
      await vi.waitFor(() => {
        for (const { clock } of [sender, receiver]) clock.advance(250);
        expect(meeting.pairs.length).toBeGreaterThan(before);
      }, OFTEN);
    }
    await vi.waitFor(() => {
      expect([sender.seen.heard.length, receiver.seen.heard.length]).toEqual([10, 10]);
    }, OFTEN);
    expect(receiver.seen.heard).toEqual(counting(10));
    expect(sender.seen.heard).toEqual(counting(10).map((index) => 100 + index));
  });

  it('keeps a record until the other end says that it has it, at the latest after 16 of them', async () => {
    const { sender, receiver } = await startLanes();
    const recordBytes = record(0).length;
    for (const index of counting(15)) await sender.lane.send(record(index));
    await vi.waitFor(() => expect(receiver.seen.heard).toHaveLength(15), OFTEN);
    await turns();
    expect([sender.lane.unacknowledgedBytes, sender.lane.isEmpty]).toEqual([15 * recordBytes, false]);
    await sender.lane.send(record(15));
    await vi.waitFor(() => expect(sender.lane.isEmpty).toBe(true), OFTEN);
    expect(sender.lane.unacknowledgedBytes).toBe(0);
    expect(sender.seen.released).toBe(16);
  });

  it('tells what it has with each beat, so that nothing is kept for long', async () => {
    const { sender, receiver } = await startLanes();
    await sender.lane.send(record(0));
    await vi.waitFor(() => expect(receiver.seen.heard).toHaveLength(1), OFTEN);
    receiver.clock.advance(BEAT_MS);
    await vi.waitFor(() => expect(sender.lane.isEmpty).toBe(true), OFTEN);
  });

  it('drops a connection on which nothing comes for 20 s after the first look, and not before', async () => {
    const { meeting, sender } = await startLanes();
    const { channel } = meeting.pairs[0]![1];
    channel.onSend = () => {};
    await turns();
    for (let beat = 0; beat < 4; beat += 1) sender.clock.advance(BEAT_MS);
    await turns();
    expect(sender.seen.connected).toEqual([]);
    sender.clock.advance(BEAT_MS);
    await vi.waitFor(() => expect(sender.seen.connected[0]).toBe(false), OFTEN);
  });

  it('without a reconnect timeout ends with the reason why its connection ended', async () => {
    const { meeting, sender } = await startLanes({ reconnectTimeoutMs: 0 });
    meeting.cut();
    await sender.lane.closed;
    expect(sender.seen.ends).toMatchObject([
      { code: expect.stringMatching(/^(connection-lost|peer-gone)$/) },
    ]);
    expect(sender.seen.connected).toEqual([]);
    expect(sender.clock.pending).toBe(0);
  });

  it('that ends with what the other end hasn’t got isn’t one that nothing is lost with', async () => {
    const { meeting, sender } = await startLanes({ reconnectTimeoutMs: 0 });
    meeting.pairs[0]![0].channel.onSend = () => {};
    await sender.lane.send(record(0));
    meeting.cut();
    await sender.lane.closed;
    expect(sender.lane.isEmpty).toBe(false);
    const unused = await startLanes({ reconnectTimeoutMs: 0 });
    unused.meeting.cut();
    await unused.sender.lane.closed;
    expect(unused.sender.lane.isEmpty).toBe(true);
  });

  it('whose reconnect timeout is over says why the last attempt failed', async () => {
    const { meeting, sender } = await startLanes();
    meeting.failure = new TransferError('relay-unreachable');
    meeting.cut();
    await vi.waitFor(() => expect(sender.seen.connected).toEqual([false]), OFTEN);
    for (let second = 0; second < 60; second += 1) {
      expect(sender.seen.ends).toEqual([]);
      sender.clock.advance(1_000);
      await turns(2);
    }
    await sender.lane.closed;
    expect(sender.seen.ends).toMatchObject([{ code: 'relay-unreachable' }]);
    expect(sender.clock.pending).toBe(0);
  });

  it('has no room without a connection, and lets whoever waits for room go when it ends', async () => {
    const { meeting, sender } = await startLanes();
    meeting.failure = new TransferError('relay-unreachable');
    meeting.cut();
    await vi.waitFor(() => expect(sender.lane.isConnected).toBe(false), OFTEN);
    expect(sender.lane.bufferedBytes).toBe(Number.POSITIVE_INFINITY);
    let isThrough = false;
    const waiting = sender.lane.drained(1e6).then(() => {
      isThrough = true;
    });
    await turns();
    expect(isThrough).toBe(false);
    sender.lane.terminate();
    await waiting;
    expect([sender.lane.isEnded, sender.lane.bufferedBytes]).toEqual([true, 0]);
  });

  it('looks for no other connection once something is wrong that no other one would mend', async () => {
    const { meeting, sender, receiver } = await startLanes();
    meeting.pairs[0]![1].channel.push(new Uint8Array(40));
    await vi.waitFor(() => expect(receiver.seen.ends).toHaveLength(1), OFTEN);
    expect(receiver.seen.ends).toMatchObject([{ code: 'authentication-failed' }]);
    expect(meeting.pairs).toHaveLength(1);
    // The connection stands, so that the other end can be told.
    await receiver.lane.send(record(7));
    await vi.waitFor(() => expect(sender.seen.heard).toEqual([7]), OFTEN);
  });

  it('that is closed leaves no timer, and tells the other end', async () => {
    const { sender, receiver } = await startLanes({ reconnectTimeoutMs: 0 });
    await sender.lane.close();
    await Promise.all([sender.lane.closed, receiver.lane.closed]);
    expect([sender.clock.pending, receiver.clock.pending]).toEqual([0, 0]);
    expect(receiver.seen.ends).toMatchObject([{ code: 'peer-gone' }]);
    expect(sender.seen.ends).toEqual([]);
  });
});

describe('a direct lane', () => {
  const TCP = { kind: 'tcp', isLocal: true } as const;

  /** Two ends that meet again directly after their first connection. */
  async function startDirect(more: Partial<LaneContext> = {}) {
    const meeting = new Meeting();
    const pair = await sealedPair();
    meeting.pairs.push(pair);
    const lost: boolean[] = [];
    const end = (side: 0 | 1) =>
      startLane(side, meeting, pair[side].connection, {
        async meet({ signal, join }) {
          const connection = await meeting.meet(side, signal);
          return { connection, theirs: await join(connection, false), path: TCP };
        },
        onDirectLost: (hasCarried) => lost.push(hasCarried),
        ...more,
      });
    const [sender, receiver] = [end(0), end(1)];
    meeting.cut();
    await vi.waitFor(
      () => expect([sender.lane.isDirect, receiver.lane.isDirect]).toEqual([true, true]),
      OFTEN,
    );
    return { meeting, sender, receiver, lost };
  }

  it('that isn’t used says nothing of its path when it is lost', async () => {
    const { meeting, sender, receiver, lost } = await startDirect();
    meeting.cut();
    await vi.waitFor(() => expect(meeting.pairs).toHaveLength(3), OFTEN);
    expect(lost).toEqual([]);
    // What it was given and the other end hasn't got does.
    await vi.waitFor(() => expect(sender.lane.isDirect).toBe(true), OFTEN);
    meeting.pairs.at(-1)![0].channel.onSend = () => {};
    await sender.lane.send(record(0));
    meeting.cut();
    await vi.waitFor(() => expect(receiver.seen.heard).toEqual([0]), OFTEN);
    expect(lost).toEqual([false]);
  });

  it('on which a record takes long isn’t dropped while bytes of it arrive', async () => {
    const { meeting, receiver } = await startDirect();
    const { channel } = meeting.pairs.at(-1)![1];
    let arrivedBytes = 0;
    Object.defineProperty(channel, 'arrivedBytes', { get: () => arrivedBytes });
    const pass = async (beats: number, bytes: number) => {
      for (let beat = 0; beat < beats; beat += 1) {
        arrivedBytes += bytes;
        receiver.clock.advance(750);
        await turns(2);
      }
    };
    await pass(40, 1);
    expect(receiver.lane.isConnected).toBe(true);
    await pass(5, 0);
    expect(meeting.pairs).toHaveLength(2);
    expect(receiver.lane.isConnected).toBe(false);
  });

  it('that is lost is told as missing the other end, not the relay, and only where the relay doesn’t bring it soon', async () => {
    const outages: unknown[] = [];
    const { meeting, sender } = await startDirect({ onOutage: (outage) => outages.push(outage?.missing) });
    outages.length = 0;
    meeting.failure = new TransferError('peer-gone');
    meeting.cut();
    await vi.waitFor(() => expect(sender.lane.isConnected).toBe(false), OFTEN);
    await turns();
    sender.clock.advance(2_999);
    expect(outages).toEqual([]);
    sender.clock.advance(1);
    expect(outages).toEqual(['peer']);
  });
});

describe('a lane refuses another end that', () => {
  /** A lane, and the bare connection at its other end. */
  async function againstBare(more: Partial<LaneContext> = {}) {
    const meeting = new Meeting();
    const pair = await sealedPair();
    meeting.pairs.push(pair);
    return { meeting, bare: pair[1].connection, end: startLane(0, meeting, pair[0].connection, more) };
  }

  it('has more than was sent', async () => {
    const { bare, end } = await againstBare();
    await end.lane.send(record(0));
    await bare.send(encodeRecord('acknowledged', encodeAcknowledgedBody(2)));
    await vi.waitFor(() => expect(end.seen.ends).toMatchObject([{ code: 'protocol-violation' }]), OFTEN);
  });

  it('has less than it had before', async () => {
    const { bare, end } = await againstBare();
    await end.lane.send(record(0));
    await bare.send(encodeRecord('acknowledged', encodeAcknowledgedBody(1)));
    await bare.send(encodeRecord('acknowledged', encodeAcknowledgedBody(0)));
    await vi.waitFor(() => expect(end.seen.ends).toMatchObject([{ code: 'protocol-violation' }]), OFTEN);
  });

  it('joins a connection that it is on', async () => {
    const { bare, end } = await againstBare();
    await bare.send(
      encodeRecord('resume', encodeResumeBody({ session: SESSION, received: 0, generation: null })),
    );
    await vi.waitFor(() => expect(end.seen.ends).toMatchObject([{ code: 'protocol-violation' }]), OFTEN);
  });

  it.each([
    ['comes back without its session', null],
    ['comes back with another session', new Uint8Array(16).fill(2)],
  ])('%s, unless the transfer can be begun anew', async (_name, session) => {
    for (const canRestart of [false, true]) {
      const restarted: SealedConnection[] = [];
      const onRestarted = canRestart ? (connection: SealedConnection) => restarted.push(connection) : null;
      const { meeting, end } = await againstBare({ onRestarted });
      meeting.cut();
      const theirs = await meeting.meet(1, new AbortController().signal);
      await theirs.send(encodeRecord('resume', encodeResumeBody({ session, received: 0, generation: null })));
      await end.lane.send(record(0));
      if (canRestart) {
        await vi.waitFor(() => expect(restarted).toHaveLength(1), OFTEN);
        await end.lane.closed;
      } else {
        // Nothing of the session goes to it.
        expect((await theirs.receiveFirst()).kind).toBe('resume');
        await expect(theirs.receiveFirst()).rejects.toMatchObject({ code: 'peer-gone' });
      }
      expect(end.seen.heard).toEqual([]);
      end.lane.terminate();
    }
  });
});

/** Turns of the event loop, for what must not happen in them. */
async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
