// The engine's worker: sockets, keys, compression and disk. The page starts a job with one message and a port.
import { countLeftovers, deleteLeftovers, type KeptTransfer } from './kept-transfers.ts';
import type { Job, StorageReport } from './messages.ts';
import { reportFailure } from './report-failure.ts';
import { runReceive } from './run-receive.ts';
import { runSend } from './run-send.ts';

/** Transfers of this tab in this browser's storage. */
const keptTransfers = new Map<string, KeptTransfer>();

addEventListener('message', ({ data: job, ports }: MessageEvent<Job>) => {
  const port = ports[0]!;
  switch (job.type) {
    case 'send':
      return runSend(job, port);
    case 'receive':
      return runReceive(job, port, (kept) => keptTransfers.set(kept.id, kept));
    default:
      return runStorage(job, port);
  }
});

async function runStorage(job: Exclude<Job, { type: 'send' | 'receive' }>, port: MessagePort): Promise<void> {
  const report = (message: StorageReport) => port.postMessage(message);
  try {
    report(await perform(job, report));
  } catch (error) {
    reportFailure(error, report);
  }
}

async function perform(
  job: Exclude<Job, { type: 'send' | 'receive' }>,
  report: (message: StorageReport) => void,
): Promise<StorageReport> {
  switch (job.type) {
    case 'zip': {
      // Loaded when asked for: most transfers are one file.
      const { zipKept } = await import('./zip-kept.ts');
      const onProgress = (bytes: number) => report({ type: 'zip-progress', bytes });
      return { type: 'file', file: await zipKept(keptOf(job.transferId), onProgress) };
    }
    case 'open-kept':
      return { type: 'file', file: await keptOf(job.transferId).open(job.path) };
    case 'delete-kept':
      await keptOf(job.transferId).delete();
      keptTransfers.delete(job.transferId);
      return { type: 'ok' };
    case 'release-kept':
      keptOf(job.transferId).release();
      keptTransfers.delete(job.transferId);
      return { type: 'ok' };
    case 'count-leftovers':
      return { type: 'leftovers', ...(await countLeftovers()) };
    case 'delete-leftovers':
      await deleteLeftovers();
      return { type: 'ok' };
  }
}

function keptOf(transferId: string): KeptTransfer {
  const kept = keptTransfers.get(transferId);
  if (kept === undefined) throw new Error(`no transfer ${transferId} in this tab`);
  return kept;
}
