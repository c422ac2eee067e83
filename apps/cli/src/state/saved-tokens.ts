// The access tokens that `p2p-copy login` saved, one for each relay: a file that only its user can read, replaced as a whole.
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAccessToken } from '@p2p-copy/core';
import { stateRoot, stateRootIfAny } from '../node/disk/state-root.ts';
import { forShell } from '../wording/for-shell.ts';
import { writeWhole } from './write-whole.ts';

const FILE_VERSION = 1;
/** Permissions of others than the owner. */
const OTHERS_MODE = 0o077;

/** Why the file can't be used, as a sentence, and what to do. */
export class SavedTokensError extends Error {
  readonly next: string;

  constructor(reason: string, next: string) {
    super(`The saved access tokens in ${savedTokensFile()} can't be used: ${reason}.`);
    this.next = next;
  }
}

export function savedTokensFile(): string {
  return join(stateRoot(), 'saved-tokens.json');
}

/**
 * The token saved for relays of an origin, such as `https://relay.example`; null for none.
 * @throws SavedTokensError
 */
export function savedToken(origin: string): string | null {
  const tokens = readTokens();
  return Object.hasOwn(tokens, origin) ? tokens[origin]! : null;
}

/**
 * Saves a token instead of the one before; null removes it. Whether there was one.
 * @throws SavedTokensError
 */
export function saveToken(origin: string, token: string | null): boolean {
  const { [origin]: before, ...others } = readTokens();
  if (token === null && before === undefined) return false;
  write(token === null ? others : { ...others, [origin]: token });
  return before !== undefined;
}

function readTokens(): Record<string, string> {
  if (stateRootIfAny() === null) return {};
  const path = savedTokensFile();
  let text: string;
  try {
    const { mode } = statSync(path);
    if (process.platform !== 'win32' && (mode & OTHERS_MODE) !== 0) {
      throw new SavedTokensError(
        'others may read it',
        `Run: chmod 600 ${forShell(path)}; if others may have read it, get new tokens.`,
      );
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof SavedTokensError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || isOutOfReach(error)) return {};
    throw new SavedTokensError(
      `it can't be read (${code})`,
      'Make it readable for you, or remove it and log in again.',
    );
  }
  const tokens = parse(text);
  if (tokens !== null) return tokens;
  throw new SavedTokensError('it is damaged', 'Remove it, and log in again.');
}

/** Of a folder that this user may not look into, and so has saved nothing in: its own files can always be looked at. */
function isOutOfReach(error: unknown): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'EACCES' && syscall === 'stat';
}

function parse(text: string): Record<string, string> | null {
  try {
    const { version, tokens } = JSON.parse(text);
    const isRight =
      version === FILE_VERSION &&
      typeof tokens === 'object' &&
      tokens !== null &&
      Object.values(tokens).every((token) => typeof token === 'string' && parseAccessToken(token) !== null);
    return isRight ? tokens : null;
  } catch {
    return null;
  }
}

/** @throws TransferError `sink-failed` where this user has no home; SavedTokensError */
function write(tokens: Record<string, string>): void {
  const root = stateRoot();
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    writeWhole(savedTokensFile(), { version: FILE_VERSION, tokens });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SavedTokensError(
      `it can't be written (${code})`,
      'Set P2P_COPY_STATE to a folder that you may write to.',
    );
  }
}
