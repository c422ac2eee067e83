// How far a receiver is, for people.
import type { AckMeter } from '../stream/ack-meter.ts';
import type { TransferEvent } from './events.ts';

/** Bytes that are durable or were kept. @param totalBytes null while a stream of unknown length runs */
export function receivedSoFar(
  meter: AckMeter,
  totalBytes: number | null,
): TransferEvent & { type: 'progress' } {
  const { durableBytes, keptBytes, durableFiles: filesDone } = meter;
  return { type: 'progress', bytes: durableBytes + keptBytes, keptBytes, totalBytes, filesDone };
}
