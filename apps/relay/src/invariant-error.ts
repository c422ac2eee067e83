// A bug of the relay itself: never caused by what a client sends, never caught.

export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
