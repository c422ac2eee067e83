import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../src/async/gate.ts';
import { AckMeter } from '../../src/flow/ack-meter.ts';
import { CreditWindow } from '../../src/flow/credit-window.ts';
import { CHUNK_BYTES, MAX_WINDOW_BYTES } from '../../src/wire/limits.ts';

const MIB = 1024 * 1024;
const violation = expect.objectContaining({ code: 'protocol-violation' });

describe('the credit window', () => {
  it('holds a sender to its limit and lets it go on', async () => {
    const window = new CreditWindow(10);
    await window.take(10);
    let taken = false;
    const waiting = window.take(1).then(() => {
      taken = true;
    });
    await Promise.resolve();
    expect(taken).toBe(false);
    window.acknowledge(10, 11);
    await waiting;
    expect(window.durableBytes).toBe(10);
  });

  it('knows whether the receiver keeps up', async () => {
    const window = new CreditWindow(MIB * 16);
    await window.take(1);
    expect(window.isKeptUp).toBe(false);
    window.acknowledge(0, 16 * MIB + 1);
    expect(window.isKeptUp).toBe(true);
    await window.take(4 * MIB);
    expect(window.isKeptUp).toBe(true);
    await window.take(1);
    expect(window.isKeptUp).toBe(false);
    window.acknowledge(0, 18 * MIB);
    expect(window.isKeptUp).toBe(true);
    expect([window.sentBytes, window.writtenBytes]).toEqual([4 * MIB + 2, 2 * MIB]);
  });

  it('tells of the next ack, or that it was closed', async () => {
    const window = new CreditWindow(100);
    let acks = 0;
    const note = () => {
      acks += 1;
    };
    const first = window.nextAck().then(note);
    await Promise.resolve();
    expect(acks).toBe(0);
    window.acknowledge(0, 101);
    await first;
    expect(acks).toBe(1);
    const second = window.nextAck().then(note);
    window.close(new Error('over'));
    await second;
    await expect(window.nextAck()).rejects.toThrow('over');
  });

  it('fails who waits when it closes', async () => {
    const window = new CreditWindow(0);
    const waiting = window.take(1);
    window.close(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    await expect(window.take(0)).rejects.toThrow('over');
  });

  it('that is held lets little be on the way, until it is let go', async () => {
    const window = new CreditWindow(8 * MIB);
    const release = window.hold();
    await window.take(MIB);
    await window.take(CHUNK_BYTES);
    let taken = 0;
    const take = async () => {
      await window.take(CHUNK_BYTES);
      taken += 1;
    };
    const waiting = take();
    await Promise.resolve();
    expect(taken).toBe(0);
    expect([window.hadRunOut, window.sentBytes]).toEqual([false, MIB + CHUNK_BYTES]);
    // What the receiver has written makes room.
    window.acknowledge(0, 8 * MIB + CHUNK_BYTES);
    await waiting;
    const other = take();
    release();
    await other;
    await window.take(4 * MIB);
    expect(taken).toBe(2);
  });

  it('that is held is let go by a path that is fast, and when it is closed', async () => {
    const window = new CreditWindow(8 * MIB);
    window.hold();
    for (let writtenBytes = 0; writtenBytes < 4 * MIB; writtenBytes += MIB) {
      await window.take(MIB);
      window.acknowledge(0, 8 * MIB + writtenBytes + MIB);
    }
    await window.take(4 * MIB);
    const closed = new CreditWindow(8 * MIB);
    closed.hold();
    await closed.take(MIB);
    const waiting = closed.take(MIB);
    closed.close(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
  });

  it('refuses acks that make no sense', async () => {
    const window = new CreditWindow(100);
    await window.take(50);
    window.acknowledge(20, 120);
    for (const [durable, limit] of [
      [19, 120],
      [51, 120],
      [20, 119],
      [20, 21 + MAX_WINDOW_BYTES],
    ] as const) {
      expect(() => window.acknowledge(durable, limit)).toThrow(violation);
    }
    expect(() => new CreditWindow(MAX_WINDOW_BYTES + 1)).toThrow(violation);
  });
});

describe('credit between both ends', () => {
  it('never stalls and never exceeds the window, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 64 }).map((chunks) => chunks * CHUNK_BYTES),
        fc.array(fc.integer({ min: 1, max: CHUNK_BYTES }), { minLength: 1, maxLength: 200 }),
        async (windowBytes, sizes) => {
          const window = new CreditWindow(windowBytes);
          const meter = new AckMeter(
            windowBytes,
            { nowMs: () => 0, after: () => () => {} },
            ({ durable, limit }) => window.acknowledge(durable, limit),
          );
          let outstanding = 0;
          const queue: number[] = [];
          for (const size of sizes) {
            let granted = false;
            const taking = window.take(size).then(() => {
              granted = true;
            });
            await Promise.resolve();
            // The receiver writes only when the sender can't go on: the hardest case for the last bytes of a window.
            while (!granted) {
              const written = queue.shift();
              expect(written).toBeDefined();
              outstanding -= written!;
              meter.written(written!);
              await new Promise((resolve) => setImmediate(resolve));
            }
            await taking;
            outstanding += size;
            queue.push(size);
            expect(meter.receive(size)).toBe(true);
            expect(outstanding).toBeLessThanOrEqual(windowBytes);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is refused beyond what was told', () => {
    const meter = new AckMeter(10, { nowMs: () => 0, after: () => () => {} }, () => {});
    expect(meter.receive(10)).toBe(true);
    expect(meter.receive(1)).toBe(false);
  });
});

describe('acks', () => {
  const windowBytes = 16 * MIB;

  /** Limits that are told for writes of those sizes, while time stands still. `behind` bytes have come and aren't written yet. */
  function told(writes: number[], behind = 0): number[] {
    const limits: number[] = [];
    const clock = { nowMs: () => 0, after: () => () => {} };
    const meter = new AckMeter(windowBytes, clock, ({ limit }) => limits.push(limit - windowBytes));
    meter.receive(behind);
    for (const bytes of writes) {
      meter.receive(bytes);
      meter.written(bytes);
    }
    return limits;
  }

  it('tell of each of the first chunks, then of every 2 MiB', () => {
    const chunks = (count: number) => Array.from({ length: count }, () => CHUNK_BYTES);
    const early = Array.from({ length: 16 }, (_, i) => (i + 1) * CHUNK_BYTES);
    expect(told(chunks(40))).toEqual([...early, 6 * MIB, 8 * MIB, 10 * MIB]);
    expect(told(chunks(40), 1)).toEqual([...early, 6 * MIB, 8 * MIB, 10 * MIB]);
  });

  it('tell early of less when there is nothing else to write', () => {
    expect(told([100, 200])).toEqual([100, 300]);
    expect(told([100, 200], 1)).toEqual([]);
  });

  it('are few for many small files', () => {
    expect(told(Array.from({ length: 10_000 }, () => 10))).toHaveLength(256);
  });
});

describe('the gate', () => {
  it('admits as many at once as it is wide, in order, and can be cleared', async () => {
    const gate = new Gate(2);
    await gate.enter();
    await gate.enter();
    const admitted: number[] = [];
    const third = gate.enter().then(() => admitted.push(3));
    const fourth = gate.enter().then(() => admitted.push(4));
    gate.leave();
    await third;
    expect(admitted).toEqual([3]);
    gate.clear(new Error('closed'));
    await expect(fourth).rejects.toThrow('closed');
  });
});
