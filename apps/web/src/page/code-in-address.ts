// The code in a link's fragment.
import { FINGERPRINT_PARAMETER } from '@p2p-copy/core';

/** Takes the fragment out of the address bar, and returns it; null when there is none. */
export function takeCodeFromAddress(): string | null {
  const fragment = location.hash.slice(1);
  if (fragment === '') return null;
  // Out of sight, and out of the list behind the Back button. A browser's own history has it since the page was opened, and no
  // page can take it out (docs/SECURITY.md).
  const url = new URL(location.href);
  url.hash = '';
  // For a terminal. A browser has judged the certificate already.
  url.searchParams.delete(FINGERPRINT_PARAMETER);
  history.replaceState(null, '', url);
  return fragment;
}
