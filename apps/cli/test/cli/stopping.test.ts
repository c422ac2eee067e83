// How a process is stopped, on a fake clock: who is asked, for how long, and what the transfer hears.
import { stopOf } from '@p2p-copy/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../relay/test/fake-clock.ts';
import { Stopping } from '../../src/cli/terminal/stopping.ts';

type Answer = 'keep' | 'discard' | null;

let clock: FakeClock;
let exits: number[];
let stopping: Stopping;
beforeEach(() => {
  clock = new FakeClock();
  exits = [];
  stopping = new Stopping(clock, (code) => exits.push(code));
});

/** A transfer with a note, at a terminal. */
function asked() {
  let resolve: (answer: Answer) => void = () => {};
  const promise = new Promise<Answer>((answer) => {
    resolve = answer;
  });
  let questions = 0;
  const leave = stopping.attend({
    isKept: () => true,
    hasBegun: () => true,
    ask(signal) {
      questions += 1;
      signal.addEventListener('abort', () => resolve(null), { once: true });
      return promise;
    },
  });
  return { answer: resolve, leave, asked: () => questions };
}

const running = (isKept: boolean, hasBegun = isKept) =>
  stopping.attend({ isKept: () => isKept, hasBegun: () => hasBegun, ask: () => null });

const stop = () => (stopping.signal.aborted ? stopOf(stopping.signal) : 'runs');
const turns = async () => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};

describe('Ctrl-C', () => {
  it.each(['keep', 'discard'] as const)(
    'asks, and the transfer goes on until it hears %s',
    async (answer) => {
      const transfer = asked();
      stopping.interrupt();
      await turns();
      expect([transfer.asked(), stop()]).toEqual([1, 'runs']);
      transfer.answer(answer);
      await turns();
      expect([stop(), stopping.exitCode, exits]).toEqual([answer, 130, []]);
    },
  );

  it('keeps what has arrived when nobody answers for 10 s', async () => {
    asked();
    stopping.interrupt();
    clock.advance(9_999);
    await turns();
    expect(stop()).toBe('runs');
    clock.advance(1);
    await turns();
    expect(stop()).toBe('keep');
  });

  it('a second time keeps, a third time ends the process at once', async () => {
    const transfer = asked();
    stopping.interrupt();
    stopping.interrupt();
    await turns();
    expect([transfer.asked(), stop(), exits]).toEqual([1, 'keep', []]);
    stopping.interrupt();
    expect(exits).toEqual([130]);
  });

  it('asks about nothing that was done meanwhile', async () => {
    const transfer = asked();
    stopping.interrupt();
    transfer.leave();
    await turns();
    clock.advance(20_000);
    await turns();
    expect(stop()).toBe('runs');
  });

  it.each([
    ['keeps what has a note, where nobody can be asked', [true], 'keep'],
    ['keeps several at once', [true, true], 'keep'],
    ['tells the other end of one without a note that nobody comes back', [false, true], 'end'],
    ['says nothing of later before anything was accepted', [false, false], null],
  ] as const)('%s', (_what, [isKept, hasBegun], expected) => {
    running(isKept, hasBegun);
    stopping.interrupt();
    expect(stop()).toBe(expected);
  });

  it('asks once for each transfer, not for several', () => {
    running(true);
    const transfer = asked();
    stopping.interrupt();
    expect([transfer.asked(), stop()]).toEqual([0, 'keep']);
  });

  it('before any transfer stops the command', () => {
    stopping.interrupt();
    expect([stopping.signal.aborted, stop()]).toEqual([true, null]);
  });
});

describe.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, exitCode) => {
  it('asks nobody, cancels nothing, and gives its own exit code', () => {
    const transfer = asked();
    stopping.end(signal);
    expect([transfer.asked(), stop(), stopping.exitCode, stopping.endedBy]).toEqual([
      0,
      'leave',
      exitCode,
      signal,
    ]);
  });

  it('takes back a question that is open', async () => {
    const transfer = asked();
    stopping.interrupt();
    stopping.end(signal);
    transfer.answer('discard');
    await turns();
    expect(stop()).toBe('leave');
  });

  it('of a transfer that can’t come back tells the other end so', () => {
    running(false, true);
    stopping.end(signal);
    expect(stop()).toBe('end');
  });
});

it('a second SIGTERM ends the process at once; of a closed terminal several SIGHUP may come', () => {
  stopping.end('SIGHUP');
  stopping.end('SIGHUP');
  expect(exits).toEqual([]);
  stopping.end('SIGTERM');
  expect(exits).toEqual([129]);
});
