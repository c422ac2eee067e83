// The name of a file while it is being received.

/** Ends every part's name. Longer than `.part` alone, which other programs use for their own. */
export const PART_SUFFIX = '.p2p.part';
const MAX_NAME_BYTES = 255;
const encoder = new TextEncoder();

/** The part's name for a file's last path segment: that and the suffix, cut where a file system would refuse it. */
export function partName(name: string): string {
  if (byteLength(name) + PART_SUFFIX.length <= MAX_NAME_BYTES) return name + PART_SUFFIX;
  // A cut name gets a hash of the whole, so that two long names can't share a part.
  const suffix = `~${fnv1a(name)}${PART_SUFFIX}`;
  let kept = '';
  for (const character of name) {
    if (byteLength(kept + character) + suffix.length > MAX_NAME_BYTES) break;
    kept += character;
  }
  return kept + suffix;
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** FNV-1a, 32 bits, hex: tells names apart, protects nothing. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of encoder.encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
