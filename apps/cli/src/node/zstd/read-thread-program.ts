// The program of zstd's thread, as CommonJS: built beside the bundle, or seen from the sources, which tests run. In the one file
// that a relay serves, build-alone.mjs puts the text itself in this module's place.
import { readFile } from 'node:fs/promises';

/** @throws Error that of the file system */
export function readThreadProgram(): Promise<string> {
  const isBundled = !import.meta.url.endsWith('.ts');
  const place = isBundled ? './zstd-worker.cjs' : '../../../dist/zstd-worker.cjs';
  return readFile(new URL(place, import.meta.url), 'utf8');
}
