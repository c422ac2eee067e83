// Which way content takes, for people.
import type { TransferEvent } from '../../../library/public-types.ts';

/** @param relay as people know it */
export function pathInWords(
  { kind, isLocal }: Extract<TransferEvent, { type: 'path' }>,
  relay: string,
): string {
  if (kind === 'relay') return `Path: by way of ${relay}.`;
  return isLocal ? 'Path: directly, in your network.' : 'Path: directly.';
}
