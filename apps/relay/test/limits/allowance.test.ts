// What one connection may spend in a minute.
import { expect, it } from 'vitest';
import { Allowance } from '../../src/limits/allowance.ts';

it('is full at the start, refills steadily, and holds no more than a minute brings', () => {
  const allowance = new Allowance(60, 0);
  for (let i = 0; i < 60; i++) expect(allowance.take(1, 0)).toBe(true);
  expect(allowance.take(1, 999)).toBe(false);
  expect(allowance.take(1, 1_000)).toBe(true);
  expect(allowance.take(1, 1_000)).toBe(false);
  expect(allowance.take(61, 10_000_000)).toBe(false);
  expect(allowance.take(60, 10_000_000)).toBe(true);
});
