import { describe, expect, it } from 'vitest';
import { LaneSteering } from '../../src/flow/lane-steering.ts';

interface Path {
  /** Bytes per second that a number of lanes carry together. */
  rate(lanes: number): number;
  /** Whether records wait for room. Default: yes. */
  isFull?: boolean;
  /** Whether the receiver's window holds it up. Default: no. */
  hadRunOut?: boolean;
  /** Lanes that find a connection. Default: all. */
  connects?: number;
  ackMs?: number;
  /** Default: any number. */
  contentBytes?: number;
  /** Whether the path is found slow at the beginning. Default: no. */
  isFoundSlow?: boolean;
}

/** Sends over the path for some seconds of its own clock; returns the lanes in use at each ack, and those opened. */
function drive(seconds: number, path: Path, wanted?: number, receiverLanes = 8) {
  const opened: number[] = [];
  let nowMs = 0;
  let writtenBytes = 0;
  const pool = {
    inUse: 1,
    get isConnected() {
      return this.inUse <= (path.connects ?? 16);
    },
    isFull: path.isFull ?? true,
  };
  const steering = new LaneSteering(wanted, receiverLanes, {
    lanes: pool,
    credit: {
      get writtenBytes() {
        return writtenBytes;
      },
      hadRunOut: path.hadRunOut ?? false,
    },
    clock: { nowMs: () => nowMs, after: () => () => {} },
    contentBytes: path.contentBytes ?? Number.POSITIVE_INFINITY,
    open: (lane) => opened.push(lane),
  });
  if (path.isFoundSlow) steering.prepare();
  const ackMs = path.ackMs ?? 100;
  const used: number[] = [];
  while (nowMs < seconds * 1000) {
    nowMs += ackMs;
    writtenBytes += (path.rate(pool.inUse) * ackMs) / 1000;
    steering.noteAck();
    used.push(pool.inUse);
  }
  return { opened, used, last: used.at(-1) };
}

const MB = 1e6;

describe('how many lanes data takes', () => {
  it('all that both ends want, once it is seen what one brings', () => {
    const { opened, last } = drive(4, { rate: (lanes) => lanes * 2 * MB });
    expect(opened).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(last).toBe(8);
  });

  it('no more than the receiver wants', () => {
    expect(drive(60, { rate: (lanes) => lanes * 2 * MB }, undefined, 3).last).toBe(3);
    expect(drive(60, { rate: (lanes) => lanes * 2 * MB }, undefined, 1).opened).toEqual([]);
  });

  it('all, where some bring more than one', () => {
    expect(drive(25, { rate: (lanes) => Math.min(lanes, 3) * 2 * MB }).last).toBe(8);
  });

  it('one, where the path is narrow; it is tried seldom, and less and less', () => {
    const { opened, used, last } = drive(3600, { rate: () => MB });
    expect(opened).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(last).toBe(1);
    expect(used.filter((lanes) => lanes > 1).length / used.length).toBeLessThan(0.01);
  });

  it('one, where that is fast', () => {
    expect(drive(60, { rate: (lanes) => lanes * 100 * MB }).opened).toEqual([]);
  });

  it('one, where nothing waits for the path', () => {
    expect(drive(60, { rate: (lanes) => lanes * MB, isFull: false }).opened).toEqual([]);
  });

  it('several, where the buffers on the way hold a whole window', () => {
    expect(drive(60, { rate: (lanes) => lanes * MB, isFull: false, hadRunOut: true }).last).toBe(8);
  });

  it('one again, where others find no connection', () => {
    const { used, last } = drive(120, { rate: (lanes) => (lanes > 1 ? 0.5 : 1) * MB, connects: 1 });
    expect(Math.max(...used)).toBe(8);
    expect(last).toBe(1);
  });

  it('judges a slow path by acks that come once a second', () => {
    expect(drive(60, { rate: (lanes) => lanes * 50_000, ackMs: 1000 }).last).toBe(8);
  });

  it('opens those of a slow path before it uses them', () => {
    const slow = { rate: (lanes: number) => lanes * MB, isFoundSlow: true };
    const { opened, last } = drive(1, slow);
    expect(opened).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(last).toBe(1);
    expect(drive(1, { ...slow, contentBytes: 10 * MB }).opened).toEqual([]);
    expect(drive(1, slow, 1).opened).toEqual([]);
    expect(drive(4, slow).opened).toEqual(opened);
  });

  it('what is asked for, at once', () => {
    const { opened, used } = drive(1, { rate: () => MB }, 3);
    expect(opened).toEqual([1, 2]);
    expect(used[0]).toBe(3);
  });
});
