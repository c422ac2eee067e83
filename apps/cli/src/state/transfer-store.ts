// The notes of unfinished transfers, one file each, that only their user can read. Written at once as a whole: whatever
// happens, there is the old note or the new one.
import { randomInt } from 'node:crypto';
import {
  chmodSync,
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
import { closeDescriptor, isOutOfDescriptors, withDescriptor } from '../node/descriptors.ts';
import {
  breakLock,
  isAlive,
  lockHolder,
  lockTransfer,
  type TransferLock,
} from '../node/disk/process-lock.ts';
import { agedMs, forgetAge } from './note-age.ts';
import { DamagedNote, parseNotes, parseTransfer } from './parse-transfer.ts';
import { STATE_VERSION, type StoredTransfer, type TransferContent } from './stored-transfer.ts';
import { writeWhole } from './write-whole.ts';

const syncAll = promisify(fsync);

/** Of what is noted beside a transfer, line by line. */
const NOTES_ENDING = '.notes';
/** Of how old a note was seen to be. */
const AGE_ENDING = '.age';
const ID_PATTERN = /^[a-z][a-z2-9]{5}$/;
const LETTERS = 'abcdefghijkmnpqrstuvwxyz';
const LETTERS_AND_DIGITS = `${LETTERS}23456789`;
/** A file that has no note is left for this long, by the clock: whoever makes a note writes the others before. */
const MOST_WRITING_MS = 60 * 60_000;

export interface UnfinishedTransfer {
  transfer: StoredTransfer;
  /** The process that runs it now. */
  heldBy: number | null;
}

/** A note that can't be used. */
export interface DamagedTransfer {
  id: string;
  path: string;
  /** A clause: why. */
  reason: string;
}

export class TransferStore {
  readonly #folderIfAny: string | null;
  readonly #keepMs: number;

  /** @param folder null where nothing can be kept: then there are none, and whatever writes one throws */
  constructor(folder: string | null, keepMs: number) {
    this.#folderIfAny = folder;
    this.#keepMs = keepMs;
  }

  /** Whether there is a folder for notes. */
  get hasFolder(): boolean {
    return this.#folderIfAny !== null;
  }

  /**
   * The newest first. What has expired is removed.
   * @param onDamaged hears of notes that can't be used
   */
  list(onDamaged: (note: DamagedTransfer) => void = () => {}): UnfinishedTransfer[] {
    const found: UnfinishedTransfer[] = [];
    for (const name of this.#names()) {
      const path = join(this.#folder, name);
      try {
        const unfinished = this.#look(name, path);
        if (unfinished !== null) found.push(unfinished);
      } catch (error) {
        // It may have been removed a moment ago, by the process that finished it.
        if (isMissing(error)) continue;
        const reason = error instanceof DamagedNote ? error.message : 'it cannot be read';
        onDamaged({ id: name.slice(0, 6), path, reason });
      }
    }
    return found.sort((a, b) => b.transfer.updatedMs - a.transfer.updatedMs);
  }

  /** Takes hold of a transfer; or gives the number of the process that has it. */
  lock(id: string): TransferLock | { heldBy: number } {
    return lockTransfer(this.#lockPath(id));
  }

  /** Takes hold of a transfer, whoever seems to have it. */
  unlock(id: string): void {
    breakLock(this.#lockPath(id));
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
    // An attempt is its youth.
    forgetAge(this.#agePath(id));
    return transfer;
  }

  /**
   * Adds a line to what is noted beside a transfer; resolves when it is durable. What was delivered shows on the
   * disk too, so that isn't waited for.
   * @throws Error that of the disk
   */
  async append(id: string, note: ReceiveNote): Promise<void> {
    const open = () => openSync(this.#notesPath(id), 'a', 0o600);
    let descriptor: number;
    try {
      descriptor = open();
    } catch (error) {
      if (!isOutOfDescriptors(error)) throw error;
      descriptor = await withDescriptor(open);
    }
    try {
      // The line before may have been cut.
      writeFileSync(descriptor, `\n${JSON.stringify(note)}\n`);
      // By a thread: while a file is compared that happens often, and content comes meanwhile.
      if (!('delivered' in note)) await syncAll(descriptor);
    } finally {
      closeDescriptor(descriptor);
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

  /** Whether there is a note of that transfer. */
  has(id: string): boolean {
    return existsSync(this.#path(id));
  }

  /** Forgets every transfer with that device, whoever runs it: its secret is worth nothing to anybody from now on. */
  removeOfDevice(device: string): void {
    for (const { transfer } of this.list()) if (transfer.device === device) this.remove(transfer.id);
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
    rmSync(this.#notesPath(id), { force: true });
    forgetAge(this.#agePath(id));
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
      const isBeside = [NOTES_ENDING, AGE_ENDING].includes(ending) && existsSync(this.#path(id));
      if (!isBeside && !isBeingWritten(name) && ageMs(path) > MOST_WRITING_MS && lockHolder(path) === null)
        rmSync(path, { force: true });
      return null;
    }
    const heldBy = lockHolder(this.#lockPath(id));
    // By the age that was seen, which a damaged note has too.
    if (heldBy === null && (!this.keepsAny || agedMs(this.#agePath(id)) >= this.#keepMs)) {
      this.remove(id);
      return null;
    }
    return { transfer: parseTransfer(readFileSync(path, 'utf8'), id), heldBy };
  }

  get #folder(): string {
    if (this.#folderIfAny === null) throw new Error('there is no folder for notes');
    return this.#folderIfAny;
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

  #agePath(id: string): string {
    return join(this.#folder, `${id}${AGE_ENDING}`);
  }

  #lockPath(id: string): string {
    return join(this.#folder, `${id}.lock`);
  }
}

/** Whether the process whose number ends the name runs: what it writes has that name until it is whole. */
function isBeingWritten(name: string): boolean {
  const [, pid] = /\.(\d+)$/.exec(name) ?? [];
  return pid !== undefined && isAlive(Number(pid));
}

function ageMs(path: string): number {
  return Date.now() - statSync(path).mtimeMs;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
