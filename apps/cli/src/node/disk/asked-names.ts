// Which names the disk of an output folder can hold, asked of the disk itself: in a folder of its own there, since a mount of another
// system's disk takes other names than the one around it. Each kind of name is asked for once.
import {
  closeSync,
  fstatSync,
  futimesSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type Clock,
  type DiskNames,
  heldPaths,
  holdsOnWindows,
  isWindowsDevice,
  type Manifest,
  Pace,
  type PlacedPaths,
  partName,
} from '@p2p-copy/core';
import { errnoOf } from './disk-error.ts';
import { placeOf } from './in-memory.ts';
import { grainOf, PROBED_MS } from './looks-same.ts';

/** Bytes of a name that any disk holds. */
const SHORT_BYTES = 60;
/** Characters that any disk holds. */
const PLAIN = /^[-A-Za-z0-9_.,()+ ~]*$/;
/** Characters that are asked for, at most: an offer decides how many there are. What comes after counts as held. */
const MOST_ASKED = 10_000;
/** What a disk answers for a name that it can't hold. Of anything else, such as a full disk, nothing follows. */
const REFUSALS = new Set([
  'EINVAL',
  'ENOENT',
  'EILSEQ',
  'ENAMETOOLONG',
  'EPERM',
  'EACCES',
  'EIO',
  'EPROTO',
  'UNKNOWN',
]);

/** Names that are looked at between two turns of the event loop: a disk may be asked about each. */
const NAMES_AT_ONCE = 256;

/** @param folder exists; what is to be made in it is on the same disk */
export async function placesOn(
  folder: string,
  { entries }: Manifest,
  clock: Clock,
): Promise<{ placed: PlacedPaths; foldsCase: boolean; grainMs: number }> {
  const names = new AskedNames(folder);
  try {
    const placed = await heldPaths(entries, names, new Pace(clock, NAMES_AT_ONCE));
    return { placed, foldsCase: names.foldsCase, grainMs: names.grainMs };
  } finally {
    names.close();
  }
}

class AskedNames implements DiskNames {
  readonly foldsCase: boolean;
  /** Between two times of files that the disk tells apart. */
  readonly grainMs: number;
  /** Null where none can be made: then the system's rules alone count. */
  readonly #folder: string | null;
  /** Of the system's own disks it is known that they hold any name. */
  readonly #holdsAll: boolean;
  readonly #characters = new Map<string, boolean>();
  readonly #whole = new Map<string, boolean>();
  #longestHeld = SHORT_BYTES;
  #shortestRefused = Number.POSITIVE_INFINITY;

  /** @param folder exists */
  constructor(folder: string) {
    this.#folder = madeFolder(folder);
    const { isLocal } = placeOf(folder);
    this.#holdsAll = isLocal;
    const isFolding = process.platform === 'win32' || process.platform === 'darwin';
    const probed = this.#folder === null ? null : probedIn(this.#folder);
    this.foldsCase = probed?.foldsCase ?? isFolding;
    this.grainMs = probed?.grainMs ?? 1;
  }

  holds(name: string): boolean {
    if (process.platform === 'win32' && !holdsOnWindows(name)) return false;
    if (this.#holdsAll || this.#folder === null) return true;
    if (isWindowsDevice(name) && !this.#asked(name)) return false;
    const last = name.at(-1)!;
    if ((last === '.' || last === ' ') && !this.#asked(`p2p-copy${last}`)) return false;
    if (!PLAIN.test(name) && !this.#holdsCharacters(name)) return false;
    return this.#holdsLength(Buffer.byteLength(partName(name)));
  }

  /** Of a name without other characters than plain ones, in bytes. */
  #holdsLength(bytes: number): boolean {
    if (bytes <= this.#longestHeld) return true;
    if (bytes >= this.#shortestRefused) return false;
    const holds = this.#canMake('p'.repeat(bytes));
    if (holds) this.#longestHeld = bytes;
    else this.#shortestRefused = bytes;
    return holds;
  }

  close(): void {
    if (this.#folder === null) return;
    try {
      rmdirSync(this.#folder);
    } catch {
      // It is empty, and in nobody's way.
    }
  }

  #holdsCharacters(name: string): boolean {
    const characters = [...new Set(name)].filter((character) => !PLAIN.test(character));
    // Nothing more is asked for the sake of a name that the disk can't hold anyway.
    if (characters.some((character) => this.#characters.get(character) === false)) return false;
    const unknown = characters.filter((character) => !this.#characters.has(character));
    this.#ask(unknown.slice(0, Math.max(0, MOST_ASKED - this.#characters.size)));
    return characters.every((character) => this.#characters.get(character) !== false);
  }

  /** All at once, then in halves: most disks hold most, and a name may have 85 that weren't asked for yet. */
  #ask(characters: readonly string[]): void {
    if (characters.length === 0) return;
    const holds = this.#canMake(`p${characters.join('')}c`);
    if (holds || characters.length === 1) {
      for (const character of characters) this.#characters.set(character, holds);
      return;
    }
    const half = Math.ceil(characters.length / 2);
    this.#ask(characters.slice(0, half));
    this.#ask(characters.slice(half));
  }

  #asked(name: string): boolean {
    let holds = this.#whole.get(name);
    if (holds === undefined) {
      holds = this.#whole.size >= MOST_ASKED || this.#canMake(name);
      this.#whole.set(name, holds);
    }
    return holds;
  }

  /** Whether a file of that name stands there under just that name once it is made. */
  #canMake(name: string): boolean {
    const path = join(this.#folder!, name);
    try {
      closeSync(openSync(path, 'wx', 0o600));
    } catch (error) {
      return !REFUSALS.has(errnoOf(error) ?? '');
    }
    try {
      return readdirSync(this.#folder!).some((found) => found.normalize('NFC') === name.normalize('NFC'));
    } finally {
      unlinkSync(path);
    }
  }
}

/** What a file of its own tells of a disk. */
function probedIn(folder: string): { foldsCase: boolean; grainMs: number } {
  const path = join(folder, 'p2p-copy');
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch {
    return { foldsCase: false, grainMs: 1 };
  }
  try {
    const foldsCase = lstatSync(join(folder, 'P2P-COPY'), { throwIfNoEntry: false }) !== undefined;
    return { foldsCase, grainMs: probedGrain(descriptor) };
  } finally {
    closeSync(descriptor);
    unlinkSync(path);
  }
}

function probedGrain(descriptor: number): number {
  try {
    futimesSync(descriptor, PROBED_MS / 1000, PROBED_MS / 1000);
    return grainOf(fstatSync(descriptor).mtimeMs);
  } catch {
    // Where no time can be set, none will be that of an offer.
    return 1;
  }
}

function madeFolder(folder: string): string | null {
  try {
    return mkdtempSync(join(folder, '.p2p-copy-'));
  } catch {
    return null;
  }
}
