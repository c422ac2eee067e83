// A question to the service worker, and its answer over a port.

const PATIENCE_MS = 5000;

/** Null when no answer comes: a service worker of an older build doesn't know every question. */
export function askServiceWorker<Answer>(
  worker: ServiceWorker,
  question: object,
  ports: MessagePort[] = [],
): Promise<Answer | null> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    port1.onmessage = ({ data }: MessageEvent<Answer | null>) => {
      clearTimeout(timer);
      resolve(data);
    };
    worker.postMessage(question, [port2, ...ports]);
  });
}
