// What lies under a sink's root, each folder read once: asking for a hundred thousand names one by one takes minutes.
import { diskError } from './disk-error.ts';
import { splitPath } from './sink-folders.ts';

type Listed = ReadonlyMap<string, FileSystemHandle>;

const NOTHING: Listed = new Map();

export class ListedFolders {
  readonly #root: FileSystemDirectoryHandle;
  readonly #listed = new Map<string, Promise<Listed>>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  /**
   * By name, composed (NFC) as those of an offer are, what the folder at `path` holds; nothing where there is no such folder.
   * @throws TransferError `sink-failed`
   */
  list(path: string): Promise<Listed> {
    const known = this.#listed.get(path);
    if (known !== undefined) return known;
    const listed = this.#read(path);
    this.#listed.set(path, listed);
    return listed;
  }

  /** Something was written: what was read may be out of date. */
  forget(): void {
    this.#listed.clear();
  }

  async #read(path: string): Promise<Listed> {
    const folder = path === '' ? this.#root : await this.#find(path);
    if (folder === null) return NOTHING;
    try {
      const listed = new Map<string, FileSystemHandle>();
      for await (const handle of folder.values()) {
        // macOS' disks list a name decomposed that was given to them composed. Others may hold both.
        const name = handle.name.normalize('NFC');
        if (name === handle.name || !listed.has(name)) listed.set(name, handle);
      }
      return listed;
    } catch (cause) {
      throw diskError(cause, path === '' ? this.#root.name : path, 'read');
    }
  }

  async #find(path: string): Promise<FileSystemDirectoryHandle | null> {
    const [parent, name] = splitPath(path);
    const handle = (await this.list(parent)).get(name);
    return handle?.kind === 'directory' ? (handle as FileSystemDirectoryHandle) : null;
  }
}
