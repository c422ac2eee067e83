// Which offer this tab shows for review, as long as the tab lives: a reload finds it again. Only its id in this browser's storage.

const KEY = 'p2p-copy-review';

export const reviewOfTab = {
  keep(id: string | null): void {
    try {
      if (id === null) sessionStorage.removeItem(KEY);
      else sessionStorage.setItem(KEY, id);
    } catch {
      // The first screen lists it.
    }
  },

  /** What the page before a reload kept. */
  take(): string | null {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  },
};
