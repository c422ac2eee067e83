// The notes of unfinished transfers, one file each, that only their user can read. Written at once as a whole: whatever
// happens, there is the old note or the new one.
import { randomInt } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ReceiveNote } from '../library/public-types.ts';
import { DamagedNote, parseNotes, parseTransfer } from './parse-transfer.ts';
import { STATE_VERSION, type StoredTransfer, type TransferContent } from './stored-transfer.ts';
import { lockHolder, lockTransfer, type TransferLock } from './transfer-lock.ts';
import { writeWhole } from './write-whole.ts';

const syncAll = promisify(fsync);

/** Of what is noted beside a transfer, line by line. */
const NOTES_ENDING = '.notes';
const ID_PATTERN = /^[a-z][a-z2-9]{5}$/;
const LETTERS = 'abcdefghijkmnpqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}23456789`;
/** A file that is being written has its name for less than this. */
const MOST_WRITING_MS = 60 * 60_000;

export interface UnfinishedTransfer {
  transfer: StoredTransfer;
  /** The process that runs it now. */
  heldBy: number | null;
}

export class TransferStore {
  readonly #folder: string;
  readonly #keepMs: number;

  constructor(folder: string, keepMs: number) {
    this.#folder = folder;
    this.#keepMs = keepMs;
  }

  /** The newest first. `onDamaged` hears of notes that can't be used; what has expired is removed. */
  list(onDamaged: (path: string, reason: string) => void = () => {}): UnfinishedTransfer[] {
    const found: UnfinishedTransfer[] = [];
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      try {
        const unfinished = this.#look(name, path);
        if (unfinished !== null) found.push(unfinished);
      } catch (error) {
        // It may have been removed a moment ago, by the process that finished it.
        if (isMissing(error)) continue;
        onDamaged(path, error instanceof DamagedNote ? error.message : 'it cannot be read');
      }
    }
    return found.sort((a, b) => b.transfer.updatedMs - a.transfer.updatedMs);
  }

  /** Takes hold of a transfer; or gives the number of the process that has it. */
  lock(id: string): TransferLock | { heldBy: number } {
    return lockTransfer(this.#lockPath(id));
  }

  /** A name for a new transfer. */
  newId(): string {
    for (;;) {
      const letters = Array.from(
        { length: 5 },
        () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)],
      );
      const id = LETTERS[randomInt(LETTERS.length)] + letters.join('');
      if (!this.#names().some((name) => name.startsWith(id))) return id;
    }
  }

  /** @throws Error that of the disk */
  write(id: string, content: TransferContent, createdMs = Date.now()): StoredTransfer {
    const transfer: StoredTransfer = {
      version: STATE_VERSION,
      id,
      ...content,
      createdMs,
      updatedMs: Date.now(),
    };
    writeWhole(this.#path(id), transfer);
    return transfer;
  }

  /**
   * Adds a line to what is noted beside a transfer; resolves when it is durable. What was delivered shows on the
   * disk too, so that isn't waited for.
   * @throws Error that of the disk
   */
  async append(id: string, note: ReceiveNote): Promise<void> {
    const descriptor = openSync(this.#notesPath(id), 'a', 0o600);
    try {
      // The line before may have been cut.
      writeFileSync(descriptor, `\n${JSON.stringify(note)}\n`);
      // By a thread: while a file is compared that happens often, and content comes meanwhile.
      if (!('delivered' in note)) await syncAll(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What was noted beside a transfer. */
  notes(id: string): ReceiveNote[] {
    try {
      return parseNotes(readFileSync(this.#notesPath(id), 'utf8'));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
    rmSync(this.#notesPath(id), { force: true });
    rmSync(this.#lockPath(id), { force: true });
  }

  /**
   * Makes the folder, for this user only.
   * @throws Error that of the disk
   */
  prepare(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') chmodSync(this.#folder, 0o700);
  }

  /** Whether anything is to be kept at all. */
  get keepsAny(): boolean {
    return this.#keepMs > 0;
  }

  /**
   * The note of that file name, unless it is something else or has expired.
   * @throws DamagedNote; Error that of the disk
   */
  #look(name: string, path: string): UnfinishedTransfer | null {
    const [id, ending] = [name.slice(0, 6), name.slice(6)];
    if (!ID_PATTERN.test(id)) return null;
    if (ending !== '.json') {
      const isBeside = ending === NOTES_ENDING && existsSync(this.#path(id));
      if (!isBeside && ageMs(path) > MOST_WRITING_MS && lockHolder(path) === null)
        rmSync(path, { force: true });
      return null;
    }
    const heldBy = lockHolder(this.#lockPath(id));
    // By the time of the file, which a damaged note has too.
    if (heldBy === null && ageMs(path) >= this.#keepMs) {
      this.remove(id);
      return null;
    }
    return { transfer: parseTransfer(readFileSync(path, 'utf8'), id), heldBy };
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return [];
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }

  #notesPath(id: string): string {
    return join(this.#folder, `${id}${NOTES_ENDING}`);
  }

  #lockPath(id: string): string {
    return join(this.#folder, `${id}.lock`);
  }
}

function ageMs(path: string): number {
  return Date.now() - statSync(path).mtimeMs;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
