// Which relay a transfer uses when nobody says.

/** A relay on this machine, as `p2p-copy relay` starts it. */
export const DEFAULT_RELAY = 'http://localhost:8765';
