// Reads a file that an operator names: whole, of bounded size, and only if it is a file.
import { readFile, stat } from 'node:fs/promises';
import { RelayError } from './relay-error.ts';

/** Certificate chains, keys and settings have some KiB. */
export const MAX_FILE_BYTES = 1024 * 1024;

/**
 * @param what the file holds, such as `certificate`
 * @throws RelayError `invalid-config`, naming the file
 */
export async function readSmallFile(what: string, path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    // Opening a pipe would wait for its writer.
    if (found.isDirectory()) throw unusableFile(what, path, 'it is a folder');
    if (!found.isFile()) throw unusableFile(what, path, 'it is not a file');
    if (found.size > MAX_FILE_BYTES) throw unusableFile(what, path, 'it has more than 1 MiB');
    return await readFile(path);
  } catch (error) {
    if (error instanceof RelayError) throw error;
    throw unusableFile(what, path, READ_FAULTS[codeOf(error)] ?? String(error));
  }
}

export function unusableFile(what: string, path: string, why: string): RelayError {
  return new RelayError('invalid-config', `The ${what} file ${path} can't be used: ${why}.`);
}

const READ_FAULTS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
};

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
