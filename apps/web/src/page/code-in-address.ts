// The code in a link's fragment.

/** Takes the fragment out of the address bar, and returns it; null when there is none. */
export function takeCodeFromAddress(): string | null {
  const fragment = location.hash.slice(1);
  if (fragment === '') return null;
  // Neither the history nor someone looking over a shoulder needs it any longer.
  history.replaceState(null, '', location.pathname + location.search);
  return fragment;
}
