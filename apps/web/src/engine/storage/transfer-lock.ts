// A Web Lock per transfer says that a tab works on it or shows it: two tabs can't take the same one, and what nobody
// holds was left by a tab that is gone.

const LOCK = 'p2p-copy-transfer-';

/** Takes it until the result is called or this tab is gone; null when another tab has it. */
export function lockTransfer(id: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(LOCK + id, { ifAvailable: true }, (lock) => {
        if (lock === null) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/** The ids of those that some tab has. */
export async function lockedTransfers(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  const names = held.map(({ name = '' }) => name).filter((name) => name.startsWith(LOCK));
  return new Set(names.map((name) => name.slice(LOCK.length)));
}
