// Every row of the table of settings, set by flag, variable and file, as the command sees it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentNameOf, flagOf, keyOf, RELAY_SETTINGS, type Setting } from '@p2p-copy/relay/settings';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLI_SETTINGS } from '../../src/relay-settings/cli-table.ts';
import { finished } from './cli-process.ts';

const ROWS = Object.entries<Setting<unknown>>(CLI_SETTINGS);
/** Three texts for each row come from here, or from beside its default number. */
const SAMPLES = [
  'alpha,beta',
  '127.0.0.1:9001',
  '[::1]:9002,127.0.0.1:9003',
  'unix:/tmp/p2p-copy-test.sock',
  '127.0.0.1:9005,unix:/tmp/p2p-copy-admin.sock',
  '127.0.0.1:9006',
  '[::1]:9007',
  '127.0.0.1',
  '10.0.0.0/8,unix',
  '::1',
  '203.0.113.0/24',
  '90s',
  '2h',
  '1d',
  'https://a.example',
  'https://b.example,http://localhost:5173',
  'https://c.example',
  '600',
  '640',
  '0666',
  'error',
  'info',
  'debug',
  'true',
  'false',
  'token',
  'cert.pem',
  'key.pem',
  '192.0.2.7',
  'none',
  'full',
  '3478',
  '3479',
  '5349',
];
/** Not together with others of the table, so they are set in a call of their own. */
const ALONE = new Set(['host', 'port', 'selfSigned', 'http']);
/** Asked for by no two rows at once, since one address can be listened on once. */
const LISTEN = new Set(['listen', 'adminListen']);

interface Sample {
  name: string;
  row: Setting<unknown>;
  byFlag: string;
  byVariable: string;
  byFile: string;
}

const samples = ROWS.map(([name, row]): Sample => {
  const near =
    typeof row.default === 'number'
      ? [1, 2, 3, -1, -2, -3].map((more) => row.show((row.default as number) + more))
      : [];
  const texts = [...near, ...SAMPLES].filter((text) => {
    const value = row.read(text);
    return value !== undefined && row.accepts(value) && row.show(value) !== row.show(row.default);
  });
  const found = LISTEN.has(name) && name === 'adminListen' ? texts.slice(3) : texts;
  // A switch has one value that isn't its default.
  const [byFlag, byVariable = row.show(row.default), byFile = byFlag] = found;
  return { name, row, byFlag: byFlag!, byVariable, byFile: byFile! };
});

/** The values and sources that `--print-config` shows, by key. */
type Printed = Map<string, [value: string, source: string]>;

describe.each([
  ['those that go together', samples.filter(({ name }) => !ALONE.has(name))],
  ['host, port and the own certificate', samples.filter(({ name }) => ALONE.has(name))],
])('settings: %s', (_title, rows) => {
  let folder: string;
  let path: string;
  const printed: Record<'all' | 'variables' | 'file', Printed> = {
    all: new Map(),
    variables: new Map(),
    file: new Map(),
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'p2p-copy-settings-'));
    path = join(folder, 'relay.json');
    writeFileSync(
      path,
      JSON.stringify(Object.fromEntries(rows.map((row) => [keyOf(row.name), inFile(row)]))),
    );
    const variables = Object.fromEntries(
      rows.map(({ name, row, byVariable }) => [environmentNameOf(name, row), byVariable]),
    );
    const flags = rows.flatMap(({ name, row, byFlag }) =>
      row.placeholder === null
        ? [flagOf(name, row).replace('--', byFlag === 'false' ? '--no-' : '--')]
        : [flagOf(name, row), byFlag],
    );
    printed.file = await printedBy(['--config', path]);
    printed.variables = await printedBy(['--config', path], variables);
    printed.all = await printedBy([...flags], { ...variables, P2P_COPY_RELAY_CONFIG: path });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(rows)('$name is a flag, which goes before all', ({ name, row, byFlag }) => {
    expect(printed.all.get(keyOf(name))).toEqual([row.show(row.read(byFlag)), flagOf(name, row)]);
  });

  it.each(rows)('$name is a variable, which goes before the file', ({ name, row, byVariable }) => {
    const shown = row.show(row.read(byVariable));
    expect(printed.variables.get(keyOf(name))).toEqual([shown, environmentNameOf(name, row)]);
  });

  it.each(rows)('$name is a key of the file', ({ name, row, byFile }) => {
    const shown = row.show(row.read(byFile));
    expect(shown).not.toBe(row.show(row.default));
    expect(printed.file.get(keyOf(name))).toEqual([shown, `${keyOf(name)} in ${path}`]);
  });
});

it('prints each setting with its default where nothing sets it, in the order of the table', async () => {
  const printed = await printedBy([]);
  expect([...printed.keys()]).toEqual(ROWS.map(([name]) => keyOf(name)));
  for (const [name, row] of ROWS.filter(([name]) => name !== 'webRoot')) {
    expect(printed.get(keyOf(name))).toEqual([row.show(row.default), 'default']);
  }
});

it('shows each setting in the long help, and few in the short one', async () => {
  const long = await finished(['relay', '--help-all'], { set: { COLUMNS: '200' } });
  const short = await finished(['relay', '--help']);
  expect([long.exitCode, short.exitCode]).toEqual([0, 0]);
  for (const [name, row] of ROWS) {
    const itsLine = new RegExp(`^  (-p, )?${flagOf(name, row)} `, 'm');
    expect(long.stdout).toMatch(itsLine);
    expect(itsLine.test(short.stdout)).toBe(row.isCommon ?? false);
  }
  expect(short.stdout).toContain('--help-all');
});

it('gives no setting the name of a variable that clients read', () => {
  const names = ROWS.map(([name, row]) => environmentNameOf(name, row));
  expect(names).not.toContain('P2P_COPY_RELAY_TOKEN');
  expect(names).not.toContain('P2P_COPY_RELAY_CONFIG');
  expect(new Set(names).size).toBe(Object.keys(RELAY_SETTINGS).length + 2);
});

function inFile({ row, byFile }: Sample): unknown {
  const value = row.read(byFile);
  return row.unit === 'ms' ? byFile : value;
}

async function printedBy(args: readonly string[], set: Record<string, string> = {}): Promise<Printed> {
  const { exitCode, stdout, stderr } = await finished(['relay', '--print-config', ...args], { set });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return new Map(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [key, value, source] = line.split(/ {2,}/);
        return [key!, [value!, source!]];
      }),
  );
}
