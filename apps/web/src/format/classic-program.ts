// A name that stands on the first screen and on that of the classic wire.

/** The Python tool's name among people: its command is `p2p-copy`, as ours. */
export const CLASSIC_PROGRAM = 'p2p-copy 0.1';
