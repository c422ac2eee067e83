// The name of a part in a folder that other tabs, browsers and command lines may receive into: each transfer has parts of its own.
import { partName } from '@p2p-copy/core';

/** Of a transfer's random id. */
const TAG_LENGTH = 8;

/**
 * What tells the parts of a transfer from those of others.
 * @param earlier what an earlier tab stored of it
 */
export function partTagOf(transferId: string, earlier: { ownParts?: boolean } | null): string | null {
  return earlier === null || earlier.ownParts === true ? transferId.slice(0, TAG_LENGTH) : null;
}

/**
 * The part's name for a file's last path segment. No offer holds names that end in the suffix, so no other file's part is called so.
 * @param tag null for parts of transfers that an older page began, which had none
 */
export function ownPartName(tag: string | null, name: string): string {
  return tag === null ? partName(name) : partName(partName(`${name}.${tag}`));
}
