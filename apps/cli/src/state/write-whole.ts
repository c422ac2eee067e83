// A file that is there as a whole or as it was before, whatever happens meanwhile.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Replaces a file by JSON that only this user can read, and makes it durable first.
 * @throws Error of the system; the file is as it was then
 */
export function writeWhole(path: string, content: object): void {
  // Another process that writes the same file has a name of its own.
  const whole = `${path}.${process.pid}`;
  try {
    rmSync(whole, { force: true });
    const descriptor = openSync(whole, 'wx', 0o600);
    try {
      writeFileSync(descriptor, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(whole, path);
  } catch (error) {
    rmSync(whole, { force: true });
    throw error;
  }
}
