import { expect, it } from 'vitest';
import { moveOf } from '../../src/tree/tree-keys.ts';

it('leads into a folder with the arrow that points ahead, in either direction of reading', () => {
  expect([moveOf('ArrowRight', false), moveOf('ArrowRight', true)]).toEqual(['in', 'out']);
  expect([moveOf('ArrowLeft', false), moveOf('ArrowLeft', true)]).toEqual(['out', 'in']);
  expect(['ArrowUp', 'ArrowDown', 'Home', 'End'].map((key) => moveOf(key, true))).toEqual([
    'up',
    'down',
    'first',
    'last',
  ]);
  expect(['a', ' ', 'Tab', 'Enter', 'constructor', ''].map((key) => moveOf(key, false))).toEqual(
    Array(6).fill(null),
  );
});
