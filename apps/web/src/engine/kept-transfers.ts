// Transfers in this browser's own storage: transfers/ID/received/ holds the files. A Web Lock per transfer says that a
// tab still shows it; a folder whose lock nobody holds is a leftover of a tab that was closed.
import { diskError, nameOf } from './disk-error.ts';
import type { KeptFile } from './messages.ts';

const FOLDER = 'transfers';
const LOCK = 'p2p-copy-transfer-';

/** A complete file, and what its name in OPFS doesn't tell. */
interface StoredFile extends KeptFile {
  modifiedMs: number | null;
}

export class KeptTransfer {
  readonly id: string;
  readonly home: FileSystemDirectoryHandle;
  readonly received: FileSystemDirectoryHandle;
  /** Every folder of the offer, empty ones included. */
  readonly folders: string[] = [];
  readonly files = new Map<string, StoredFile>();
  /** Lets go of the lock: the files stay, as a leftover. */
  readonly release: () => void;

  private constructor(
    id: string,
    home: FileSystemDirectoryHandle,
    received: FileSystemDirectoryHandle,
    release: () => void,
  ) {
    this.id = id;
    this.home = home;
    this.received = received;
    this.release = release;
  }

  /** A new empty one. Errors: `sink-failed`, `no-space`. */
  static async create(): Promise<KeptTransfer> {
    const id = crypto.randomUUID();
    const release = await holdLock(LOCK + id);
    try {
      const home = await (await transfersFolder()).getDirectoryHandle(id, { create: true });
      return new KeptTransfer(id, home, await home.getDirectoryHandle('received', { create: true }), release);
    } catch (cause) {
      release();
      throw diskError(cause, 'this browser’s storage');
    }
  }

  addFolder(path: string): void {
    this.folders.push(path);
  }

  addFile(file: StoredFile): void {
    this.files.set(file.path, file);
  }

  /** Nothing in it is complete. */
  get isEmpty(): boolean {
    return this.files.size === 0 && this.folders.length === 0;
  }

  get hasFolders(): boolean {
    return this.folders.length > 0 || [...this.files.keys()].some((path) => path.includes('/'));
  }

  /** The file at `path`, backed by the disk. */
  async open(path: string): Promise<File> {
    let folder = this.received;
    const segments = path.split('/');
    for (const segment of segments.slice(0, -1)) folder = await folder.getDirectoryHandle(segment);
    return (await folder.getFileHandle(segments.at(-1)!)).getFile();
  }

  async delete(): Promise<void> {
    await (await transfersFolder()).removeEntry(this.id, { recursive: true });
    this.release();
  }
}

/** How many transfers no tab holds any more, and their bytes. */
export async function countLeftovers(): Promise<{ transfers: number; bytes: number }> {
  const leftovers = await findLeftovers();
  let bytes = 0;
  for (const folder of leftovers) bytes += await bytesIn(folder);
  return { transfers: leftovers.length, bytes };
}

export async function deleteLeftovers(): Promise<void> {
  const folder = await transfersFolder();
  for (const leftover of await findLeftovers()) await folder.removeEntry(leftover.name, { recursive: true });
}

async function findLeftovers(): Promise<FileSystemDirectoryHandle[]> {
  const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
  const found: FileSystemDirectoryHandle[] = [];
  for await (const entry of (await transfersFolder()).values()) {
    if (entry.kind === 'directory' && !held.has(LOCK + entry.name)) found.push(entry);
  }
  return found;
}

async function bytesIn(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const entry of folder.values()) {
    if (entry.kind === 'directory') bytes += await bytesIn(entry);
    else bytes += await sizeOf(entry);
  }
  return bytes;
}

async function sizeOf(file: FileSystemFileHandle): Promise<number> {
  try {
    return (await file.getFile()).size;
  } catch (cause) {
    // Another tab deleted it meanwhile.
    if (nameOf(cause) === 'NotFoundError') return 0;
    throw cause;
  }
}

async function transfersFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** Takes a lock until the result is called, or this tab is gone. */
function holdLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, () => new Promise<void>((release) => resolve(() => release())))
      .catch(reject);
  });
}
