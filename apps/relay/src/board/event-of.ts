// The pairing's event that a first message of any dialect is.
import type { FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { PairingEvent } from '../pairing/pairing-table.ts';

/** @param address as limits count it */
export function eventOf(
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
