// Whole writes to a synchronous access handle of OPFS.

/**
 * Writes all of `bytes` at `offset`.
 * @throws QuotaExceededError also where the browser only wrote less
 */
export function writeAll(handle: FileSystemSyncAccessHandle, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) {
    const written = handle.write(bytes.subarray(done), { at: offset + done });
    if (written === 0) throw new DOMException('The disk took no more.', 'QuotaExceededError');
    done += written;
  }
}

/** Replaces what the handle's file holds, and flushes. */
export async function writePieces(
  handle: FileSystemSyncAccessHandle,
  pieces: AsyncIterable<Uint8Array>,
  onProgress: (bytes: number) => void = () => {},
): Promise<void> {
  handle.truncate(0);
  let offset = 0;
  for await (const piece of pieces) {
    writeAll(handle, piece, offset);
    offset += piece.length;
    onProgress(offset);
  }
  handle.flush();
}

/** What comes of a stream, which is cancelled unless all of it is taken. Not every browser has streams that can be iterated. */
export async function* piecesOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel();
  }
}
