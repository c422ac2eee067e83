// Takes what files hold anew, without a restart. It looks at what they hold, not at when they changed: certbot and Kubernetes
// swap symbolic links.
import type { Clock } from '@p2p-copy/core/foundation';
import type { RelayLog } from './relay-log.ts';

/** Time between two looks, in ms. */
export const LOOK_INTERVAL_MS = 5_000;

/** What following takes of the relay. */
export interface FollowContext {
  clock: Clock;
  log: Pick<RelayLog, 'info' | 'warn'>;
}

/** What is followed. */
export interface Followed<T> {
  /** Reads the files. @throws Error why they can't be used */
  read(): Promise<T>;
  /** Takes what was read, if it is anything new. @throws Error why it can't be used */
  use(found: T): void;
  /** Told to the log with the reason, once until the next look that goes well. */
  unusable: string;
  /** Whether there is anything to look at. Default: always. */
  isOn?(): boolean;
}

export interface Follower {
  /** Looks now, and every few seconds from then on. Never rejects. */
  look(): Promise<void>;
  stop(): void;
}

/** Looks every few seconds, from now on. */
export function follow<T>(
  { read, use, unusable, isOn = () => true }: Followed<T>,
  { clock, log }: FollowContext,
): Follower {
  let isStopped = false;
  let hasWarned = false;
  let cancel = () => {};
  wait();

  function wait(): void {
    cancel();
    if (!isStopped && isOn()) cancel = clock.after(LOOK_INTERVAL_MS, () => void look());
  }

  async function look(): Promise<void> {
    cancel();
    try {
      const found = await read();
      if (!isStopped) use(found);
      hasWarned = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!hasWarned && !isStopped) log.warn({ reason }, unusable);
      hasWarned = true;
    }
    wait();
  }

  return {
    look,
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
