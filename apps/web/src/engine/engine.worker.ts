// The engine's worker: sockets, keys, compression and disk. The page starts a job with one message and a port.
import type { Kept } from './kept-files.ts';
import type { Job, Ready } from './messages.ts';
import { runReceive } from './run-receive.ts';
import { runSend } from './run-send.ts';
import { runStorage } from './run-storage.ts';

/** What this tab shows of what was received. */
const keptTransfers = new Map<string, Kept>();

addEventListener('message', ({ data: job, ports }: MessageEvent<Job>) => {
  const port = ports[0]!;
  port.postMessage({ type: 'ready' } satisfies Ready);
  switch (job.type) {
    case 'send':
      return runSend(job, port);
    case 'receive':
      return runReceive(job, port, (kept) => keptTransfers.set(kept.id, kept));
    default:
      return runStorage(job, port, keptTransfers);
  }
});
