// Sends files: as many sessions as it takes until the receiver has confirmed all of them.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, SendOptions } from '../api/options.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MetSession } from '../link/met-session.ts';
import { OfferedEntries } from '../offer/offered-entries.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { MAX_AGAIN } from '../wire/limits.ts';
import { runSessions } from './run-sessions.ts';
import { SenderRun } from './sender-run.ts';
import { connectionStart, directWays, type SenderStart } from './session.ts';

/** Names of files that grew, at most. */
const MOST_GROWN_NAMED = 1_000;
/** How long a code waits for a scan that has found content: most end by then, and what they left out is told before the code. */
const SCAN_AHEAD_MS = 1_000;

/**
 * Offers entries under a code, sends them to whoever proves to know it, and resolves when the receiver has confirmed
 * that every file is verified and durable.
 * @throws TransferError any
 */
export async function sendFiles(ports: EnginePorts, options: SendOptions): Promise<TransferResult> {
  const { transferSecret } = options;
  return sendFrom(
    transferSecret === undefined ? { by: 'code' } : { by: 'secret', transferSecret },
    ports,
    options,
  );
}

/**
 * Sends files to a device of one's own group, in a session with it, as `sendFiles` does.
 * @param meet meets the device: the features are those of this end, for the handshake; the session belongs to the transfer
 * @throws TransferError any
 */
export function sendToDevice(
  ports: EnginePorts,
  options: Omit<SendOptions, 'code' | 'words' | 'waitMs' | 'transferSecret'>,
  meet: (features: readonly string[]) => Promise<MetSession>,
): Promise<TransferResult> {
  return sendFrom((direct) => connectionStart(meet, { direct, hasLinks: true }), ports, options);
}

async function sendFrom(
  start: SenderStart | ((direct: DirectWays | null) => Promise<SenderStart>),
  ports: EnginePorts,
  options: SendOptions,
): Promise<TransferResult> {
  const { onEvent } = options;
  let isOver = false;
  const offered = new OfferedEntries(options.entries, (unsendable) => {
    if (!isOver) onEvent({ type: 'unsendable', ...unsendable });
  });
  options.onRevisable?.((entries) => offered.revise(entries));
  const sentSizes = new Map<string, number>();
  const grown = new Set<string>();
  let again = 0;
  const direct = directWays(ports, 'sender', options.path);
  try {
    if (typeof start === 'function' || start.by === 'code') await contentOf(options, offered, ports.clock);
    const result = await runSessions<SenderStart>({
      start: typeof start === 'function' ? await start(direct) : start,
      run(next) {
        const isLastPass = again === MAX_AGAIN;
        const pass = { ...options, direct, offered, sentSizes, grown, isAgain: again > 0, isLastPass };
        return new SenderRun(ports, pass, next).run();
      },
      onEvent,
      async onAgain(changed) {
        again += 1;
        onEvent({ type: 'again', files: changed.size });
        offered.fix(refreshed(await offered.latest(), changed));
      },
    });
    return grown.size === 0 ? result : { ...result, grown: [...grown].slice(0, MOST_GROWN_NAMED) };
  } finally {
    isOver = true;
    direct?.close();
  }
}

/**
 * Resolves when there is something to make a code for.
 * @throws TransferError those of the scan, `nothing-to-send`, `interrupted`
 */
async function contentOf(
  { hasContent, signal }: SendOptions,
  offered: OfferedEntries,
  clock: Clock,
): Promise<void> {
  if (hasContent === undefined) return;
  let stop = () => {};
  let forget = () => {};
  const hasWaited = new Promise<void>((resolve) => {
    forget = clock.after(SCAN_AHEAD_MS, resolve);
  });
  const interrupted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new TransferError('interrupted'));
  });
  signal.addEventListener('abort', stop);
  try {
    if (signal.aborted) stop();
    await Promise.race([offered.scanned(), Promise.all([hasContent, hasWaited]), interrupted]);
  } finally {
    forget();
    signal.removeEventListener('abort', stop);
  }
}

/** All entries, with those that changed as they are now. One that is gone fails when it is read. */
function refreshed(entries: readonly SourceEntry[], changed: ReadonlySet<number>): Promise<SourceEntry[]> {
  return Promise.all(
    entries.map((entry, index) => (changed.has(index) ? entry.refresh!().catch(() => entry) : entry)),
  );
}
