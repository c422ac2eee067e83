// Other names for what a disk can't hold under its own: `Meeting 10:30.txt` becomes `Meeting 10_30.txt` where a colon can't be, and of two
// names that are one to the disk the second is numbered. The same names get the same ones each time. docs/PROTOCOL.md section 10.
import type { Pace } from '../async/pace.ts';
import { utf8 } from '../foundation/bytes.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { isWindowsDevice } from './check-path.ts';
import { numberedPath } from './numbered-path.ts';
import { PlacedPaths } from './placed-paths.ts';

/** What a disk says of names. */
export interface DiskNames {
  /** Whether a file or folder can have that name, a single segment. */
  holds(name: string): boolean;
  /** Whether names that differ only in case are one. */
  readonly foldsCase: boolean;
}

/** Of UTF-8, with room for a part's ending where a disk takes 143 bytes. */
const SHORT_NAME_BYTES = 120;
const LONGEST_EXTENSION = 16;
/** No name of an offer gets a higher one. */
const LAST_NUMBER = 9_999_999;

interface Named {
  isFolder: boolean;
  /** Of a file. */
  index: number;
}

/**
 * Where the entries of an offer can stand on a disk.
 * @param entries no two of the same path, none below a file
 */
export async function heldPaths(
  entries: readonly ManifestEntry[],
  disk: DiskNames,
  pace: Pace,
): Promise<PlacedPaths> {
  const placed = new PlacedPaths();
  if (!disk.foldsCase && (await areAllHeld(entries, disk, pace))) return placed;
  const folders = await namesByFolder(entries, pace);
  // A folder comes before what is in it.
  for (const folder of [...folders.keys()].sort()) {
    const named = folders.get(folder)!;
    for (const [name, otherName] of await otherNames([...named.keys()].sort(), disk, pace)) {
      const { isFolder, index } = named.get(name)!;
      const path = join(placed.folderAt(folder), otherName);
      if (isFolder) placed.placeFolder(join(folder, name), path);
      else {
        placed.files.set(index, path);
        placed.held.set(index, path);
      }
    }
  }
  return placed;
}

/** A name that the disk holds in place of one that it doesn't; the last try where it holds none. */
export function heldName(name: string, disk: Pick<DiskNames, 'holds'>): string {
  let candidate = name;
  for (const step of STEPS) {
    candidate = step(candidate);
    if (disk.holds(candidate)) break;
  }
  return candidate;
}

/** From what changes a name least. */
const STEPS: ((name: string) => string)[] = [
  (name) => name.replaceAll(/[<>:"|?*\\]/gu, '_'),
  (name) => name.replace(/[. ]$/u, '_'),
  (name) => (isWindowsDevice(name) ? name.replace(/^[^.]*/u, (stem) => `${stem.trimEnd()}_`) : name),
  shortened,
  (name) => name.replaceAll(/[^ -~]/gu, '_'),
];

async function areAllHeld(entries: readonly ManifestEntry[], disk: DiskNames, pace: Pace): Promise<boolean> {
  let parent = '';
  for (const { kind, path } of entries) {
    const turn = pace.step();
    if (turn !== null) await turn;
    if (kind === 'text') continue;
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, slash));
    if (!disk.holds(path.slice(slash + 1))) return false;
    // Files of a folder follow each other.
    if (folder !== parent && !folder.split('/').every((name) => name === '' || disk.holds(name)))
      return false;
    parent = folder;
  }
  return true;
}

async function namesByFolder(
  entries: readonly ManifestEntry[],
  pace: Pace,
): Promise<Map<string, Map<string, Named>>> {
  const folders = new Map<string, Map<string, Named>>();
  for (const { kind, path, index } of entries) {
    const turn = pace.step();
    if (turn !== null) await turn;
    if (kind === 'text') continue;
    let named: Named = { isFolder: kind === 'folder', index };
    for (let end = path.length; end > 0; ) {
      const slash = path.lastIndexOf('/', end - 1);
      const folder = path.slice(0, Math.max(0, slash));
      const known = folders.get(folder);
      const names = known ?? new Map<string, Named>();
      names.set(path.slice(slash + 1, end), named);
      // What leads to a known folder is known too.
      if (known !== undefined) break;
      folders.set(folder, names);
      named = { isFolder: true, index: -1 };
      end = slash;
    }
  }
  return folders;
}

/** Of the names in one folder those that need another one, with that. A name that the disk holds is left to the first that has it. */
async function otherNames(
  names: readonly string[],
  disk: DiskNames,
  pace: Pace,
): Promise<[name: string, otherName: string][]> {
  const fold = (name: string) => (disk.foldsCase ? name.toUpperCase().toLowerCase() : name);
  const taken = new Set<string>();
  const others: string[] = [];
  const found: [string, string][] = [];
  /** Where to go on for a name that many want. */
  const numbers = new Map<string, number>();
  for (const name of names) {
    const turn = pace.step();
    if (turn !== null) await turn;
    if (!disk.holds(name) || taken.has(fold(name))) others.push(name);
    else taken.add(fold(name));
  }
  for (const name of others) {
    const wanted = disk.holds(name) ? name : heldName(name, disk);
    // Long names that differ only where the number goes want the same ones.
    const series = fold(numberedPath(wanted, LAST_NUMBER));
    let candidate = taken.has(fold(wanted)) ? null : wanted;
    for (let number = numbers.get(series) ?? 1; candidate === null; number += 1) {
      const turn = pace.step();
      if (turn !== null) await turn;
      const numbered = numberedPath(wanted, number);
      if (taken.has(fold(numbered))) continue;
      candidate = numbered;
      numbers.set(series, number + 1);
    }
    taken.add(fold(candidate));
    found.push([name, candidate]);
    const turn = pace.step();
    if (turn !== null) await turn;
  }
  return found;
}

function shortened(name: string): string {
  if (utf8(name).length <= SHORT_NAME_BYTES) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= LONGEST_EXTENSION ? name.slice(dot) : '';
  let stem = '';
  for (const character of name.slice(0, name.length - extension.length)) {
    if (utf8(stem + character + extension).length > SHORT_NAME_BYTES) break;
    stem += character;
  }
  // Where it was cut it may end like a part, or as it must not on Windows.
  return (stem + extension).replace(/\.p2p\.part$/iu, '_p2p_part').replace(/[. ]$/u, '_');
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
