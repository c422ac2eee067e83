// Keeps a relay's dead buffers few. Each read from a socket brings a buffer that is dead once it is written, and V8,
// which sees only its own small heap grow, lets some 100 MB of them wait.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Time between two looks: when nothing comes, and while buffers do. */
const IDLE_MS = 50;
const BUSY_MS = 10;
/** What may come between two collections of what is young. A buffer is seldom under way for longer. */
const YOUNG_BYTES = 4 * 1024 * 1024;
/** What may outlive those before all is collected: buffers that waited for a slow end. */
const OLD_BYTES = 12 * 1024 * 1024;

export function collectBuffers(): void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-parallel-scavenge');
  const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc');
  let afterYoung = bufferBytes();
  let afterAll = afterYoung;
  const look = () => {
    const bytes = bufferBytes();
    afterYoung = Math.min(afterYoung, bytes);
    afterAll = Math.min(afterAll, bytes);
    setTimeout(look, bytes === afterYoung ? IDLE_MS : BUSY_MS).unref();
    if (bytes < afterYoung + YOUNG_BYTES) return;
    collect({ type: 'minor' });
    afterYoung = bufferBytes();
    if (afterYoung < afterAll + OLD_BYTES) return;
    collect();
    afterYoung = bufferBytes();
    afterAll = afterYoung;
  };
  look();
}

function bufferBytes(): number {
  return process.memoryUsage().arrayBuffers;
}
