// Whether two paths name one place, as the disk sees it.

/** Whether the disk calls both paths the same: some answer in the case and normal form that they store. */
export function isSamePath(a: string, b: string): boolean {
  if (a === b) return true;
  if (process.platform !== 'darwin' && process.platform !== 'win32') return false;
  return a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase();
}
