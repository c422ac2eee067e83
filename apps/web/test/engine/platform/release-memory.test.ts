import { expect, test } from 'vitest';
import { browserBulkCrypto } from '../../../src/engine/platform/browser-bulk-crypto.ts';
import { releaseMemory } from '../../../src/engine/platform/release-memory.ts';

test.each([
  [64 * 1024 - 1, 64 * 1024 - 1],
  [64 * 1024, 0],
  [256 * 1024, 0],
])('of a buffer of %d bytes %d are left', (sizeBytes, leftBytes) => {
  const { buffer } = new Uint8Array(sizeBytes);
  releaseMemory(new Uint8Array(buffer, 5, 10));
  expect(buffer.byteLength).toBe(leftBytes);
});

test('what is opened is whole, and what was sealed is gone', async () => {
  const key = await browserBulkCrypto.importKey(new Uint8Array(32));
  const plaintext = Uint8Array.from({ length: 256 * 1024 }, (_, i) => i & 0xff);
  const sealed = await key.seal(new Uint8Array(12), plaintext);
  expect(sealed.length).toBe(plaintext.length + 16);
  const opened = await key.open(new Uint8Array(12), sealed);
  expect(sealed.length).toBe(0);
  expect(Buffer.compare(opened, plaintext)).toBe(0);
});
