// What a first message asks of the pairing.
import type { ClassicHello, FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { ConnectionId } from './pairing/connection-id.ts';
import type { PairingEvent } from './pairing/pairing-table.ts';

export function toPairingEvent(
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
