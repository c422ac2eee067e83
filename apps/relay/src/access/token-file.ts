// The file of a relay's access tokens: JSON with their digests. Written whole, under another name first, so that a relay
// that reads it meanwhile finds the old rows or the new ones.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RelayError } from '../foundation/relay-error.ts';
import { isTokenName, type TokenRow } from './token-row.ts';

/** A newer version of the file is refused, not misread. */
const FILE_VERSION = 1;
/** Tokens in a file. */
export const MAX_TOKENS = 10_000;
/** More than that many rows need. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** Permissions that nobody but the owner and its group may have, and write access of the group. */
const FORBIDDEN_MODE = 0o027;

/**
 * Rows of the file, checked; null when there is none.
 * @throws RelayError `invalid-config`, naming the file and what to do
 */
export async function readTokenFile(path: string): Promise<TokenRow[] | null> {
  let text: string;
  try {
    const { mode, size } = await stat(path);
    if (process.platform !== 'win32' && (mode & FORBIDDEN_MODE) !== 0) {
      throw unusable(
        path,
        `others may read or change it (mode ${(mode & 0o777).toString(8)})`,
        `chmod 600 ${path}`,
      );
    }
    if (size > MAX_FILE_BYTES) throw unusable(path, 'it is too long to be one', NAME_ANOTHER);
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof RelayError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unusable(
      path,
      `it can't be read (${code})`,
      'run the relay as the user who owns it, or name another file',
    );
  }
  return parseTokens(text, path);
}

/**
 * Replaces the file; readable by its owner only.
 * @throws RelayError `invalid-config` when the disk refuses
 */
export async function writeTokenFile(path: string, rows: readonly TokenRow[]): Promise<void> {
  const whole = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = {
    version: FILE_VERSION,
    tokens: rows.map(({ createdMs, expiresMs, ...row }) => ({
      ...row,
      created: new Date(createdMs).toISOString(),
      expires: expiresMs === null ? null : new Date(expiresMs).toISOString(),
    })),
  };
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(whole, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(file, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(whole, path);
  } catch (error) {
    await rm(whole, { force: true }).catch(() => {});
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw unusable(
      path,
      `it can't be written (${code})`,
      'name a file in a folder that this user may write to',
    );
  }
}

const NAME_ANOTHER = 'name the right file with --token-file';

function parseTokens(text: string, path: string): TokenRow[] {
  const fields = objectIn(text);
  if (fields === null) throw unusable(path, 'it is no whole JSON', NAME_ANOTHER);
  const { version, tokens } = fields;
  if (version !== FILE_VERSION)
    throw unusable(path, 'it is of another version of p2p-copy', 'update p2p-copy');
  if (!Array.isArray(tokens)) throw unusable(path, 'it has no list of tokens', NAME_ANOTHER);
  if (tokens.length > MAX_TOKENS)
    throw unusable(path, `it has more than ${MAX_TOKENS} tokens`, 'revoke some');
  const rows = tokens.map((token, at) => {
    const row = parseRow(token);
    if (row === null) throw unusable(path, `row ${at + 1} of its tokens is damaged`, 'mend it, or remove it');
    return row;
  });
  for (const key of ['name', 'id'] as const) {
    const values = new Set(rows.map((row) => row[key]));
    if (values.size < rows.length)
      throw unusable(path, `two of its tokens have one ${key}`, 'remove one of them');
  }
  return rows;
}

function parseRow(value: unknown): TokenRow | null {
  if (typeof value !== 'object' || value === null) return null;
  const { name, id, sha256, created, expires, bytesPerSecond, bytesPerDay } = value as Record<
    string,
    unknown
  >;
  const createdMs = timeOf(created);
  const expiresMs = expires === null ? null : timeOf(expires);
  if (!isTokenName(name) || !matches(id, /^[A-Za-z0-9_-]{11}$/) || !matches(sha256, /^[0-9a-f]{64}$/))
    return null;
  if (createdMs === undefined || createdMs === null || expiresMs === undefined) return null;
  if (!isLimit(bytesPerSecond) || !isLimit(bytesPerDay)) return null;
  return { name, id, sha256, createdMs, expiresMs, bytesPerSecond, bytesPerDay };
}

/** Milliseconds since 1970 of a time in ISO form; undefined for anything else. */
function timeOf(value: unknown): number | undefined {
  const timeMs = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function isLimit(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && (value as number) > 0);
}

function matches(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function unusable(path: string, reason: string, remedy: string): RelayError {
  const sentence = `${remedy[0]!.toUpperCase()}${remedy.slice(1)}`;
  const advice = remedy.startsWith('chmod') ? `Run: ${remedy}` : `${sentence}.`;
  return new RelayError(
    'invalid-config',
    `The file of access tokens ${path} can't be used: ${reason}. ${advice}`,
  );
}
