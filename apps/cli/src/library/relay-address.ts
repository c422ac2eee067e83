// Which relay a transfer uses when nobody says.

/** A relay on this machine, as `p2p-copy relay` starts it. */
export const DEFAULT_RELAY = 'http://localhost:8765';

/** The relay in a link with a code, such as `https://copy.example.org/#7-guitar-ocean`; null for a code alone. */
export function relayOfLink(code: string): string | null {
  const text = code.trim();
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const { origin, pathname } = new URL(text);
  return origin + pathname;
}
