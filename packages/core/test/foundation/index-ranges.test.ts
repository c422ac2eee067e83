import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addIndex, type IndexRange, indicesIn } from '../../src/foundation/index-ranges.ts';

test('indices added in any order, some twice, are ranges that ascend and do not touch', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(40)), (indices) => {
      const ranges: IndexRange[] = [];
      for (const index of indices) addIndex(ranges, index);
      expect([...indicesIn(ranges)]).toEqual([...new Set(indices)].sort((a, b) => a - b));
      ranges.slice(1).forEach(([first], i) => {
        expect(first).toBeGreaterThan(ranges[i]![1] + 1);
      });
    }),
  );
});
