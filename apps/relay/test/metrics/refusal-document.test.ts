// The operator's document says of each reason for a refusal what it means.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REFUSAL_REASONS } from '../../src/endings/refusal.ts';

test('every reason of a refusal is in RELAY.md, and no other', () => {
  const document = readFileSync(new URL('../../../../docs/RELAY.md', import.meta.url), 'utf8');
  const table = document.slice(document.indexOf('| reason | means |')).split('\n\n')[0]!;
  const named = [...table.matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([\w…-]+)`/g)].map(([, name]) => name!),
  );
  const own = REFUSAL_REASONS.filter((reason) => !reason.startsWith('classic-'));
  expect(new Set(named)).toEqual(new Set([...own, 'classic-…']));
});
