// What browsers' file systems offer beyond TypeScript's DOM library. Optional where some browser lacks it.
interface FileSystemSyncAccessHandle {
  read(into: Uint8Array, options?: { at?: number }): number;
  write(bytes: Uint8Array, options?: { at?: number }): number;
  truncate(sizeBytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface FileSystemFileHandle {
  /** Workers only. */
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
  move?(newName: string): Promise<void>;
  remove?(): Promise<void>;
}

interface Window {
  showDirectoryPicker?(options?: {
    id?: string;
    mode?: 'read' | 'readwrite';
    startIn?: string;
  }): Promise<FileSystemDirectoryHandle>;
  showSaveFilePicker?(options?: {
    id?: string;
    suggestedName?: string;
    startIn?: string;
  }): Promise<FileSystemFileHandle>;
}
