// How far a receiver is, for people.

import type { TransferEvent } from '../api/events.ts';
import type { AckMeter } from '../flow/ack-meter.ts';

/** Bytes that are durable or were kept. @param totalBytes null while a stream of unknown length runs */
export function receivedSoFar(
  meter: AckMeter,
  totalBytes: number | null,
): TransferEvent & { type: 'progress' } {
  const { durableBytes, keptBytes, durableFiles: filesDone } = meter;
  return { type: 'progress', bytes: durableBytes + keptBytes, keptBytes, totalBytes, filesDone };
}
