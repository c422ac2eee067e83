// What must hold, and the error of a bug of ours. Alone, so that the relay has it without the table of a transfer's errors.

/** A bug of ours: never caught to go on. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** @throws InvariantError unless `condition` holds */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}
