// Whether this process may open more files.
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** @throws Error of `fs.open` where fewer descriptors than that are free */
export function expectFree(count: number): void {
  const opened: number[] = [];
  try {
    for (let i = 0; i < count; i += 1) opened.push(openSync(devNull, 'r'));
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
