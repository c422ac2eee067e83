// The name of the ends' protocol and its version, which separates every hash and key of ours from those of any other
// protocol and of every other version. docs/PROTOCOL.md sections 5 to 7.
/** Name and version of the ends’ protocol: goes into every hash and key of it. */
export const PROTOCOL_LABEL = 'p2p-copy/3';
