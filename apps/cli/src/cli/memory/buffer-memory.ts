// Memory that the process uses, for what tunes the garbage collector. Node opens a file for it, which may fail.

export interface MemoryUse {
  /** Bytes of the JavaScript heap in use. */
  heapUsed: number;
  /** Bytes of buffers, dead ones included. */
  arrayBuffers: number;
}

/** Null when no descriptor is left to ask the system by: a reader of it then leaves things as they are. */
export function memoryUse(): MemoryUse | null {
  try {
    return process.memoryUsage();
  } catch {
    return null;
  }
}
