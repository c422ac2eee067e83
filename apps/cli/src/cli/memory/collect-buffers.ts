// Keeps a relay's dead buffers few. Each read from a socket brings a buffer that is dead once it is written, and V8,
// which sees only its own small heap grow, lets some 100 MB of them wait.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { every } from '../../node/time/clock.ts';
import { memoryUse } from './buffer-memory.ts';

const LOOK_MS = 10;
/** What may come between two collections of what is young. A buffer is seldom under way for longer. */
const YOUNG_BYTES = 4 * 1024 * 1024;
/** What may outlive those before all is collected: buffers that waited for a slow end. */
const OLD_BYTES = 12 * 1024 * 1024;

export function collectBuffers(): void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-parallel-scavenge');
  const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc');
  let afterYoung = memoryUse()?.arrayBuffers ?? 0;
  let afterAll = afterYoung;
  every(LOOK_MS, () => {
    const bytes = memoryUse()?.arrayBuffers;
    if (bytes === undefined) return;
    afterYoung = Math.min(afterYoung, bytes);
    afterAll = Math.min(afterAll, bytes);
    if (bytes < afterYoung + YOUNG_BYTES) return;
    collect({ type: 'minor' });
    afterYoung = memoryUse()?.arrayBuffers ?? bytes;
    if (afterYoung < afterAll + OLD_BYTES) return;
    collect();
    afterYoung = memoryUse()?.arrayBuffers ?? bytes;
    afterAll = afterYoung;
  });
}
