// What browsers' file systems offer beyond TypeScript's DOM library. Optional where some browser lacks it.
interface FileSystemSyncAccessHandle {
  read(into: Uint8Array, options?: { at?: number }): number;
  write(bytes: Uint8Array, options?: { at?: number }): number;
  truncate(sizeBytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface FileSystemHandle {
  queryPermission?(wish: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
  /** Asks the person, who must have clicked just now. */
  requestPermission?(wish: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
}

interface FileSystemFileHandle {
  /** Workers only. */
  createSyncAccessHandle(): Promise<FileSystemSyncAccessHandle>;
  move?(newName: string): Promise<void>;
  remove?(): Promise<void>;
}

interface DataTransferItem {
  /** In the drop event's own task. */
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

interface LaunchParams {
  readonly files: readonly FileSystemHandle[];
}

interface Window {
  /** What the installed app was opened with. */
  readonly launchQueue?: { setConsumer(consumer: (launch: LaunchParams) => void): void };
  showOpenFilePicker?(options?: { id?: string; multiple?: boolean }): Promise<FileSystemFileHandle[]>;
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
