// Races of a lane's ways, with both ends, on a clock that a test turns.
import { describe, expect, it, vi } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import type { JoinedConnection } from '../../src/link/meet-by-ways.ts';
import type { SealedConnection } from '../../src/link/sealed-connection.ts';
import { MEET_WAIT_MS, RELAY_HEAD_MS } from '../../src/wire/limits.ts';
import { encodeRecord } from '../../src/wire/record.ts';
import { turns } from '../direct/memory-network.ts';
import { WaysRig } from './ways-rig.ts';

const ANSWER_DEADLINE_MS = 5_000;
const DIRECT = { kind: 'tcp', isLocal: true };
const RELAY = { kind: 'relay', isLocal: false };

/** Both ends hold the two ends of one connection. */
async function expectSame([a, b]: JoinedConnection[]): Promise<void> {
  for (const [from, to] of [
    [a!, b!],
    [b!, a!],
  ] as const) {
    await from.connection.send(encodeRecord('data', Uint8Array.of(7)));
    expect(await to.connection.receiveFirst()).toMatchObject({ kind: 'data', body: Uint8Array.of(7) });
  }
}

describe('a lane meets', () => {
  it('directly where that is possible, without asking the relay, on one of all connections', async () => {
    const rig = await WaysRig.start();
    const joined = await Promise.all([rig.meet('sender'), rig.meet('receiver')]);
    expect(joined.map(({ path }) => path)).toEqual([DIRECT, DIRECT]);
    await rig.settled(1);
    expect([rig.rendezvous.asked, rig.generations.sender]).toEqual([0, joined[1]!.theirs.generation]);
    await expectSame(joined);
    expect(rig.clock.pending).toBe(0);
  });

  it('by way of the relay where no dial is answered, 2 s later and no sooner, and ends the dials', async () => {
    const rig = await WaysRig.start([]);
    const meeting = Promise.all([rig.meet('sender'), rig.meet('receiver')]);
    await turns();
    rig.clock.advance(RELAY_HEAD_MS - 1);
    await turns();
    expect(rig.rendezvous.asked).toBe(0);
    rig.clock.advance(1);
    const joined = await meeting;
    expect(joined.map(({ path }) => path)).toEqual([RELAY, RELAY]);
    await expectSame(joined);
    await rig.settled(1);
    expect([rig.rendezvous.asked, RELAY_HEAD_MS, rig.clock.pending]).toEqual([2, 2_000, 0]);
  });

  it('by way of the relay while a dial hangs, which ends with the race', async () => {
    const rig = await WaysRig.start(['receiver']);
    rig.network.isBlackHole = true;
    // Nobody listens any more where the sender was told to dial.
    rig.ways.receiver.close();
    const meeting = Promise.all([
      rig.meet('sender'),
      rig.meet('receiver', { direct: null, relayAfterMs: 0 }),
    ]);
    await turns();
    rig.clock.advance(RELAY_HEAD_MS);
    await expectSame(await meeting);
    await vi.waitFor(() => expect([rig.network.dialled.length, rig.network.abortedDials]).toEqual([1, 1]));
    expect(rig.clock.pending).toBe(0);
  });

  it('directly at once where the relay fails before the direct ways’ turn', async () => {
    const rig = await WaysRig.start();
    rig.rendezvous.failure = new TransferError('relay-unreachable');
    const first = { directAfterMs: 1_000, relayAfterMs: 0 };
    const joined = await Promise.all([rig.meet('sender', first), rig.meet('receiver', first)]);
    // The clock stood still.
    expect(joined.map(({ path }) => path)).toEqual([DIRECT, DIRECT]);
    await rig.settled(1);
  });

  it('by way of the relay first where that has the head start, and dials nobody then', async () => {
    const rig = await WaysRig.start();
    const first = { directAfterMs: 1_000, relayAfterMs: 0 };
    const joined = await Promise.all([rig.meet('sender', first), rig.meet('receiver', first)]);
    expect(joined.map(({ path }) => path)).toEqual([RELAY, RELAY]);
    rig.clock.advance(60_000);
    await turns();
    expect(rig.network.dialled).toEqual([]);
    await rig.settled(1);
  });

  it('on the connection that the sender nominates: one is answered, and both drop the others', async () => {
    // Two dials and the relay.
    for (let round = 0; round < 5; round += 1) {
      const rig = await WaysRig.start();
      const joined = await Promise.all([
        rig.meet('sender', { relayAfterMs: 0 }),
        rig.meet('receiver', { relayAfterMs: 0 }),
      ]);
      await rig.settled(1);
      await expectSame(joined);
      expect(joined[1]!.theirs.generation).toBe(joined[0]!.theirs.generation);
      expect(rig.clock.pending).toBe(0);
    }
  });
});

describe('a nomination without an answer', () => {
  it('is given up after 5 s for the next connection, under the next generation', async () => {
    const rig = await WaysRig.start();
    const nominated: unknown[] = [];
    const meeting = Promise.all([
      rig.meet('sender', { relayAfterMs: null }),
      rig.meet('receiver', {
        relayAfterMs: null,
        join: async (connection, nth) => {
          const { kind, body } = await connection.receiveFirst();
          nominated.push([kind, new DataView(body.buffer, body.byteOffset).getUint32(24)]);
          if (nominated.length === 1) return new Promise(() => {});
          await connection.send(encodeRecord('resume', body));
          return { session: null, received: 0, generation: nth };
        },
      }),
    ]);
    await vi.waitFor(() => {
      expect([rig.joins.sender.length, rig.joins.receiver.length]).toEqual([1, 2]);
      expect(nominated).toEqual([['resume', 1]]);
    });
    rig.clock.advance(ANSWER_DEADLINE_MS - 1);
    await turns();
    // Each end has dialled the other again after 3 s.
    expect([rig.open, rig.joins.sender.length]).toEqual([8, 1]);
    rig.clock.advance(1);
    await expectSame(await meeting);
    expect(nominated).toEqual([
      ['resume', 1],
      ['resume', 2],
    ]);
    expect(rig.generations.sender).toBe(2);
    await rig.settled(1);
  });
});

