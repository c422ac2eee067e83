// Sends the content of an accepted offer, and books what becomes of it.

import type { NumberedEntry } from '../content/read-content.ts';
import { type ContentContext, sendContent } from '../content/send-content.ts';
import type { LaneSteering } from '../flow/lane-steering.ts';
import type { SenderOffer } from '../offer/sender-offer.ts';
import type { Delivery } from './delivery.ts';
import type { PassOptions } from './session.ts';

interface AcceptedContext
  extends Pick<
    ContentContext,
    'credit' | 'clock' | 'lanes' | 'zstd' | 'bulk' | 'leavesOutZeros' | 'onFailed' | 'signal'
  > {
  steering: LaneSteering;
  options: PassOptions;
}

/**
 * Resolves with the number of data and digests records.
 * @throws TransferError any
 */
export function sendAccepted(
  wanted: readonly NumberedEntry[],
  { entries, comparison }: SenderOffer,
  delivery: Delivery,
  { steering, options, ...ports }: AcceptedContext,
): Promise<number> {
  return sendContent(wanted, {
    ...ports,
    comparison,
    compress: options.compress ?? 'auto',
    rateLimit: options.rateLimit,
    onSlowPath: () => steering.prepare(),
    onKept: (bytes) => delivery.kept(bytes),
    onGrown: (index) => options.grown.add(entries[index]!.path),
    onDigest({ fileIndex, sizeBytes, digest }) {
      delivery.digests.set(fileIndex, sizeBytes, digest);
      options.sentSizes.set(entries[fileIndex]!.path, sizeBytes);
    },
  });
}
