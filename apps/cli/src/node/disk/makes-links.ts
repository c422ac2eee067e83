// Whether a disk holds symbolic links: asked of it, in the output folder, since FAT, some shares and Windows without its developer
// mode have none.
import { mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from './in-memory.ts';

const TARGET = 'p2p-copy';

/** @param folder exists; what is to be made in it is on the same disk */
export function makesLinks(folder: string): boolean {
  if (placeOf(folder).isLocal) return true;
  let own: string;
  try {
    own = mkdtempSync(join(folder, '.p2p-copy-'));
  } catch {
    return false;
  }
  try {
    const link = join(own, 'link');
    symlinkSync(TARGET, link, 'file');
    return readlinkSync(link) === TARGET;
  } catch {
    return false;
  } finally {
    removed(own);
  }
}

function removed(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // It is in nobody's way.
  }
}
