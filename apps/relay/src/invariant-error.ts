// A bug of the relay itself. It ends the connection at which it shows, or what a timer did, and nobody else's.

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
