// The folders under a sink's root, opened once each.
import { nameError } from './disk-error.ts';

export class SinkFolders {
  readonly #root: FileSystemDirectoryHandle;
  readonly #opened = new Map<string, Promise<FileSystemDirectoryHandle>>();

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  /**
   * The folder at `path`, created with all that leads to it; '' is the root.
   * @throws TransferError `name-impossible`, `sink-failed`
   */
  open(path: string): Promise<FileSystemDirectoryHandle> {
    if (path === '') return Promise.resolve(this.#root);
    const known = this.#opened.get(path);
    if (known !== undefined) return known;
    const opened = this.#create(path);
    this.#opened.set(path, opened);
    return opened;
  }

  async #create(path: string): Promise<FileSystemDirectoryHandle> {
    const [parent, name] = splitPath(path);
    const folder = await this.open(parent);
    try {
      return await folder.getDirectoryHandle(name, { create: true });
    } catch (cause) {
      throw nameError(cause, path);
    }
  }
}

/** Folder and last segment. */
export function splitPath(path: string): [folder: string, name: string] {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

/** Undoes `splitPath`. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
