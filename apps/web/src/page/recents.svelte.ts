// What this browser sent and received of late, for its person alone: names and amounts, nothing that could be used.

export interface Recent {
  kind: 'sent' | 'received';
  /** As it was shown; null for a message. */
  title: string | null;
  files: number;
  bytes: number;
  endedMs: number;
}

/** Each has a key of its own: of two tabs that note at once, none overwrites the other. */
const PREFIX = 'recent ';
const MOST = 20;

export class Recents {
  /** The youngest first. */
  list = $state.raw<readonly Recent[]>([]);

  constructor() {
    this.refresh();
  }

  note(recent: Recent): void {
    // Where nothing can be stored, it lasts as long as the page.
    this.list = [recent, ...this.list];
    withStorage((storage) => {
      storage.setItem(PREFIX + crypto.randomUUID(), JSON.stringify(recent));
      for (const { key } of stored(storage).slice(MOST)) storage.removeItem(key);
    });
    this.refresh();
  }

  clear(): void {
    this.list = [];
    withStorage((storage) => {
      for (const key of keysOf(storage)) storage.removeItem(key);
    });
  }

  refresh(): void {
    withStorage((storage) => {
      this.list = stored(storage)
        .slice(0, MOST)
        .map(({ recent }) => recent);
    });
  }
}

/** Storage may be full, or forbidden. */
function withStorage(use: (storage: Storage) => void): void {
  try {
    use(localStorage);
  } catch {
    // Then nothing is kept.
  }
}

function keysOf(storage: Storage): string[] {
  return Object.keys(storage).filter((key) => key.startsWith(PREFIX));
}

function stored(storage: Storage): { key: string; recent: Recent }[] {
  return keysOf(storage)
    .flatMap((key) => {
      const recent = parsed(storage.getItem(key));
      return recent === null ? [] : [{ key, recent }];
    })
    .sort((a, b) => b.recent.endedMs - a.recent.endedMs);
}

/** Null for what isn't ours. */
function parsed(text: string | null): Recent | null {
  try {
    const value = JSON.parse(text ?? 'null');
    return isRecent(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecent(value: Partial<Recent> | null): value is Recent {
  return (
    (value?.kind === 'sent' || value?.kind === 'received') &&
    (value.title === null || typeof value.title === 'string') &&
    [value.files, value.bytes, value.endedMs].every(Number.isFinite)
  );
}
