// The pairing's event that a first message of either dialect is.
import type { ClassicHello, FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from './connection-id.ts';
import type { PairingEvent } from './pairing-table.ts';

/** @param address as limits count it */
export function eventOf(
  message: FirstMessage | ClassicHello,
  connection: ConnectionId,
  address: string,
): PairingEvent {
  switch (message.type) {
    case 'allocate':
      return {
        name: 'allocate',
        connection,
        address,
        nameplate: message.nameplate,
        isDrawn: message.isDrawn,
      };
    case 'hello': {
      const { role, key, token } = message;
      return { name: 'hello', connection, address, role, key, token };
    }
    case 'classic-hello': {
      const { role, codeHash } = message;
      return { name: 'classic hello', connection, address, role, codeHash };
    }
  }
}
