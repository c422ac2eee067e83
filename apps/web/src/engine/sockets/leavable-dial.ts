// A way to go without a word, as a closed tab does: the other side then seeks this end instead of ending.
import { type DialRelay, type RelaySocket, TransferError } from '@p2p-copy/core';

export function leavableDial(dial: DialRelay): { dial: DialRelay; leave: () => void } {
  const sockets = new Set<RelaySocket>();
  let hasLeft = false;
  return {
    async dial(...args) {
      if (hasLeft) throw new TransferError('interrupted');
      const socket = await dial(...args);
      sockets.add(socket);
      if (hasLeft) socket.terminate();
      return socket;
    },
    leave() {
      hasLeft = true;
      for (const socket of sockets) socket.terminate();
    },
  };
}
