// Which names an offer can hold, as a sender finds out while it gathers: by the checks that every receiver makes of the whole
// offer, so that the rest is refused by none. docs/PROTOCOL.md section 10.
import { TransferError } from '../foundation/errors.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import type { EntryKind } from '../ports/entry.ts';
import type { UnsendableReason } from '../ports/unsendable.ts';
import { type PathFault, pathFault, targetFault } from './check-path.ts';
import { PlaceTree } from './place-tree.ts';

/** Names that only some receivers can't hold are theirs to refuse. */
export const ANY_RECEIVER: NameRules = { windowsNames: false, foldsCase: false };

const REASONS: Record<PathFault, UnsendableReason> = {
  empty: 'impossible-name',
  'too-long': 'too-long',
  'not-unicode': 'not-unicode',
  'not-normal': 'impossible-name',
  absolute: 'impossible-name',
  'control-character': 'control-character',
  'direction-mark': 'direction-mark',
  'empty-segment': 'impossible-name',
  dots: 'impossible-name',
  'unfinished-part': 'unfinished-part',
  'long-segment': 'too-long',
  'too-deep': 'too-deep',
};

/** Why no receiver takes a path, whatever else is offered; null when it does. */
export function unsendablePath(path: string): UnsendableReason | null {
  const fault = pathFault(path);
  return fault === null ? null : REASONS[fault];
}

/** The names of an offer while it is gathered. */
export class SendableNames {
  readonly #places = new PlaceTree(ANY_RECEIVER.foldsCase);

  /**
   * Takes an entry into the offer; or leaves it out, and gives the reason. What was added before stays.
   * @param path in NFC
   */
  add(kind: EntryKind, path: string): UnsendableReason | null {
    const reason = unsendablePath(path);
    if (reason !== null) return reason;
    try {
      this.#places.add({ index: 0, kind, path, sizeBytes: 0, modifiedMs: null, executable: false });
      return null;
    } catch (error) {
      if (error instanceof TransferError) return 'same-name';
      throw error;
    }
  }

  /** Why no link to `target` can be sent beside all that was added; null when one can. */
  reasonAgainstTarget(target: string): UnsendableReason | null {
    if (targetFault(target) !== null) return 'impossible-target';
    return this.#places.targetFault(target) === null ? null : 'leads-out';
  }
}
