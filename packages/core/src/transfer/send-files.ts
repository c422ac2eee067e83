// Sends files: as many sessions as it takes until the receiver has confirmed all of them.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, SendOptions } from '../api/options.ts';
import { OfferedEntries } from '../offer/offered-entries.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { MAX_AGAIN } from '../wire/limits.ts';
import { runSessions } from './run-sessions.ts';
import { SenderRun } from './sender-run.ts';
import type { SenderStart } from './session.ts';

/**
 * Offers entries under a code, sends them to whoever proves to know it, and resolves when the receiver has confirmed
 * that every file is verified and durable.
 * @throws TransferError any
 */
export async function sendFiles(ports: EnginePorts, options: SendOptions): Promise<TransferResult> {
  const { transferSecret, onEvent } = options;
  const offered = new OfferedEntries(options.entries);
  options.onRevisable?.((entries) => offered.revise(entries));
  const sentSizes = new Map<string, number>();
  let again = 0;
  return runSessions<SenderStart>({
    start: transferSecret === undefined ? { by: 'code' } : { by: 'secret', transferSecret },
    run(start) {
      const isLastPass = again === MAX_AGAIN;
      const pass = { ...options, offered, sentSizes, isAgain: again > 0, isLastPass };
      return new SenderRun(ports, pass, start).run();
    },
    onEvent,
    async onAgain(changed) {
      again += 1;
      onEvent({ type: 'again', files: changed.size });
      offered.fix(refreshed(await offered.latest(), changed));
    },
  });
}

/** All entries, with those that changed as they are now. One that is gone fails when it is read. */
function refreshed(entries: readonly SourceEntry[], changed: ReadonlySet<number>): Promise<SourceEntry[]> {
  return Promise.all(
    entries.map((entry, index) => (changed.has(index) ? entry.refresh!().catch(() => entry) : entry)),
  );
}
