// Parts of transfers that receive into one folder at once.
import { partName } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { claimPartSlot, partNameIn } from '../../../src/node/parts/part-slot.ts';
import { scratchFolder } from '../../scratch.ts';

it('each transfer into a folder has a slot of its own, and a released one is given out again', async () => {
  const [folder, other] = [await scratchFolder(), await scratchFolder()];
  const claims = [claimPartSlot(folder), claimPartSlot(folder), claimPartSlot(folder)];
  expect(claims.map(({ slot }) => slot)).toEqual([0, 1, 2]);
  const elsewhere = claimPartSlot(other);
  expect(elsewhere.slot).toBe(0);
  elsewhere.release();
  claims[1]!.release();
  const again = claimPartSlot(folder);
  expect(again.slot).toBe(1);
  // A folder that is made later may get the same inode.
  for (const claim of [...claims, again]) claim.release();
});

it('a transfer that is resumed gets the slot that it had, unless another one has it now', async () => {
  const folder = await scratchFolder();
  const resumed = claimPartSlot(folder, 3);
  expect(resumed.slot).toBe(3);
  const late = claimPartSlot(folder, 3);
  expect(late.slot).toBe(0);
  for (const claim of [resumed, late]) claim.release();
});

it('no slot’s part has the name of another file’s part, since no offer holds a part’s name', () => {
  const names = ['a', 'a.2', 'a~', 'a.2.p2p', 'x'.repeat(255), 'ä'.repeat(127)];
  const parts = names.flatMap((name) => [0, 1, 2, 12].map((slot) => partNameIn(slot, name)));
  expect(new Set(parts).size).toBe(parts.length);
  expect(parts.every((part) => Buffer.byteLength(part) <= 255)).toBe(true);
  expect(partNameIn(0, 'a')).toBe(partName('a'));
});
