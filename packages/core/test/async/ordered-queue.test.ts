import { describe, expect, it } from 'vitest';
import { OrderedQueue } from '../../src/async/ordered-queue.ts';

const AMPLE = { jobs: 100, bytes: 1e6 };

/** A job that a test finishes. */
function job<T>() {
  let finish: (result: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return { promise, finish, fail };
}

/** Everything that can go on without a job being finished has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

function stateOf(promise: Promise<unknown>) {
  const state = { is: 'pending' };
  promise.then(
    () => {
      state.is = 'resolved';
    },
    (error: Error) => {
      state.is = error.message;
    },
  );
  return state;
}

describe('an ordered queue', () => {
  it('hands results on in the order in which the jobs came, whichever is finished first', async () => {
    const taken: number[] = [];
    const queue = new OrderedQueue<number>(AMPLE, async (result) => void taken.push(result));
    const jobs = Array.from({ length: 4 }, () => job<number>());
    for (const { promise } of jobs) await queue.push(promise, 1);
    for (const i of [3, 1, 2]) jobs[i]!.finish(i);
    await settled();
    expect(taken).toEqual([]);
    jobs[0]!.finish(0);
    await queue.drained();
    expect(taken).toEqual([0, 1, 2, 3]);
  });

  it('takes one result at a time', async () => {
    const taking: (() => void)[] = [];
    const queue = new OrderedQueue<number>(AMPLE, () => new Promise((resolve) => taking.push(resolve)));
    for (const result of [1, 2, 3]) await queue.push(Promise.resolve(result), 1);
    const drained = stateOf(queue.drained());
    for (let count = 1; count <= 3; count += 1) {
      await settled();
      expect(taking).toHaveLength(count);
      expect(drained.is).toBe('pending');
      taking.at(-1)!();
    }
    await settled();
    expect(drained.is).toBe('resolved');
  });

  it.each([
    ['jobs', { jobs: 2, bytes: 1e6 }, [1, 1]],
    ['bytes', { jobs: 100, bytes: 10 }, [4, 6]],
  ])(
    'holds up whoever adds to it at the limit of %s, until the first has been taken',
    async (_name, limits, sizes) => {
      const queue = new OrderedQueue<void>(limits, async () => {});
      const jobs = sizes.map(() => job<void>());
      const pushed = jobs.map(({ promise }, i) => stateOf(queue.push(promise, sizes[i]!)));
      await settled();
      expect(pushed.map(({ is }) => is)).toEqual(['resolved', 'pending']);
      jobs[0]!.finish();
      await settled();
      expect(pushed[1]!.is).toBe('resolved');
    },
  );

  it('passes the first failure to everyone, once to its owner, and takes nothing after it', async () => {
    const taken: number[] = [];
    let failures = 0;
    const queue = new OrderedQueue<number>(
      { jobs: 3, bytes: 1e6 },
      async (result) => void taken.push(result),
      () => {
        failures += 1;
      },
    );
    const jobs = Array.from({ length: 3 }, () => job<number>());
    const pushed = jobs.map(({ promise }) => stateOf(queue.push(promise, 1)));
    const drained = stateOf(queue.drained());
    jobs[2]!.fail(new Error('later, though it was noticed first'));
    jobs[0]!.finish(0);
    jobs[1]!.fail(new Error('first in order'));
    await settled();
    expect(taken).toEqual([0]);
    expect(pushed.map(({ is }) => is)).toEqual(['resolved', 'resolved', 'resolved']);
    expect(drained.is).toBe('first in order');
    expect(failures).toBe(1);
    await expect(queue.push(Promise.resolve(9), 1)).rejects.toThrow('first in order');
    expect(() => queue.expectSound()).toThrow('first in order');
    await queue.idle();
    expect(taken).toEqual([0]);
  });

  it('that is failed from outside forgets what waits, and is idle only when the current result is through', async () => {
    const taking = job<void>();
    const taken: number[] = [];
    const queue = new OrderedQueue<number>(AMPLE, (result) => {
      taken.push(result);
      return taking.promise;
    });
    await queue.push(Promise.resolve(1), 1);
    await queue.push(Promise.resolve(2), 1);
    await settled();
    queue.fail(new Error('over'));
    const idle = stateOf(queue.idle());
    await settled();
    expect(idle.is).toBe('pending');
    taking.finish();
    await settled();
    expect(idle.is).toBe('resolved');
    expect(taken).toEqual([1]);
    await expect(queue.drained()).rejects.toThrow('over');
  });

  it('leaves no rejection unhandled when a job fails long before its turn', async () => {
    const queue = new OrderedQueue<number>(AMPLE, async () => {});
    const slow = job<number>();
    await queue.push(slow.promise, 1);
    // An unhandled rejection fails the whole run of the tests.
    await queue.push(Promise.reject(new Error('early')), 1);
    await settled();
    slow.finish(1);
    await expect(queue.drained()).rejects.toThrow('early');
  });
});
