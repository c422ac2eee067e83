// The release to compare with: the files of the built app that this installation holds, as they lie on the disk.
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** SHA-256 in hex by path, `/` between segments. */
export type Digests = ReadonlyMap<string, string>;

/** The list of files that every build writes; its own digest names the build. */
export const FILE_LIST = 'integrity.json';

export async function releaseFiles(folder: string): Promise<Digests> {
  const digests = new Map<string, string>();
  const names = await readdir(folder, { recursive: true });
  for (const name of names.sort()) {
    const file = join(folder, name);
    if ((await stat(file)).isFile()) digests.set(name.replaceAll('\\', '/'), digestOf(await readFile(file)));
  }
  return digests;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
