// Where a repository keeps rules that are in no `.gitignore`: for worktrees and submodules that is elsewhere.
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errnoOf } from '../disk/disk-error.ts';

/**
 * The path of its `info/exclude`, which may not exist.
 * @param repository folder with a `.git`, be it a folder or a file that names one
 * @throws the system's error for what can't be read: what its rules would leave out may be secret
 */
export async function excludeFileOf(repository: string): Promise<string> {
  const git = join(repository, '.git');
  const named = (await isFile(git)) ? /^gitdir: (.+)/.exec(await readFile(git, 'utf8'))?.[1] : undefined;
  const folder = named === undefined ? git : resolve(repository, named);
  // A worktree shares what its repository has.
  const shared = await textOf(join(folder, 'commondir'));
  return join(shared === null ? folder : resolve(folder, shared.trim()), 'info/exclude');
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    return nothingThere(error, false);
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return nothingThere(error, null);
  }
}

function nothingThere<T>(error: unknown, nothing: T): T {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return nothing;
  throw error;
}
