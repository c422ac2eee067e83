// Tries again and again, with growing pauses, until something succeeds or time is up.

import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import { MAX_PAUSE_MS } from '../wire/limits.ts';
import type { Backoff } from './backoff.ts';
import { withTimeLimit } from './time-limit.ts';

/** How long and how often an attempt is repeated. */
export interface SeekOptions {
  clock: Clock;
  backoff: Backoff;
  reconnectTimeoutMs: number;
  /** Aborting ends it. */
  signal: AbortSignal;
  /** Whether an error is final, besides those that no waiting mends anywhere. */
  isFinal?(error: TransferError): boolean;
  /** Hears of each attempt that failed and is followed by another, or by the end. */
  onFailed?(error: TransferError): void;
}

/** How an attempt is told to end, and what it tells. */
export interface Attempt {
  /** Aborted when the reconnect timeout is over, or the seek is. */
  signal: AbortSignal;
  /** What the seek ends with if the time is over while this attempt waits. */
  blame(error: TransferError): void;
  /** Tells that a part of this attempt failed. The pause before it may be repeated, in ms. */
  failed(error: TransferError): number;
}

/**
 * What `attempt` resolves with.
 * @throws TransferError `interrupted`; the last reason (`first` until there is another); at once, what isn't a
 * TransferError, and what no waiting mends: `relay-limit-…`, `relay-token-…`, and what `isFinal` says
 */
export async function seek<T>(
  attempt: (attempt: Attempt) => Promise<T>,
  first: unknown,
  { clock, backoff, reconnectTimeoutMs, signal, isFinal = () => false, onFailed = () => {} }: SeekOptions,
): Promise<T> {
  return withTimeLimit(
    async (until) => {
      let last = first;
      const blame = (error: TransferError) => {
        last = error;
      };
      const failed = (error: TransferError) => {
        if (error.code !== 'interrupted') last = error;
        onFailed(error);
        return Math.max(backoff.next(), Math.min(error.retryAfterMs, MAX_PAUSE_MS));
      };
      while (!until.aborted) {
        let pauseMs: number;
        try {
          return await attempt({ signal: until, blame, failed });
        } catch (error) {
          // Nothing is proved before a handshake is through: whatever went wrong there may go right next time.
          if (!(error instanceof TransferError)) throw error;
          if (isLasting(error) || isFinal(error)) throw error;
          pauseMs = failed(error);
        }
        await pause(pauseMs, clock, until);
      }
      throw signal.aborted ? new TransferError('interrupted') : last;
    },
    { clock, signal, limitMs: reconnectTimeoutMs },
  );
}

/** Whether no waiting mends an error: a limit of the relay stays, and only a person can get another token. */
export function isLasting({ code }: TransferError): boolean {
  return /^relay-(limit|token)-/.test(code);
}

/** Resolves after `delayMs`, or when the signal is aborted. */
export function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const cancel = clock.after(delayMs, finish);
    signal.addEventListener('abort', finish, { once: true });
    if (signal.aborted) finish();
  });
}
