// What other programs make of a .zip of the page: times to the second, permissions, and sizes and counts that need Zip64. It is packed in
// one time zone and unpacked in another.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { makeZip, type ZipEntry } from '../../../src/engine/zip/make-zip.ts';

vi.hoisted(() => {
  process.env.TZ = 'Asia/Kathmandu';
});

const ELSEWHERE = { ...process.env, TZ: 'America/New_York', LC_ALL: 'C.UTF-8' };
const hasProgram = (name: string) => spawnSync('which', [name]).status === 0;
const why = (name: string) => (hasProgram(name) ? '' : ` (skipped: no ${name})`);

const folder = mkdtempSync(join(tmpdir(), 'zip-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names, each with the time that it was given and that any program finds. */
const EXACT = {
  epoch: '1970-01-01T00:00:00Z',
  old: '1979-06-15T12:00:01Z',
  first: '1980-01-01T00:00:01Z',
  summer: '2026-07-01T03:04:05Z',
  winter: '2026-11-27T19:45:01Z',
  last: '2038-01-19T03:14:07Z',
};
/** Of these most programs find what the header holds: the nearest even second, in the zone of whoever unpacks it. */
const BEYOND = {
  1950: ['1950-06-15T12:00:01Z', '1980-01-01T00:00:00'],
  1969: ['1969-12-31T23:59:59Z', '1980-01-01T00:00:00'],
  2038: ['2038-01-19T03:14:09Z', '2038-01-19T08:59:08'],
  2150: ['2150-06-15T12:00:01Z', '2107-12-31T23:59:58'],
} as const;
const MODES = { private: 0o600, program: 0o755, own: 0o700, plain: 0o644 };

const times = join(folder, 'times.zip');

beforeAll(async () => {
  await save(times, [
    { path: 'd', modifiedMs: Date.parse(EXACT.summer), mode: 0o750, content: null },
    { path: 'd/inside', modifiedMs: Date.parse(EXACT.winter), content: contentOf('inside') },
    ...Object.entries(EXACT).map(([path, at]) => timed(path, at)),
    ...Object.entries(BEYOND).map(([path, [at]]) => timed(path, at)),
    ...Object.entries(MODES).map(([path, mode]) => ({
      ...timed(path, EXACT.winter),
      mode,
      executable: (mode & 0o100) !== 0,
    })),
  ]);
});

function timed(path: string, at: string): ZipEntry {
  return { path, modifiedMs: Date.parse(at), content: contentOf(path) };
}

function contentOf(text: string): ZipEntry['content'] {
  return { sizeBytes: text.length, pieces: once(Buffer.from(text)) };
}

async function* once(piece: Uint8Array) {
  yield piece;
}

const ZEROS = new Uint8Array(16 * 1024 * 1024);

/** Content of zeros becomes a hole. */
async function save(path: string, entries: Iterable<ZipEntry>): Promise<void> {
  const zip: FileHandle = await open(path, 'w');
  let small: Uint8Array[] = [];
  let at = 0;
  for await (const piece of makeZip(entries)) {
    if (piece !== ZEROS) small.push(piece);
    else {
      const before = Buffer.concat(small);
      await zip.write(before, 0, before.length, at);
      at += before.length + piece.length;
      small = [];
    }
  }
  const rest = Buffer.concat(small);
  await zip.write(rest, 0, rest.length, at);
  await zip.close();
}

const run = (program: string, ...args: string[]) => runIn(ELSEWHERE.TZ, program, ...args);

const runIn = (zone: string, program: string, ...args: string[]) =>
  execFileSync(program, args, {
    env: { ...ELSEWHERE, TZ: zone },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });

/** What a program unpacks, with an umask that takes nothing. */
function unpacked(...command: string[]): string {
  const out = mkdtempSync(join(folder, 'out-'));
  execFileSync('sh', ['-c', 'umask 0; exec "$@"', 'sh', ...command], { cwd: out, env: ELSEWHERE });
  return out;
}

const secondsOf = (path: string) => Math.floor(statSync(path).mtimeMs / 1000);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

const UNPACKERS = [
  ['unzip', ['-qo', times]],
  ['bsdtar', ['-xpf', times]],
  ['7z', ['x', '-y', times]],
] as const;

describe.each(UNPACKERS)('%s', (program, args) => {
  test.skipIf(!hasProgram(program))(
    `finds times to the second in any zone, and permissions${why(program)}`,
    () => {
      const out = unpacked(program, ...args);
      for (const [name, at] of Object.entries(EXACT)) {
        expect(secondsOf(join(out, name)), name).toBe(Date.parse(at) / 1000);
      }
      expect(secondsOf(join(out, 'd'))).toBe(Date.parse(EXACT.summer) / 1000);
      expect(secondsOf(join(out, 'd/inside'))).toBe(Date.parse(EXACT.winter) / 1000);
      expect(modeOf(join(out, 'd'))).toBe('750');
      for (const [name, mode] of Object.entries(MODES))
        expect(modeOf(join(out, name)), name).toBe(mode.toString(8));
    },
  );
});

describe.each(UNPACKERS.slice(0, 2))('%s', (program, args) => {
  test.skipIf(!hasProgram(program))(`finds the nearest time where seconds are no help${why(program)}`, () => {
    const out = unpacked(program, ...args);
    for (const [name, [, nearest]] of Object.entries(BEYOND)) {
      const there = statSync(join(out, name)).mtime.toLocaleString('sv', { timeZone: ELSEWHERE.TZ });
      // unzip counts a leap day in 2100.
      if (program !== 'unzip' || name !== '2150') expect(there.replace(' ', 'T'), name).toBe(nearest);
    }
  });
});

test.skipIf(!hasProgram('7z'))(`7-Zip finds times of any century${why('7z')}`, () => {
  const listed = runIn('UTC', '7z', 'l', '-slt', times);
  for (const [name, [at]] of Object.entries(BEYOND)) {
    const [, modified] = new RegExp(`^Path = ${name}\n[^]*?^Modified = (\\S+ [\\d:]+)`, 'm').exec(listed)!;
    expect(modified, name).toBe(at.replace('T', ' ').replace('Z', ''));
  }
});

test.skipIf(!hasProgram('python3'))(
  `Python reads every entry, and its checksums hold${why('python3')}`,
  () => {
    const script =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), len(z.namelist()))';
    const entries = 2 + [EXACT, BEYOND, MODES].flatMap(Object.keys).length;
    expect(run('python3', '-c', script, times)).toBe(`None ${entries}\n`);
  },
);

