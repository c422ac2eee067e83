// The digest of a file that strangers ask for.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../../cli/test/scratch.ts';
import { ServedDigest } from '../../src/foundation/served-digest.ts';

it('is computed once for all who ask at once, and again when the file has changed', async () => {
  const path = join(await scratchFolder(), 'file');
  let reads = 0;
  const digest = new ServedDigest(path, (asked) => {
    reads += 1;
    return readFile(asked);
  });
  for (const [count, content] of ['first', 'another'].entries()) {
    await writeFile(path, content);
    const told = await Promise.all(Array.from({ length: 50 }, () => digest.hex()));
    expect(new Set(told)).toEqual(new Set([createHash('sha256').update(content).digest('hex')]));
    expect(reads).toBe(count + 1);
  }
});