describe('a meeting without a way', () => {
  it('whose other end has dialled this one doesn’t end before that is through, though the relay fails meanwhile', async () => {
    const rig = await WaysRig.start(['sender']);
    let fail = (_error: unknown) => {};
    rig.rendezvous.meet = () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      });
    // The sender has nobody to dial: it is done with that long before it is dialled.
    const sender = rig.meet('sender', { relayAfterMs: 0 });
    await turns();
    const receiver = rig.meet('receiver', {
      relayAfterMs: null,
      join: async (connection) => {
        fail(new TransferError('relay-unreachable'));
        await turns(50);
        const { body } = await connection.receiveFirst();
        await connection.send(encodeRecord('resume', body));
        return { session: null, received: 0, generation: 1 };
      },
    });
    await expectSame(await Promise.all([sender, receiver]));
  });

  it('ends with what the relay said', async () => {
    const rig = await WaysRig.start([]);
    rig.rendezvous.failure = new TransferError('relay-full');
    const meeting = rig.meet('sender', { relayAfterMs: 0 });
    let isOver = false;
    void meeting.catch(() => {
      isOver = true;
    });
    // It is asked again for at least 5 s, which the direct ways have then, whatever comes of them.
    for (const [before, pauseMs] of [250, 500, 1_000, 2_000, 4_000].entries()) {
      await vi.waitFor(() => expect(rig.rendezvous.asked).toBe(before + 1));
      await turns();
      rig.clock.advance(pauseMs - 1);
      await turns();
      expect([isOver, rig.rendezvous.asked]).toEqual([false, before + 1]);
      rig.clock.advance(1);
    }
    await expect(meeting).rejects.toMatchObject({ code: 'relay-full' });
    expect([rig.open, rig.clock.pending]).toEqual([0, 0]);
  });

  it('ends with a violation on a direct connection, rather than with the relay’s absence', async () => {
    const rig = await WaysRig.start();
    rig.rendezvous.failure = new TransferError('relay-unreachable');
    const sender = rig.meet('sender', {
      relayAfterMs: 0,
      join: () => Promise.reject(new TransferError('protocol-violation')),
    });
    const receiver = rig.meet('receiver', { relayAfterMs: 3_600_000 });
    await vi.waitFor(() => expect(rig.joins.sender).not.toEqual([]));
    await expect(rig.passing(sender)).rejects.toMatchObject({ code: 'protocol-violation' });
    rig.ending.abort();
    await expect(receiver).rejects.toMatchObject({ code: 'interrupted' });
    await rig.settled(0);
  });

  it('that may not take the relay doesn’t ask it, and ends when the other end hasn’t come in 20 s', async () => {
    const rig = await WaysRig.start([]);
    const meeting = rig.meet('sender', { relayAfterMs: null });
    let isOver = false;
    void meeting.catch(() => {
      isOver = true;
    });
    await turns();
    rig.clock.advance(MEET_WAIT_MS - 1);
    await turns();
    expect(isOver).toBe(false);
    rig.clock.advance(1);
    await expect(meeting).rejects.toMatchObject({ code: 'peer-gone' });
    expect([rig.rendezvous.asked, rig.clock.pending]).toEqual([0, 0]);
  });
});

describe('a meeting that is aborted', () => {
  it.each([0, 1, 2, 3, 5, 8, 13, 21, 34, 55])(
    'after %i turns leaves nothing open, and no timer',
    async (count) => {
      for (const failure of [null, new TransferError('relay-unreachable')]) {
        const rig = await WaysRig.start();
        rig.rendezvous.failure = failure;
        const meetings = [rig.meet('sender', { relayAfterMs: 0 }), rig.meet('receiver', { relayAfterMs: 0 })];
        await turns(count);
        rig.ending.abort();
        for (const ended of await Promise.allSettled(meetings)) {
          if (ended.status === 'fulfilled') ended.value.connection.terminate();
          else expect(ended.reason).toMatchObject({ code: 'interrupted' });
        }
        await rig.settled(0);
      }
    },
  );

  it('as soon as an end joins, says its point, or hears the other’s leaves nothing open', async () => {
    for (const at of ['sender', 'receiver'] as const) {
      for (const step of ['before', 'after']) {
        const rig = await WaysRig.start();
        const join = async (connection: SealedConnection) => {
          if (step === 'after') await connection.receiveFirst().catch(() => {});
          rig.ending.abort();
          await turns();
          throw new TransferError('interrupted');
        };
        const other = at === 'sender' ? 'receiver' : 'sender';
        const meetings = [rig.meet(at, { join }), rig.meet(other)];
        if (step === 'after' && at === 'sender')
          setImmediate(() => void turns(200).then(() => rig.ending.abort()));
        for (const ended of await Promise.allSettled(meetings))
          if (ended.status === 'fulfilled') ended.value.connection.terminate();
        await rig.settled(0);
      }
    }
  });

  it('before it begins asks nobody', async () => {
    const rig = await WaysRig.start();
    rig.ending.abort();
    await expect(rig.meet('sender', { relayAfterMs: 0 })).rejects.toMatchObject({ code: 'interrupted' });
    expect([rig.network.dialled, rig.open, rig.clock.pending]).toEqual([[], 0, 0]);
  });
});
