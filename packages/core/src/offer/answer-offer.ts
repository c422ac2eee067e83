// What a receiver says of an offer that its person has accepted, before it says `accept`.

import { diskPace } from '../async/pace.ts';
import type { ComparedFile } from '../delta/compared-file.ts';
import { findCompared } from '../delta/find-compared.ts';
import type { RefusedChunks } from '../delta/refused-chunks.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { rangeMessages } from '../foundation/index-ranges.ts';
import type { FolderSink } from '../ports/byte-sink.ts';
import { compareMessages } from '../wire/compare-messages.ts';
import type { ControlMessage } from '../wire/control-message.ts';
import { type ContentCount, countContent } from '../wire/manifest.ts';
import type { AcceptedOffer } from './decision.ts';
import { makeFolders } from './make-folders.ts';

/** Of a file that isn't taken, since it is no longer as it was accepted. */
export const CHANGED: ErrorCode = 'source-changed';

/** Messages about entries that aren't to be sent, and about those that are compared. */
export function* answersTo(
  { skip, delivered, refused }: AcceptedOffer,
  compared: ReadonlyMap<number, ComparedFile>,
): Generator<ControlMessage> {
  yield* rangeMessages(skip, (ranges) => ({ type: 'skip', ranges }));
  yield* rangeMessages(delivered, (ranges) => ({ type: 'delivered', ranges }));
  yield* rangeMessages(refused, (ranges) => ({ type: 'refuse', ranges, code: CHANGED }));
  yield* compareMessages([...compared].map(([index, { chunks }]) => [index, chunks]));
}

/** An accepted offer, with what of it is neither wanted nor due, and what is compared. */
export interface PreparedOffer {
  /** Indices of entries that aren't to be sent. */
  unwanted: ReadonlySet<number>;
  /** Of what is to be sent. */
  count: ContentCount;
  /** Files of which something lies here that is compared, by index, ascending. */
  compared: Map<number, ComparedFile>;
}

/**
 * Makes the folders of an accepted offer and looks up what is compared.
 * @throws TransferError those of the sink; of noting what is asked about
 */
export async function prepareOffer(
  sink: FolderSink,
  offer: AcceptedOffer,
  refusedChunks: RefusedChunks,
  clock: Clock,
): Promise<PreparedOffer> {
  const { manifest, skip, delivered, refused, compare } = offer;
  const unwanted = new Set([...skip, ...delivered, ...refused]);
  const wanted = manifest.entries.filter(({ index }) => !unwanted.has(index));
  const pace = diskPace(clock);
  await makeFolders(sink, wanted, pace);
  const compared =
    compare === null
      ? new Map<number, ComparedFile>()
      : await findCompared(sink, wanted, compare.finals, refusedChunks, pace);
  return { unwanted, count: countContent(wanted), compared };
}
