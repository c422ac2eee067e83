// The one import of the classic room: a relay that no client of the Python tool comes to goes without its code.
import type { Dialect } from '../dialects/dialect.ts';

/** Path of the WebSocket endpoint for classic clients. docs/CLASSIC.md. */
export const CLASSIC_SOCKET_PATH = '/';

/** Rejects when the code can't be read from the disk. */
export async function loadClassic(): Promise<Dialect> {
  return (await import('../classic/dialect.ts')).classic;
}
