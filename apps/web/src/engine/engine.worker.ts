// The engine's worker: sockets, keys, compression and disk. The page starts a job with one message and a port.

import { ENGINE_READY, type Job, type ToEngine } from '../contract/messages.ts';
import { runReceive } from './jobs/run-receive.ts';
import { runSend } from './jobs/run-send.ts';
import { runStorage } from './jobs/run-storage.ts';
import type { Kept } from './storage/kept-files.ts';

/** What this tab shows of what was received. */
const keptTransfers = new Map<string, Kept>();

/** Of the jobs that run, by their ids. */
const ports = new Map<number, MessagePort>();

addEventListener('message', ({ data: message, ports: [port] }: MessageEvent<ToEngine>) => {
  const { id } = message;
  if ('command' in message)
    ports.get(id)?.dispatchEvent(new MessageEvent('message', { data: message.command }));
  else void start(id, message.job, port!);
});

// The page keeps its messages until then: a worker whose script didn't come would hear none.
postMessage(ENGINE_READY);

async function start(id: number, job: Job, port: MessagePort): Promise<void> {
  ports.set(id, port);
  switch (job.type) {
    case 'send':
      await runSend(job, port);
      break;
    case 'receive':
      await runReceive(job, port, (kept) => keptTransfers.set(kept.id, kept));
      break;
    default:
      await runStorage(job, port, keptTransfers);
  }
  ports.delete(id);
}
