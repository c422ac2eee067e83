// Brings together what flags, the environment and the file say: the first of them that names a setting decides, and
// all are checked, also those that are overruled.
import { RelayError } from '../../foundation/relay-error.ts';
import { environmentNameOf, flagOf } from '../names.ts';
import type { Setting, SettingsTable, ValuesOf } from '../setting.ts';
import { type Environment, readEnvironment } from './read-environment.ts';
import { entriesOf, type FileEntry, type SettingsFile } from './read-file.ts';
import { type Source, showSource } from './sources.ts';

export interface WrittenSettings {
  /** By the settings' names: each value that was typed, in order. A switch's are `true` and `false`. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** Names of those that were typed in another way than by their flag. */
  readonly typedAs?: Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly file: SettingsFile | null;
}

export interface ResolvedSettings<Table extends SettingsTable> {
  readonly values: ValuesOf<Table>;
  readonly sources: Readonly<Record<keyof Table, Source>>;
}

/** @throws RelayError `invalid-config`: names the setting, its value, what is allowed, and where it came from */
export function resolveSettings<Table extends SettingsTable>(
  { flags, typedAs = {}, environment, file }: WrittenSettings,
  table: Table,
): ResolvedSettings<Table> {
  const ofEnvironment = readEnvironment(environment, table);
  const ofFile = file === null ? null : entriesOf(file, table);
  const rows = Object.entries(table).map(([name, row]) => {
    const found = [
      fromFlag(name, row, flags[name], typedAs[name]),
      fromEnvironment(name, row, ofEnvironment.get(name)),
      fromFile(name, row, ofFile?.get(name), file?.path ?? ''),
    ].find((each) => each !== null);
    return { name, ...(found ?? { value: row.default, source: { kind: 'default' } as const }) };
  });
  return {
    values: Object.fromEntries(rows.map(({ name, value }) => [name, value])) as ValuesOf<Table>,
    sources: Object.fromEntries(rows.map(({ name, source }) => [name, source])) as Record<
      keyof Table,
      Source
    >,
  };
}

interface Found {
  value: unknown;
  source: Source;
}

function fromFlag(
  name: string,
  row: Setting<unknown>,
  typed: readonly string[] | undefined,
  typedAs = flagOf(name, row),
): Found | null {
  if (typed === undefined || typed.length === 0) return null;
  const source = { kind: 'flag', name: typedAs } as const;
  const values = typed.map((each) => accepted(name, row, row.read(each), each, source));
  return { value: row.isList ? values.flat() : values.at(-1), source };
}

function fromEnvironment(name: string, row: Setting<unknown>, text: string | undefined): Found | null {
  if (text === undefined) return null;
  const source = { kind: 'environment', name: environmentNameOf(name, row) } as const;
  return { value: accepted(name, row, row.read(text), text, source), source };
}

function fromFile(
  name: string,
  row: Setting<unknown>,
  entry: FileEntry | undefined,
  path: string,
): Found | null {
  if (entry === undefined) return null;
  const { key, value } = entry;
  const source = { kind: 'file', path, key } as const;
  // A number says ms only where the key does.
  const lacksUnit = row.unit === 'ms' && key !== name && typeof value === 'number' && value !== 0;
  const typed = lacksUnit ? undefined : typeof value === 'string' ? row.read(value) : value;
  return { value: accepted(name, row, typed, value, source), source };
}

function accepted(
  name: string,
  row: Setting<unknown>,
  value: unknown,
  written: unknown,
  source: Source,
): unknown {
  if (value !== undefined && row.accepts(value)) return value;
  throw new RelayError(
    'invalid-config',
    `Relay setting ${name} is ${JSON.stringify(written)} (${showSource(source)}); allowed: ${row.allowedWritten}.`,
  );
}
