// How the pairing knows a connection: by number only, never by socket or address.

export type ConnectionId = number;
