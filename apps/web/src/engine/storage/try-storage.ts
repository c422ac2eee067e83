// Whether this browser's storage takes a file: tried, since private windows have all functions and refuse late.

const PATIENCE_MS = 3000;

/** Worker only: the page has no synchronous handles. */
export function tryStorage(): Promise<boolean> {
  const inTime = new Promise<false>((resolve) => setTimeout(() => resolve(false), PATIENCE_MS));
  return Promise.race([writeOne().catch(() => false), inTime]);
}

async function writeOne(): Promise<true> {
  const root = await navigator.storage.getDirectory();
  const name = `try-${crypto.randomUUID()}`;
  const file = await root.getFileHandle(name, { create: true });
  try {
    const handle = await file.createSyncAccessHandle();
    try {
      handle.write(new Uint8Array(1), { at: 0 });
      handle.flush();
    } finally {
      handle.close();
    }
    return true;
  } finally {
    await root.removeEntry(name);
  }
}