test.skipIf(!hasProgram('zipinfo'))(`zipinfo finds nothing odd${why('zipinfo')}`, () => {
  const told = run('zipinfo', '-v', times);
  expect(told).not.toMatch(/error|warning/i);
  expect(told).toContain('2026 Nov 27 19:45:01 UTC');
  expect(told).toContain('Unix file attributes (100755 octal):            -rwxr-xr-x');
});

describe('more entries than 65,535', () => {
  const path = join(folder, 'many.zip');
  const ENTRIES = 65_600;
  beforeAll(() =>
    save(
      path,
      Array.from({ length: ENTRIES }, (_, i) => ({ path: `${i}`, modifiedMs: 1e12, content: contentOf('') })),
    ),
  );

  test.skipIf(!hasProgram('unzip'))(`are all found by unzip${why('unzip')}`, () => {
    expect(run('unzip', '-tq', path)).toContain('No errors detected');
    expect(run('zipinfo', '-h', path)).toContain(`number of entries: ${ENTRIES}`);
  });

  test.skipIf(!hasProgram('7z'))(`are all found by 7-Zip${why('7z')}`, () => {
    expect(run('7z', 't', path)).toMatch(new RegExp(`Everything is Ok\\s+Files: ${ENTRIES}`));
  });

  test.skipIf(!hasProgram('bsdtar'))(`are all found by bsdtar${why('bsdtar')}`, () => {
    expect(run('bsdtar', '-tf', path).trimEnd().split('\n')).toHaveLength(ENTRIES);
  });
});

describe('a file of more than 4 GiB, and another behind it', () => {
  const path = join(folder, 'long.zip');
  const PIECES = 257;
  const LONG_BYTES = PIECES * ZEROS.length;

  beforeAll(async () => {
    async function* zeros() {
      for (let i = 0; i < PIECES; i++) yield ZEROS;
    }
    await save(path, [
      {
        path: 'unsized',
        modifiedMs: 1e12,
        content: { sizeBytes: null, pieces: once(Buffer.from('of no said size')) },
      },
      { path: 'long', modifiedMs: 1e12, content: { sizeBytes: LONG_BYTES, pieces: zeros() } },
      timed('behind', EXACT.winter),
    ]);
  });

  test.skipIf(!hasProgram('unzip'))(`are read by unzip${why('unzip')}`, () => {
    expect(run('unzip', '-p', path, 'behind')).toBe('behind');
    expect(run('unzip', '-p', path, 'unsized')).toBe('of no said size');
    expect(run('zipinfo', path, 'long')).toContain(` ${LONG_BYTES} `);
    expect(run('zipinfo', '-v', path)).not.toMatch(/error|warning/i);
  });

  test.skipIf(!hasProgram('bsdtar'))(`are read by bsdtar${why('bsdtar')}`, () => {
    expect(run('bsdtar', '-xOf', path, 'behind')).toBe('behind');
    expect(run('bsdtar', '-tvf', path, 'long')).toContain(` ${LONG_BYTES} `);
  });

  test.skipIf(!hasProgram('7z'))(`are read by 7-Zip${why('7z')}`, () => {
    expect(run('7z', 't', path, 'behind', 'unsized')).toContain('Everything is Ok');
    expect(run('7z', 'l', '-slt', path)).toContain(`Size = ${LONG_BYTES}\n`);
  });

  test.skipIf(!hasProgram('python3'))(`are read by Python${why('python3')}`, () => {
    const script =
      "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.getinfo('long').file_size, z.read('behind'))";
    expect(run('python3', '-c', script, path)).toBe(`${LONG_BYTES} b'behind'\n`);
  });
});
