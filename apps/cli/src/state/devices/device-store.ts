// The file of this device and its group, which all processes with one state folder share: read as a whole, changed one process at a
// time, each change made to what is there then, durable before anything follows from it.
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Chain, TransferError } from '@p2p-copy/core';
import { lockTransfer, type TransferLock } from '../../node/disk/process-lock.ts';
import { stateRoot } from '../../node/disk/state-root.ts';
import { nodeClock } from '../../node/time/clock.ts';
import { forShell } from '../../wording/for-shell.ts';
import { momentNow } from '../note-age.ts';
import { writeWhole } from '../write-whole.ts';
import {
  encodeDevice,
  isWorthWriting,
  MAX_FILE_BYTES,
  type OwnDevice,
  parseDevice,
  UnusableDevices,
} from './device-file.ts';

/** Permissions of others than the owner. */
const OTHERS_MODE = 0o077;
/** A change takes milliseconds; another process that has the lock for longer hangs. */
const LOCK_PATIENCE_MS = 10_000;
const LOCK_PAUSE_MS = 20;

/** Why the file can't be used or written, as a sentence, and what to do. */
export class DevicesError extends Error {
  readonly next: string;

  constructor(sentence: string, next: string) {
    super(sentence);
    this.next = next;
  }
}

/** The file in one state folder. */
export class DeviceStore {
  readonly path: string;
  /** Changes of this process, one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  /** As it was read last: what of it is there again isn't verified anew. */
  #known: Chain | null = null;

  /**
   * @param folder the state folder; made when something is written
   * @throws TransferError `sink-failed` where this user has no home, and no folder is set
   */
  constructor(folder: string = stateRoot()) {
    this.path = join(folder, 'devices.json');
  }

  /**
   * This device; null where none was made yet.
   * @throws DevicesError
   */
  async read(): Promise<OwnDevice | null> {
    const text = this.#text();
    if (text === null) return null;
    try {
      const device = await parseDevice(text, this.#known, nodeClock.turn!);
      this.#known = device.group?.chain ?? null;
      return device;
    } catch (error) {
      if (!(error instanceof UnusableDevices)) throw error;
      throw this.#unusable(error.message, error.next);
    }
  }

  /** What changes when the file does; null where there is none. */
  stamp(): string | null {
    try {
      const { ino, mtimeMs, size } = statSync(this.path);
      return `${ino} ${mtimeMs} ${size}`;
    } catch {
      return null;
    }
  }

  /**
   * Changes what is there now; no other process changes it meanwhile. Resolves when it is durable.
   * @param change gives what is to be there from now on; what it throws changes nothing
   * @throws DevicesError
   */
  async update(change: (device: OwnDevice | null) => Promise<OwnDevice>): Promise<OwnDevice> {
    const turn = this.#turn.then(() => this.#update(change));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Deletes this device's key and group, also where the file is a link, or a process was killed while it wrote. No other process
   * writes the file meanwhile, nor what it has read before afterwards. Resolves when that is durable.
   * @throws DevicesError
   */
  async forget(): Promise<void> {
    const turn = this.#turn.then(async () => {
      this.#prepare();
      const lock = await this.#lock();
      try {
        const real = this.#real();
        this.#sweep(real);
        for (const path of new Set([real, this.path])) {
          rmSync(path, { force: true });
          syncNames(dirname(path));
        }
      } catch (error) {
        throw error instanceof DevicesError ? error : this.#unwritable(error);
      } finally {
        lock.release();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Takes hold of a task that only one process does at a time; or gives the number of the one that does.
   * @throws DevicesError
   */
  hold(task: 'pairing'): TransferLock | { heldBy: number } {
    this.#prepare();
    return this.#locked(`${this.path}.${task}`);
  }

  async #update(change: (device: OwnDevice | null) => Promise<OwnDevice>): Promise<OwnDevice> {
    this.#prepare();
    const lock = await this.#lock();
    try {
      const found = await this.read();
      const before = found && encodeDevice(found);
      const device = await change(found);
      // Secrets that are too old are destroyed on the disk, too.
      device.group?.oldRooms(momentNow());
      const real = this.#real();
      this.#sweep(real);
      const after = encodeDevice(device);
      if (isWorthWriting(before, after)) this.#write(real, after);
      this.#known = device.group?.chain ?? null;
      return device;
    } finally {
      lock.release();
    }
  }

  async #lock(): Promise<TransferLock> {
    const untilMs = nodeClock.nowMs() + LOCK_PATIENCE_MS;
    for (;;) {
      const lock = this.#locked(`${this.path}.lock`);
      if (!('heldBy' in lock)) return lock;
      if (nodeClock.nowMs() > untilMs) {
        throw new DevicesError(
          `Process ${lock.heldBy} is changing the devices in ${this.path}, and does not come to an end.`,
          'Look whether that process hangs, end it, and try again.',
        );
      }
      await new Promise<void>((resolve) => nodeClock.after(LOCK_PAUSE_MS, resolve));
    }
  }

  #locked(path: string): TransferLock | { heldBy: number } {
    try {
      return lockTransfer(path);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  #prepare(): void {
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  #write(path: string, fields: object): void {
    try {
      writeWhole(path, fields);
    } catch (error) {
      throw this.#unwritable(error);
    }
    syncNames(dirname(path));
  }

  /** Where the file is, which may be a link. */
  #real(): string {
    try {
      return realpathSync(this.path);
    } catch {
      return this.path;
    }
  }

  /** Removes what processes that were killed have left of the file: whoever writes it has the lock, and now that is this one. */
  #sweep(real: string): void {
    for (const path of new Set([real, this.path])) {
      const [folder, name] = [dirname(path), basename(path)];
      const left = namesIn(folder).filter(
        (each) => each.startsWith(`${name}.`) && /^\d+$/.test(each.slice(name.length + 1)),
      );
      for (const each of left) rmSync(join(folder, each), { force: true });
    }
  }

  #text(): string | null {
    try {
      const { mode, size } = statSync(this.path);
      if (process.platform !== 'win32' && (mode & OTHERS_MODE) !== 0) {
        throw this.#unusable(
          'others may read it',
          `Run: chmod 600 ${forShell(this.path)}; if others may have read it, unpair this device on another one and pair it anew.`,
        );
      }
      if (size > MAX_FILE_BYTES) throw this.#unusable('it is too large', 'Bring it back from a backup.');
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (error instanceof DevicesError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw this.#unusable(`it can't be read (${code})`, 'Make it readable for you, then try again.');
    }
  }

  #unusable(reason: string, next: string): DevicesError {
    return new DevicesError(`The devices in ${this.path} can't be used: ${reason}.`, next);
  }

  #unwritable(error: unknown): DevicesError {
    const { code } = error as NodeJS.ErrnoException;
    return new DevicesError(
      `The devices in ${this.path} can't be written (${code}).`,
      'Make room, or set P2P_COPY_STATE to a folder that you may write to.',
    );
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Without it a crash of the system may bring back the file of before. */
function syncNames(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // A disk without the notion.
  }
}

/** An error of the file as one that ends a transfer. */
export function asStoreFailure(error: unknown): unknown {
  return error instanceof DevicesError
    ? new TransferError('sink-failed', error.message, { cause: error })
    : error;
}
