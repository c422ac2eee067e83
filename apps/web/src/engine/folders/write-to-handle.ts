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

/** Replaces what the handle's file holds by a stream, and flushes. */
export async function writeStream(
  handle: FileSystemSyncAccessHandle,
  stream: ReadableStream<Uint8Array>,
  onProgress: (bytes: number) => void = () => {},
): Promise<void> {
  handle.truncate(0);
  const reader = stream.getReader();
  let offset = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      writeAll(handle, read.value, offset);
      offset += read.value.length;
      onProgress(offset);
    }
  } catch (cause) {
    await reader.cancel(cause);
    throw cause;
  }
  handle.flush();
}
