// Keeps the garbage collector from running after every few chunks. V8 counts a chunk's buffers against a limit that it
// sets by the size of the heap, which here is tiny: so it collected 200 times for each GiB, a quarter of the CPU time.
import { setFlagsFromString } from 'node:v8';
import { every } from '../../node/time/clock.ts';
import { memoryUse } from './buffer-memory.ts';

/** While the heap is small it may grow sevenfold between collections; V8's own judgement is for a large one. */
const SMALL_HEAP_GROWTH = '--heap-growing-percent=600';
const OWN_JUDGEMENT = '--heap-growing-percent=0';
const SMALL_HEAP_BYTES = 32 * 1024 * 1024;
/** Buffers, dead ones included, that are no longer cheap to keep. */
const MANY_BUFFER_BYTES = 64 * 1024 * 1024;
const LOOK_MS = 50;

export function tuneHeap(): void {
  let isSmall = true;
  setFlagsFromString(SMALL_HEAP_GROWTH);
  every(LOOK_MS, () => {
    const memory = memoryUse();
    if (memory === null) return;
    const wasSmall = isSmall;
    const { heapUsed, arrayBuffers } = memory;
    isSmall = heapUsed < SMALL_HEAP_BYTES && arrayBuffers < MANY_BUFFER_BYTES;
    if (isSmall !== wasSmall) setFlagsFromString(isSmall ? SMALL_HEAP_GROWTH : OWN_JUDGEMENT);
  });
}
