// Asks for what a closed tab was allowed to use. To be called when the person has clicked.

/** Whether all of it may be used; false also when it was moved or is not attached. */
export async function askPermission(
  handles: readonly FileSystemHandle[],
  mode: 'read' | 'readwrite',
): Promise<boolean> {
  try {
    for (const handle of handles) {
      if ((await handle.queryPermission?.({ mode })) === 'granted') continue;
      // A browser without the question asks when the handle is used.
      if (((await handle.requestPermission?.({ mode })) ?? 'granted') !== 'granted') return false;
    }
    return true;
  } catch {
    return false;
  }
}
