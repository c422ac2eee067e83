// Input for parsers: good input with something done to it, and anything at all.
import fc from 'fast-check';
import type { Bytes } from '../../packages/core/src/foundation/bytes.ts';

type Change = (bytes: Bytes) => Bytes;

/** Where a change is made, as a share of the length. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Uint8Array, where: number) => Math.floor(where * bytes.length);

const spliced = (bytes: Bytes, index: number, removed: number, added: Uint8Array): Bytes =>
  Uint8Array.from([...bytes.subarray(0, index), ...added, ...bytes.subarray(index + removed)]);

/** What careless parsers stumble over. */
const NASTY = [
  '-1',
  '0.5',
  '1e400',
  '-0',
  '9007199254740993',
  '1e15',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"\\ud800"',
  '"__proto__"',
  '"constructor"',
  '{"length":1e9}',
  '[[[[',
  ']]',
  '\\u0000',
  '{"type":"manifest"',
  '"2"',
  '4294967296',
  '\u00e9',
  '\ufeff',
].map((text) => new TextEncoder().encode(text));
const EDGES = [
  [0xff, 0xff, 0xff, 0xff],
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0, 0, 0, 0],
  [0xff],
  [0x00],
  [0, 4, 0, 0],
  [0, 4, 0, 1],
].map((bytes) => Uint8Array.from(bytes));

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(
    ([where, bit]): Change =>
      (bytes) =>
        bytes.map((byte, i) => (i === at(bytes, where) ? byte ^ (1 << bit) : byte)),
  ),
  fc.tuple(place, fc.integer({ min: 0, max: 20 }), fc.uint8Array({ maxLength: 12 })).map(
    ([where, removed, added]): Change =>
      (bytes) =>
        spliced(bytes, at(bytes, where), removed, added),
  ),
  fc.tuple(place, fc.integer({ min: 0, max: 8 }), fc.constantFrom(...NASTY, ...EDGES)).map(
    ([where, removed, added]): Change =>
      (bytes) =>
        spliced(bytes, at(bytes, where), removed, added),
  ),
  place.map(
    (where): Change =>
      (bytes) =>
        bytes.slice(0, at(bytes, where)),
  ),
  fc.tuple(place, place, fc.integer({ min: 2, max: 40 })).map(
    ([from, to, count]): Change =>
      (bytes) => {
        const [first, last] = [at(bytes, Math.min(from, to)), at(bytes, Math.max(from, to))];
        const piece = bytes.subarray(first, last);
        return spliced(
          bytes,
          first,
          0,
          Uint8Array.from(Array.from({ length: count }, () => [...piece]).flat()),
        );
      },
  ),
  // A JSON value in place of one that is there.
  fc
    .tuple(
      fc.integer({ min: 0, max: 9 }),
      fc.oneof(
        fc.jsonValue().map((value) => JSON.stringify(value)),
        fc.constantFrom('1', '""', '[null]'),
      ),
    )
    .map(
      ([which, value]): Change =>
        (bytes) => {
          let index = 0;
          const text = new TextDecoder().decode(bytes);
          const changed = text.replace(/:("[^"]*"|[\d.-]+|true|false|null|\[[^\]]*\])/g, (found) =>
            index++ === which ? `:${value}` : found,
          );
          return new TextEncoder().encode(changed);
        },
    ),
);

export function hostileInput(samples: readonly Bytes[]): fc.Arbitrary<Bytes> {
  return fc.oneof(
    { arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Uint8Array.from(bytes)), weight: 1 },
    { arbitrary: fc.json().map((text): Bytes => new TextEncoder().encode(text)), weight: 1 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 5 }))
        .map(([sample, changes]) => changes.reduce((bytes, apply) => apply(bytes), sample)),
      weight: 6,
    },
  );
}
