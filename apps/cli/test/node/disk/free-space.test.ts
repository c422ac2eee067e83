import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { bytesInPlace } from '../../../src/node/disk/free-space.ts';
import { scratchFolder } from '../../scratch.ts';
import { entryOf } from '../sinks/manifest-of.ts';

const SIZE = 64 * 1024 * 1024;

it('of a part that is as long as its file only what was written is counted as there', async () => {
  const root = await scratchFolder();
  const part = openSync(join(root, partName('f')), 'w');
  writeSync(part, Buffer.alloc(1_000_000, 1));
  ftruncateSync(part, SIZE);
  closeSync(part);
  writeFileSync(join(root, partName('g')), 'abc');
  const inPlace = await bytesInPlace(
    root,
    [entryOf('f', { sizeBytes: SIZE }), entryOf('g', { sizeBytes: 3, index: 1 })],
    new Set(),
    1,
  );
  expect(inPlace).toBeGreaterThanOrEqual(1_000_003);
  expect(inPlace).toBeLessThan(1_200_000);
});
