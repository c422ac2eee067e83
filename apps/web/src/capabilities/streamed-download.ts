// A download that the browser writes while the files arrive: the service worker answers the fetch, the engine gives the bytes.
import type { SinkChoice } from '../contract/messages.ts';
import { askServiceWorker } from '../offline/ask-service-worker.ts';
import type { DownloadRequest } from '../offline/download-messages.ts';
import { serviceWorkerRefused } from '../offline/refused.ts';

/** On a first visit the service worker is still being installed. */
const INSTALL_MS = 10_000;

/** Whether there is a service worker that streams downloads: it is asked. It need not control this page. */
export async function canStream(): Promise<boolean> {
  const worker = await installedWorker();
  return worker !== null && (await ask<true>(worker, { type: 'can-download' })) !== null;
}

/**
 * Resolves when the browser has begun the download, for which the person must have clicked. Throws when it doesn't.
 * @param sizeBytes null where it isn't known
 */
export async function openDownload(
  name: string,
  sizeBytes: number | null,
  isZip: boolean,
): Promise<SinkChoice> {
  const worker = await installedWorker();
  if (worker === null) throw new Error('there is no service worker');
  const id = crypto.randomUUID();
  const [data, awake] = [new MessageChannel(), new MessageChannel()];
  const address = await demand(
    ask<string>(worker, { type: 'open-download', id, name, sizeBytes }, [data.port2]),
  );
  const tell = (request: DownloadRequest) => worker.postMessage(request);
  awake.port1.onmessage = () => tell({ type: 'keep-download', id });
  // Without it the browser would notice only when the service worker hears nothing any more.
  addEventListener('pagehide', () => tell({ type: 'fail-download', id }), { once: true });
  const begun = ask<true>(worker, { type: 'await-download', id });
  fetchInFrame(address);
  await demand(begun);
  return { kind: 'download', isZip, data: data.port1, awake: awake.port2 };
}

function ask<Answer>(
  worker: ServiceWorker,
  request: DownloadRequest,
  ports?: MessagePort[],
): Promise<Answer | null> {
  return askServiceWorker(worker, request, ports);
}

async function demand<Answer>(asked: Promise<Answer | null>): Promise<Answer> {
  const answer = await asked;
  if (answer === null) throw new Error('the service worker does not answer');
  return answer;
}

async function installedWorker(): Promise<ServiceWorker | null> {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return null;
  const inTime = new Promise<null>((resolve) => setTimeout(() => resolve(null), INSTALL_MS));
  const refused = serviceWorkerRefused.then(() => null);
  return (await Promise.race([serviceWorker.ready, inTime, refused]))?.active ?? null;
}

/** A link would leave the page if something else than a download came of it. */
function fetchInFrame(address: string): void {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = address;
  document.body.append(frame);
}
