// Where an output folder really is: the names of an offer are judged by it.
import { realpath } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Landing } from '@p2p-copy/core';
import { nearestFolder } from './output-folder.ts';
import { homeFolder } from './state-root.ts';

/**
 * @param out need not exist yet
 * @throws TransferError `sink-failed`
 */
export async function landingOf(out: string): Promise<Landing> {
  const nearest = await nearestFolder(out);
  const folder = join(await realPath(nearest), relative(nearest, resolve(out)));
  const home = homeFolder();
  return { folder, home: home === null ? '' : await realPath(home) };
}

/** As it is where it can't be resolved. */
function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
