// What a first message asks of the pairing.
import type { FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from './dialects/dialect.ts';
import type { ConnectionId } from './pairing/connection-id.ts';
import type { PairingEvent } from './pairing/pairing-table.ts';

export function toPairingEvent(
  message: FirstMessage | DialectHello,
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
    case 'dialect-hello': {
      const { role, key, keys } = message;
      return { name: 'dialect hello', connection, address, role, key, keys };
    }
  }
}
