// A browser's folders and files in memory, as far as what is received is looked for in them.

export class MemoryFile {
  readonly kind = 'file';
  readonly name: string;
  file: File;

  constructor(name: string, content: string, lastModified: number) {
    this.name = name;
    this.file = new File([content], name, { lastModified });
  }

  async getFile(): Promise<File> {
    return this.file;
  }
}

export class MemoryDirectory {
  readonly kind = 'directory';
  readonly name: string;
  readonly children: (MemoryFile | MemoryDirectory)[];
  reads = 0;

  constructor(name: string, ...children: (MemoryFile | MemoryDirectory)[]) {
    this.name = name;
    this.children = children;
  }

  async *values() {
    this.reads += 1;
    yield* this.children;
  }
}

export function asHandle(
  handle: MemoryFile | MemoryDirectory,
): FileSystemDirectoryHandle & FileSystemFileHandle {
  return handle as unknown as FileSystemDirectoryHandle & FileSystemFileHandle;
}
