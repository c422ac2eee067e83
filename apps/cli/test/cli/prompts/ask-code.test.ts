import { expect, it } from 'vitest';
import { completeCode } from '../../../src/cli/prompts/ask-code.ts';

it.each([
  ['7-guit', ['guitar'], 'guit'],
  ['7-guitar-ocea', ['ocean'], 'ocea'],
  ['7 guitar Ocea', ['ocean'], 'Ocea'],
  ['7-zo', ['zone', 'zoo'], 'zo'],
  ['7-', [], ''],
  ['7', [], ''],
  ['7-xyz', [], 'xyz'],
])('completes %j', (line, words, replaced) => {
  expect(completeCode(line)).toEqual([words, replaced]);
});
