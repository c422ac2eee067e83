import fc from 'fast-check';
import { expect, it } from 'vitest';
import { acceptedCodings, CODINGS } from '../../src/site/accepted-codings.ts';

it.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['identity', 'identity'],
  ['br', 'br identity'],
  ['gzip, deflate', 'gzip identity'],
  ['gzip, deflate, br, zstd', 'br gzip identity'],
  ['GZIP , BR', 'br gzip identity'],
  ['x-gzip', 'gzip identity'],
  ['*', 'br gzip identity'],
  ['br;q=0, *', 'gzip identity'],
  ['gzip;q=1.0, br;q=0.5', 'gzip br identity'],
  ['gzip;q=0.5, identity;q=1', 'identity gzip'],
  ['gzip ; q = 0.5 , br;Q=0.6', 'br gzip identity'],
  ['gzip;q=0.001', 'gzip identity'],
  ['identity;q=0', ''],
  ['identity;q=0, gzip', 'gzip'],
  ['*;q=0', ''],
  ['*;q=0, br', 'br'],
  ['*;q=0, identity;q=0.1', 'identity'],
  ['br;q=0, gzip;q=0, identity;q=0', ''],
  // Malformed elements are ignored, and of two the more careful holds.
  ['br;q=2, gzip;q=0.5555, x, ;;, =, q=0', 'identity'],
  ['br;q=-1, gzip;q=NaN, br;q=1e3', 'identity'],
  ['gzip, gzip;q=0', 'identity'],
  ['brotli, gzipped', 'identity'],
  ['constructor, __proto__;q=0', 'identity'],
  [`${'br,'.repeat(400)}gzip`, 'identity'],
])('%j is read as “%s”', (header, expected) => {
  expect(acceptedCodings(header).join(' ')).toBe(expected);
});

it('takes no coding that a header excludes, whatever else stands in it', () => {
  const element = fc.oneof(
    fc.constantFrom('br', 'gzip', 'identity', '*', 'br;q=1', 'gzip;q=0.3', '*;q=0', '', ';', ' , '),
    fc.string({ maxLength: 8 }),
  );
  fc.assert(
    fc.property(fc.array(element, { maxLength: 12 }), fc.constantFrom(...CODINGS), (elements, excluded) => {
      const around = elements.join(',');
      expect(acceptedCodings(`${around},${excluded};q=0,${around}`)).not.toContain(excluded);
    }),
  );
});
