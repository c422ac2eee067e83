// How the sessions of one transfer follow each other, at either end.
import { describe, expect, it } from 'vitest';
import type { TransferEvent, TransferResult } from '../../src/api/events.ts';
import { runSessions } from '../../src/transfer/run-sessions.ts';
import type { SessionOutcome } from '../../src/transfer/session.ts';

const result: TransferResult = { files: 1, bytes: 2, failed: [] };
const secretOf = (byte: number) => ({ by: 'secret', transferSecret: Uint8Array.of(byte) }) as const;

/** Runs sessions that end so, one after the other, and notes what each begins with and what is told, in order. */
async function play(outcomes: SessionOutcome[]) {
  const log: unknown[] = [];
  const ended = await runSessions<{ by: 'code' }>({
    start: { by: 'code' },
    async run(start) {
      log.push(start);
      return outcomes.shift()!;
    },
    onEvent: ({ type, ...event }: TransferEvent) => log.push([type, event]),
    async onAgain(changed) {
      await null;
      log.push(changed);
    },
  });
  return { ended, log };
}

describe('a transfer', () => {
  it('ends with the first session that delivers everything, and begins no other', async () => {
    const { ended, log } = await play([{ name: 'done', result }]);
    expect(ended).toBe(result);
    expect(log).toEqual([{ by: 'code' }]);
  });

  it('begins each further session by the secret that the one before gave, and only once the changed files are looked at', async () => {
    const left = new Set([3]);
    const { ended, log } = await play([
      { name: 'restarted', start: secretOf(1) },
      { name: 'again', start: secretOf(2), result: { ...result, files: 0 }, left },
      { name: 'done', result },
    ]);
    expect(ended).toBe(result);
    expect(log).toEqual([
      { by: 'code' },
      ['reconnected', { restarted: true }],
      secretOf(1),
      left,
      secretOf(2),
    ]);
  });

  it('fails as the session that fails', async () => {
    const error = new Error('over');
    const failing = runSessions<{ by: 'code' }>({
      start: { by: 'code' },
      run: () => Promise.reject(error),
      onEvent: () => {},
    });
    await expect(failing).rejects.toBe(error);
  });
});
