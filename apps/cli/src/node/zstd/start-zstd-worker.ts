// Starts the thread for zstd: the built worker beside the bundle, or seen from the sources, which tests run. In the one file
// that a relay serves, build-alone.mjs puts the thread itself in this module's place.
import { Worker } from 'node:worker_threads';

export function startZstdWorker(): Worker {
  const isBundled = !import.meta.url.endsWith('.ts');
  const place = isBundled ? './zstd-worker.js' : '../../../dist/zstd-worker.js';
  return new Worker(new URL(place, import.meta.url));
}
