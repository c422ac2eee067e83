// Looks up a host's addresses, and refuses a host that has one to which nothing may be sent: what a name stands for is only
// known when it is dialled, and may be another address then than a moment before.
import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { TransferError } from '@p2p-copy/core';

/** Errors of the lookup: `redirect-refused`, and the system's. */
export function checkedLookup(allows: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '');
      const [first] = found;
      if (first === undefined || !found.every(({ address }) => allows(address))) {
        return callback(new TransferError('redirect-refused'), '');
      }
      if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}
