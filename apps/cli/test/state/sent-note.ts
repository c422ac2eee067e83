// What a sender notes of a transfer.
import type { TransferContent } from '../../src/state/stored-transfer.ts';

/** @param device key in hex of the device that it goes to; undefined for whoever has the code */
export function sentNote(device: string | undefined): TransferContent {
  return {
    role: 'send',
    relay: 'https://copy.example.org',
    resume: 'A'.repeat(43),
    caFile: null,
    title: { names: ['a'], moreNames: 0, files: 1, bytes: 1 },
    paths: ['/a'],
    compress: 'auto',
    isAccepted: true,
    ...(device !== undefined && { device }),
  };
}
