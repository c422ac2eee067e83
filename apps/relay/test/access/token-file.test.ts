// The file of access tokens: what comes back, what is refused with which remedy, and that nobody finds half of it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAccessToken } from '@p2p-copy/core/relay-protocol';
import { expect, it, onTestFinished } from 'vitest';
import {
  MAX_TOKEN_FILE_BYTES,
  MAX_TOKENS,
  readTokenFile,
  writeTokenFile,
} from '../../src/access/token-file.ts';
import { isTokenName, makeToken } from '../../src/access/token-row.ts';

const TERMS = { name: 'lab', expiresMs: 2_000_000_000_000, bytesPerDay: 5_000, bytesPerSecond: null };

function placeForFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'p2p-copy-tokens-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'below', 'tokens.json');
}

async function writtenFile(): Promise<string> {
  const path = placeForFile();
  await writeTokenFile(path, [makeToken(TERMS, 1_700_000_000_000).row]);
  return path;
}

it('holds what the rows say, readable by its owner only, and never a token', async () => {
  const path = placeForFile();
  const made = ['lab', 'guests'].map((name) => makeToken({ ...TERMS, name }, 1_700_000_000_000));
  await writeTokenFile(
    path,
    made.map(({ row }) => row),
  );
  expect(await readTokenFile(path)).toEqual(made.map(({ row }) => row));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['tokens.json']);
  const text = readFileSync(path, 'utf8');
  for (const { token } of made) {
    expect(text).not.toContain(token);
    expect(text).not.toContain(parseAccessToken(token)!.secret);
  }
});

it('is nothing where there is none', async () => {
  expect(await readTokenFile(placeForFile())).toBeNull();
});

it.each([0o644, 0o604, 0o606, 0o660, 0o620])(
  'is refused with mode %o, with the command that mends it',
  async (mode) => {
    const path = await writtenFile();
    chmodSync(path, mode);
    await expect(readTokenFile(path)).rejects.toMatchObject({
      code: 'invalid-config',
      message: `The file of access tokens ${path} can't be used: others may read or change it (mode ${mode.toString(8)}). Run: chmod 600 ${path}`,
    });
    chmodSync(path, 0o640);
    expect(await readTokenFile(path)).toHaveLength(1);
  },
);

const row = (change: object) => (file: { tokens: object[] }) => ({
  ...file,
  tokens: [{ ...file.tokens[0], ...change }],
});
it.each<[string, (file: { version: number; tokens: object[] }) => unknown, RegExp]>([
  ['half of it', (file) => JSON.stringify(file).slice(0, 80), /no whole JSON/],
  ['another version', (file) => ({ ...file, version: 2 }), /another version.*Update/],
  ['no list', (file) => ({ ...file, tokens: 7 }), /no list of tokens/],
  [
    'a name twice',
    (file) => ({ ...file, tokens: [file.tokens[0], { ...file.tokens[0], id: 'A'.repeat(11) }] }),
    /one name/,
  ],
  [
    'an id twice',
    (file) => ({ ...file, tokens: [file.tokens[0], { ...file.tokens[0], name: 'b' }] }),
    /one id/,
  ],
  ['a short digest', row({ sha256: 'ab' }), /row 1 .*damaged/],
  ['a name that a terminal obeys', row({ name: '\u001b[2J' }), /damaged/],
  ['an end that is no time', row({ expires: 'soon' }), /damaged/],
  ['no end at all', row({ expires: undefined }), /damaged/],
  ['a limit below one', row({ bytesPerDay: 0 }), /damaged/],
  ['a row that is null', (file) => ({ ...file, tokens: [null] }), /damaged/],
])('with %s is refused', async (_what, change, sentence) => {
  const path = await writtenFile();
  const changed = change(JSON.parse(readFileSync(path, 'utf8')));
  writeFileSync(path, typeof changed === 'string' ? changed : JSON.stringify(changed));
  await expect(readTokenFile(path)).rejects.toThrow(sentence);
});

it(`holds ${MAX_TOKENS} tokens and no more`, async () => {
  const path = await writtenFile();
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const withTokens = (count: number) => ({
    ...file,
    tokens: Array.from({ length: count }, (_, i) => ({
      ...file.tokens[0],
      name: `lab-${i}`,
      id: Buffer.alloc(8, `${i}`.padStart(8)).toString('base64url'),
    })),
  });
  writeFileSync(path, JSON.stringify(withTokens(MAX_TOKENS)));
  expect(await readTokenFile(path)).toHaveLength(MAX_TOKENS);
  writeFileSync(path, JSON.stringify(withTokens(MAX_TOKENS + 1)));
  await expect(readTokenFile(path)).rejects.toThrow(`more than ${MAX_TOKENS} tokens`);
});

it(`that is longer than ${MAX_TOKEN_FILE_BYTES} bytes is not read`, async () => {
  const path = await writtenFile();
  truncateSync(path, MAX_TOKEN_FILE_BYTES);
  await expect(readTokenFile(path)).rejects.toThrow('no whole JSON');
  truncateSync(path, MAX_TOKEN_FILE_BYTES + 1);
  await expect(readTokenFile(path)).rejects.toThrow('too long');
});

it('that is a pipe is refused, and its writer not waited for', async () => {
  const path = await writtenFile();
  rmSync(path);
  execFileSync('mkfifo', ['-m', '600', path]);
  await expect(readTokenFile(path)).rejects.toThrow('it is not a file');
});

it('that can’t be read or written says what to do', async () => {
  const path = placeForFile();
  // A folder in its place.
  await expect(readTokenFile(join(path, '..', '..'))).rejects.toThrow(/can't be (used|read)/);
  await expect(writeTokenFile('/proc/tokens.json', [])).rejects.toThrow(
    /can't be written .*that this user may write to/,
  );
});

it('a token is a prefix, 8 bytes that name it and 32 that prove it', () => {
  const tokens = Array.from({ length: 50 }, () => makeToken(TERMS, 0).token);
  expect(new Set(tokens).size).toBe(50);
  for (const token of tokens) expect(token).toMatch(/^p2pcopy_[A-Za-z0-9_-]{54}$/);
  expect(['lab', 'A-1.b_2', 'x'.repeat(32)].every(isTokenName)).toBe(true);
  expect(['', '-lab', 'la b', 'x'.repeat(33), 'é', '../x', 7].some(isTokenName)).toBe(false);
});
