// The pairing's event that a first message of any dialect is.
import type { FirstMessage } from '@p2p-copy/core/relay-protocol';
import type { DialectHello } from '../dialects/dialect.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import type { NameplateClaim } from '../pairing/nameplate.ts';
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
        token: message.token,
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

/** The nameplate that a first message names, and what it shows for it. An opaque key is nobody's. */
export function claimIn(message: FirstMessage | DialectHello): NameplateClaim {
  if (message.type === 'hello') return { nameplate: message.key, token: message.token };
  return message.type === 'allocate'
    ? { nameplate: message.nameplate ?? '', token: message.token }
    : { nameplate: '', token: null };
}
