// Which lane a record of data takes: a direct one while one stands, of several the one with the least on the way.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lane } from '../../src/lanes/lane.ts';
import { LanePool } from '../../src/lanes/lane-pool.ts';
import { turns } from '../direct/memory-network.ts';

const MIB = 1024 * 1024;

/** What a pool sees of a lane. */
class Stand {
  isDirect = false;
  path: { kind: string } = { kind: 'tcp' };
  /** Of the connection that stands. */
  hasCarried = true;
  isConnected = true;
  isEnded = false;
  bufferedBytes = 0;
  unacknowledgedBytes = 0;
  readonly sent: number[] = [];
  #wakers: (() => void)[] = [];

  async send(record: Uint8Array): Promise<void> {
    this.sent.push(record[0]!);
    this.unacknowledgedBytes += record.length;
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  drain(): void {
    this.bufferedBytes = 0;
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

let pool: LanePool;
let relay: Stand;
let first: Stand;
let second: Stand;

beforeEach(() => {
  pool = new LanePool();
  [relay, first, second] = [new Stand(), new Stand(), new Stand()];
  for (const lane of [relay, first, second]) pool.add(lane as unknown as Lane);
  pool.inUse = 3;
});

async function send(count: number): Promise<number[]> {
  for (let i = 0; i < count; i += 1) await pool.send(Uint8Array.of(i));
  return [relay, first, second].map(({ sent }) => sent.length);
}

describe('data takes', () => {
  it('all lanes alike while none is direct', async () => {
    expect(await send(9)).toEqual([3, 3, 3]);
  });

  it('the direct ones alone as soon as one stands, and the others again when the last is gone', async () => {
    second.isDirect = true;
    expect(await send(4)).toEqual([0, 0, 4]);
    second.isDirect = false;
    second.isEnded = true;
    expect(await send(8)).toEqual([4, 4, 4]);
  });

  it('both kinds while nothing has got through on the direct one yet', async () => {
    [first.isDirect, first.hasCarried] = [true, false];
    expect(await send(6)).toEqual([2, 2, 2]);
    first.hasCarried = true;
    expect(await send(3)).toEqual([2, 5, 2]);
  });

  it('a direct lane beyond those in use', async () => {
    pool.inUse = 1;
    second.isDirect = true;
    expect(await send(4)).toEqual([0, 0, 4]);
  });

  it('both kinds where both together were found to bring more', async () => {
    first.isDirect = true;
    pool.isMixed = true;
    expect(await send(6)).toEqual([2, 2, 2]);
  });

  it('a full direct lane’s turn when it has room, not the relay’s', async () => {
    first.isDirect = true;
    first.bufferedBytes = MIB + 1;
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    expect([relay.sent, first.sent, pool.isFull]).toEqual([[], [], true]);
    first.drain();
    await sending;
    expect([relay.sent, first.sent, pool.isFull]).toEqual([[], [1], false]);
  });
});

describe('over WebRTC data goes', () => {
  beforeEach(() => {
    [second.isDirect, second.path] = [true, { kind: 'webrtc' }];
  });

  it('not before that was found to bring more than the relay, and then alone', async () => {
    expect(await send(4)).toEqual([2, 2, 0]);
    expect([pool.hasDirect, pool.hasWebrtc, pool.hasProvenDirect, pool.prefersDirect]).toEqual(
      [true, true, false, false], // it stands, and is judged first
    );
    pool.takesWebrtc = true;
    expect(await send(4)).toEqual([2, 2, 4]);
    expect(pool.prefersDirect).toBe(true);
  });

  it('by the relay again when it is lost', async () => {
    pool.takesWebrtc = true;
    second.isDirect = false;
    [second.isEnded, pool.inUse] = [true, 2];
    expect(await send(4)).toEqual([2, 2, 0]);
  });

  it('while no lane by way of the relay stands, whatever was found', async () => {
    for (const lane of [relay, first]) lane.isConnected = false;
    for (const lane of [relay, first]) lane.bufferedBytes = Number.POSITIVE_INFINITY;
    expect(await send(4)).toEqual([0, 0, 4]);
    expect(pool.hasRelay).toBe(false);
    [first.isConnected, first.bufferedBytes] = [true, 0];
    expect(await send(4)).toEqual([0, 4, 4]);
  });

  it('never beside a direct lane of another kind', async () => {
    first.isDirect = true;
    pool.takesWebrtc = true;
    expect(await send(4)).toEqual([0, 4, 0]);
  });

  it('never beside one of QUIC either, whichever is preferred', async () => {
    [first.isDirect, first.path] = [true, { kind: 'quic' }];
    pool.takesWebrtc = true;
    expect(await send(4)).toEqual([0, 4, 0]);
    pool.preferred = 'quic';
    expect(await send(4)).toEqual([0, 8, 0]);
    pool.isMixed = true;
    expect(await send(4)).toEqual([4, 8, 0]);
  });

  it('at once where data may take direct lanes alone, and until something got through on another', async () => {
    pool.isOnlyDirect = true;
    expect(await send(4)).toEqual([0, 0, 4]);
    [first.isDirect, first.hasCarried] = [true, false];
    expect(await send(4)).toEqual([0, 4, 4]);
    first.hasCarried = true;
    expect(await send(4)).toEqual([0, 8, 4]);
  });
});

describe('of direct lanes, data takes', () => {
  beforeEach(() => {
    [first.isDirect, second.isDirect] = [true, true];
    second.path = { kind: 'quic' };
  });

  it('TCP alone, with QUIC beside it idle, whatever lanes are in use', async () => {
    expect(await send(4)).toEqual([0, 4, 0]);
    pool.isMixed = true;
    expect(await send(4)).toEqual([4, 4, 0]);
  });

  it('QUIC alone where that is preferred, also beyond the lanes in use, and TCP as soon as it is gone', async () => {
    [pool.preferred, pool.inUse] = ['quic', 1];
    expect(await send(4)).toEqual([0, 0, 4]);
    second.isDirect = false;
    expect(await send(2)).toEqual([0, 2, 4]);
  });

  it('QUIC where nothing else stands', async () => {
    first.isDirect = false;
    expect(await send(4)).toEqual([0, 0, 4]);
  });

  it('the other kind at once where a record waits for the one that is left', async () => {
    pool.preferred = 'quic';
    second.bufferedBytes = 2 * MIB;
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    pool.preferred = 'tcp';
    await sending;
    expect([first.sent, second.sent]).toEqual([[1], []]);
  });
});

it('what is given to a lane that has ended is told to take no path', async () => {
  const told: unknown[] = [];
  pool.onSend = (lane) => told.push(lane);
  relay.isEnded = true;
  await pool.send(Uint8Array.of(1));
  expect(told).toEqual([]);
});

describe('a record that waits', () => {
  it('for the relay takes a direct lane that has come', async () => {
    for (const lane of [relay, first, second]) lane.bufferedBytes = 2 * MIB;
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    [second.isDirect, second.bufferedBytes] = [true, 0];
    pool.noteConnection();
    await sending;
    expect([relay, first, second].map(({ sent }) => sent)).toEqual([[], [], [1]]);
  });

  /** Each lets data take `second` at once, where it waits for `relay` or for `first`, which is full. */
  const choices: [string, before: () => void, change: () => void][] = [
    [
      'WebRTC is found to bring more',
      () => {
        pool.inUse = 1;
        [second.isDirect, second.path] = [true, { kind: 'webrtc' }];
      },
      () => {
        pool.takesWebrtc = true;
      },
    ],
    [
      'the relay is found to bring more than WebRTC',
      () => {
        pool.takesWebrtc = true;
        [first.isDirect, first.path] = [true, { kind: 'webrtc' }];
      },
      () => {
        pool.takesWebrtc = false;
      },
    ],
    [
      'more lanes are used',
      () => {
        pool.inUse = 1;
      },
      () => {
        pool.inUse = 3;
      },
    ],
    [
      'the relay’s lanes are used beside a direct one',
      () => {
        first.isDirect = true;
      },
      () => {
        pool.isMixed = true;
      },
    ],
    [
      'direct lanes alone are to be taken',
      () => {
        pool.inUse = 1;
        [second.isDirect, second.path] = [true, { kind: 'webrtc' }];
      },
      () => {
        pool.isOnlyDirect = true;
      },
    ],
  ];

  it.each(choices)('takes another lane at once when %s', async (_name, before, change) => {
    for (const lane of [relay, first]) lane.bufferedBytes = 2 * MIB;
    before();
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    expect(second.sent).toEqual([]);
    change();
    await turns();
    expect(second.sent).toEqual([1]);
    await sending;
  });

  it('for a direct lane that was lost takes the relay', async () => {
    [first.isDirect, first.bufferedBytes] = [true, 2 * MIB];
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    [first.isDirect, first.bufferedBytes] = [false, Number.POSITIVE_INFINITY];
    pool.noteConnection();
    await sending;
    expect(first.sent).toEqual([]);
  });

  it('where data may take direct lanes alone waits for one, however free the relay is', async () => {
    pool.isOnlyDirect = true;
    const sending = Promise.all([pool.send(Uint8Array.of(1)), pool.send(Uint8Array.of(2))]);
    pool.noteConnection();
    await turns();
    expect([relay.sent, pool.isFull, pool.hasDirect]).toEqual([[], true, false]);
    first.isDirect = true;
    pool.noteConnection();
    await sending;
    expect([relay.sent, first.sent, pool.isFull]).toEqual([[], [1, 2], false]);
  });

  it('is let go when the transfer’s lane has ended', async () => {
    pool.isOnlyDirect = true;
    const sending = pool.send(Uint8Array.of(1));
    await turns();
    relay.isEnded = true;
    pool.noteConnection();
    await sending;
    expect(first.sent).toEqual([]);
  });
});

it('a pool is connected when every lane in use is, whichever of them data takes', () => {
  expect(pool.isConnected).toBe(true);
  first.isDirect = true;
  second.isConnected = false;
  expect(pool.isConnected).toBe(false);
  pool.inUse = 2;
  expect(pool.isConnected).toBe(true);
});
