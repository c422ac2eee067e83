// The code in a link's fragment.

/** Takes the fragment out of the address bar, and returns it; null when there is none. */
export function takeCodeFromAddress(): string | null {
  const fragment = location.hash.slice(1);
  if (fragment === '') return null;
  // Out of sight, and out of the list behind the Back button. A browser's own history has it since the page was opened, and no
  // page can take it out (docs/SECURITY.md).
  history.replaceState(null, '', location.pathname + location.search);
  return fragment;
}
