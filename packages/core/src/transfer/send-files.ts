// Sends files: as many sessions as it takes until the receiver has confirmed all of them.

import type { TransferResult } from '../api/events.ts';
import type { EnginePorts, SendOptions } from '../api/options.ts';
import { OfferedEntries } from '../offer/offered-entries.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { SenderRun } from './sender-run.ts';

/** Times that a file is sent again because it changed meanwhile. */
const MAX_AGAIN = 3;

import type { SenderStart } from './session.ts';

/**
 * Offers entries under a code, sends them to whoever proves to know it, and resolves when the receiver has confirmed
 * that every file is verified and durable. Errors: any TransferError; the promise also rejects on a bug of ours.
 */
export async function sendFiles(ports: EnginePorts, options: SendOptions): Promise<TransferResult> {
  const { transferSecret, onEvent } = options;
  const offered = new OfferedEntries(options.entries);
  options.onRevisable?.((entries) => offered.revise(entries));
  const sentSizes = new Map<string, number>();
  let again = 0;
  let start: SenderStart = transferSecret === undefined ? { by: 'code' } : { by: 'secret', transferSecret };
  for (;;) {
    const isLastPass = again === MAX_AGAIN;
    const pass = { ...options, offered, sentSizes, isAgain: again > 0, isLastPass };
    const outcome = await new SenderRun(ports, pass, start).run();
    if (outcome.name === 'done') return outcome.result;
    start = outcome.start;
    if (outcome.name === 'restarted') {
      onEvent({ type: 'reconnected', restarted: true });
      continue;
    }
    again += 1;
    onEvent({ type: 'again', files: outcome.left.size });
    offered.fix(refreshed(await offered.latest(), outcome.left));
  }
}

/** All entries, with those that changed as they are now. One that is gone fails when it is read. */
function refreshed(entries: readonly SourceEntry[], changed: ReadonlySet<number>): Promise<SourceEntry[]> {
  return Promise.all(
    entries.map((entry, index) => (changed.has(index) ? entry.refresh!().catch(() => entry) : entry)),
  );
}
