// The manifest's path for a name on this disk.
import { checkPath } from '@p2p-copy/core';

/** Names that only some receivers can't hold are theirs to refuse. */
const ANY_RECEIVER = { windowsNames: false, foldsCase: false };

/**
 * `parent` (a manifest path, or empty) and `name` joined, in NFC.
 * @throws TransferError `path-refused` for what no end may write
 */
export function sendablePath(parent: string, name: string): string {
  const path = (parent === '' ? name : `${parent}/${name}`).normalize('NFC');
  checkPath(path, ANY_RECEIVER);
  return path;
}
