// Before each file of tests: bytes that are equal are so at once. The runner compares them index by index, which takes seconds of a
// core for each megabyte; it still does so for bytes that differ, to say where.
import { expect } from 'vitest';

function equalBytes(a: unknown, b: unknown): true | undefined {
  const areAlike =
    a instanceof Uint8Array &&
    b instanceof Uint8Array &&
    Object.getPrototypeOf(a) === Object.getPrototypeOf(b);
  return areAlike && Buffer.compare(a, b) === 0 ? true : undefined;
}

expect.addEqualityTesters([equalBytes]);
