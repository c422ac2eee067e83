// Small choices of the person that this browser remembers. Where it may store nothing, they last as long as the page.

/** What was chosen, if it is still one of `known`. */
export function recall<T extends string>(key: string, known: readonly T[]): T | null {
  try {
    const stored = localStorage.getItem(key);
    return known.find((value) => value === stored) ?? null;
  } catch {
    return null;
  }
}

/** Any text that was remembered. */
export function recallText(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is full or forbidden.
  }
}
