// The file of settings: one JSON object, whose keys are the settings' names.
import { readSmallFile, unusableFile } from '../../foundation/read-small-file.ts';
import { RelayError } from '../../foundation/relay-error.ts';
import { keyOf } from '../names.ts';
import type { SettingsTable } from '../setting.ts';
import { closestTo } from './closest.ts';

export interface SettingsFile {
  readonly path: string;
  /** The object in it, unchecked. */
  readonly content: Readonly<Record<string, unknown>>;
}

export interface FileEntry {
  /** As it stands in the file. */
  readonly key: string;
  readonly value: unknown;
}

const WHAT = 'settings';

/** @throws RelayError `invalid-config`, naming the file and why it can't be used */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const text = (await readSmallFile(WHAT, path)).toString().replace(/^\uFEFF/, '');
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw unusableFile(WHAT, path, `it is not JSON (${(error as Error).message})`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw unusableFile(WHAT, path, 'it must hold one JSON object, such as {"maxWaiting": 500}');
  }
  return { path, content: content as Record<string, unknown> };
}

/**
 * What the file says, by the settings' names. A key is the name without its unit, or the whole name, under which the
 * library takes the same value as a number.
 * @throws RelayError `invalid-config`, naming an unknown key, or two that mean the same
 */
export function entriesOf({ path, content }: SettingsFile, table: SettingsTable): Map<string, FileEntry> {
  const names = new Map(Object.keys(table).flatMap((name) => [name, keyOf(name)].map((key) => [key, name])));
  const found = new Map<string, FileEntry>();
  for (const [key, value] of Object.entries(content)) {
    const name = names.get(key);
    if (name === undefined) throw unknownKey(key, path, Object.keys(table).map(keyOf));
    const other = found.get(name);
    if (other !== undefined) {
      throw new RelayError(
        'invalid-config',
        `The settings file ${path} has both ${other.key} and ${key}, which are one setting. Leave one out.`,
      );
    }
    found.set(name, { key, value });
  }
  return found;
}

function unknownKey(key: string, path: string, known: readonly string[]): RelayError {
  const closest = closestTo(key, known);
  const hint = closest === null ? 'See p2p-copy relay --help-all.' : `Did you mean ${closest}?`;
  return new RelayError(
    'invalid-config',
    `The settings file ${path} has the key ${JSON.stringify(key)}, which is no setting of the relay. ${hint}`,
  );
}
