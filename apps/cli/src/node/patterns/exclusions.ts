// What a person leaves out of what is sent: by patterns of their own, and by the `.gitignore` files of the folders.
import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { TransferError } from '@p2p-copy/core';
import ignore, { type Ignore } from 'ignore';
import { quoted } from '../../wording/show-text.ts';
import { errnoOf } from '../disk/disk-error.ts';
import { excludeFileOf } from './git-folder.ts';
import { movedRule, movedRules } from './gitignore-rules.ts';

/** More rules than fit would take minutes for each name. */
const MAX_RULES_BYTES = 1024 * 1024;

export interface ExcludeOptions {
  /** Patterns by the rules of gitignore. One with a slash inside is told from each folder that is named. */
  exclude?: readonly string[];
  /** Whether `.gitignore` files count, and the `info/exclude` of a repository. */
  gitignore?: boolean;
}

/** Where disks fold case, git does. */
const FOLDS_CASE = process.platform === 'win32' || process.platform === 'darwin';

/** A rule of the person, and the pattern as it was given. */
interface OwnRule {
  pattern: string;
  mark: string;
}

/** The rules for what lies in one folder. */
export class Exclusions {
  /** Absolute; all paths are told from it. */
  readonly #base: string;
  /** Of the `.gitignore` files from the base down to here. */
  readonly #gitRules: readonly string[];
  /** Of the person, which come last: they decide. */
  readonly #ownRules: readonly OwnRule[];
  /** Patterns of the person by which something was left out. */
  readonly #used: Set<string>;
  readonly #readsFiles: boolean;
  readonly #matcher: Ignore;

  private constructor(
    base: string,
    gitRules: readonly string[],
    ownRules: readonly OwnRule[],
    used: Set<string>,
    readsFiles: boolean,
  ) {
    this.#base = base;
    this.#gitRules = gitRules;
    this.#ownRules = ownRules;
    this.#used = used;
    this.#readsFiles = readsFiles;
    this.#matcher = ignore({ ignorecase: FOLDS_CASE, allowRelativePaths: true });
    this.#matcher.add([...gitRules.map((pattern) => ({ pattern })), ...ownRules]);
  }

  /**
   * Those for something that was named; null where nothing is left out.
   * @param diskPath absolute
   * @param used gets the patterns of `exclude` by which something is left out
   */
  static async for(
    diskPath: string,
    isFolder: boolean,
    { exclude = [], gitignore = false }: ExcludeOptions,
    used: Set<string> = new Set(),
  ): Promise<Exclusions | null> {
    if (exclude.length === 0 && !gitignore) return null;
    const parent = dirname(diskPath);
    const repository = gitignore ? await repositoryOf(diskPath) : null;
    const base = repository === null || repository === diskPath ? parent : repository;
    const gitRules: string[] = [];
    // One that is itself named is read as it is walked.
    if (repository !== null && repository !== diskPath) {
      const prefix = relativePath(base, repository);
      gitRules.push(...(await rulesIn(await excludeFileOf(repository), prefix)));
      for (const folder of foldersBetween(repository, parent))
        gitRules.push(...(await rulesIn(join(folder, '.gitignore'), relativePath(base, folder))));
    }
    const beside = relativePath(base, parent);
    const inside = isFolder ? relativePath(base, diskPath) : beside;
    const ownRules = exclude.flatMap((mark) => {
      const pattern = movedRule(...ownRule(mark, inside, beside));
      return pattern === null ? [] : { pattern, mark };
    });
    return new Exclusions(base, gitRules, ownRules, used, gitignore);
  }

  /** Those for what lies in a folder below. @param holds whether there is something of that name in it */
  async inside(folder: string, holds: (name: string) => boolean): Promise<Exclusions> {
    if (!this.#readsFiles) return this;
    const prefix = relativePath(this.#base, folder);
    const rules: string[] = [];
    // A repository of its own.
    if (holds('.git')) rules.push(...(await rulesIn(await excludeFileOf(folder), prefix)));
    if (holds('.gitignore')) rules.push(...(await rulesIn(join(folder, '.gitignore'), prefix)));
    if (rules.length === 0) return this;
    return new Exclusions(this.#base, [...this.#gitRules, ...rules], this.#ownRules, this.#used, true);
  }

  /** @param kind a link may lead to either */
  has(diskPath: string, kind: 'file' | 'folder' | 'link'): boolean {
    const path = relativePath(this.#base, diskPath);
    if (kind !== 'folder' && this.#ignores(path)) return true;
    return kind !== 'file' && this.#ignores(`${path}/`);
  }

  #ignores(path: string): boolean {
    const { ignored, rule } = this.#matcher.test(path);
    if (ignored && rule?.mark !== undefined) this.#used.add(rule.mark);
    return ignored;
  }
}

/** A pattern of a person, and the folder that it is told from. */
function ownRule(pattern: string, inside: string, beside: string): [string, string] {
  // A command line has no comments.
  const rule = pattern.startsWith('#') ? `\\${pattern}` : pattern;
  const bare = rule.replace(/^!/, '').trimEnd();
  // What means everything means everything inside: a folder is named to be sent.
  const isInside = bare.slice(0, -1).includes('/') || /^[*/]+$/.test(bare);
  return [rule, isInside ? inside : beside];
}

/** The nearest folder with a `.git`, from the named thing up. */
async function repositoryOf(diskPath: string): Promise<string | null> {
  for (let folder = diskPath; ; folder = dirname(folder)) {
    try {
      await access(join(folder, '.git'));
      return folder;
    } catch {
      if (folder === dirname(folder)) return null;
    }
  }
}

/** From the first one down to the last; none where the last one lies above. */
function foldersBetween(first: string, last: string): string[] {
  const folders: string[] = [];
  for (let folder = last; folder.length >= first.length; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  return folders[0] === first ? folders : [];
}

/**
 * None where there is no such file.
 * @throws TransferError `source-unreadable` for one that is too large; the system's error for one that can't be read: what it would leave out may be secret
 */
async function rulesIn(file: string, prefix: string): Promise<string[]> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return [];
    if (stats.size > MAX_RULES_BYTES)
      throw new TransferError(
        'source-unreadable',
        `${quoted(file)} has more than 1 MiB, which are too many rules.`,
      );
    return movedRules(new TextDecoder().decode(await readFile(file)), prefix);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return [];
    throw error;
  }
}

function relativePath(base: string, path: string): string {
  const below = path.slice(base.endsWith(sep) ? base.length : base.length + 1);
  return sep === '/' ? below : below.replaceAll(sep, '/');
}
