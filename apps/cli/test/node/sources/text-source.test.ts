import { expect, it } from 'vitest';
import { MAX_TEXT_BYTES, textEntry } from '../../../src/node/sources/text-source.ts';

it('counts bytes of UTF-8', async () => {
  const entry = textEntry('größe');
  expect(entry).toMatchObject({ kind: 'text', path: 'message.txt', sizeBytes: 7 });
  const into = new Uint8Array(10);
  const source = await entry.open();
  expect(await source.read(0, into)).toBe(7);
  expect(Buffer.from(into.subarray(0, 7)).toString()).toBe('größe');
});

it('takes 1 MiB and no more', () => {
  expect(textEntry('x'.repeat(MAX_TEXT_BYTES)).sizeBytes).toBe(MAX_TEXT_BYTES);
  expect(() => textEntry('x'.repeat(MAX_TEXT_BYTES + 1))).toThrow(/1 MiB/);
  expect(() => textEntry('')).toThrow(/empty/);
});
