// Both implementations of the port must be the same to each other: one side may be a browser.
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { expect, it } from 'vitest';
import { createBulkCrypto } from '../../src/node/node-bulk-crypto.ts';
import { SealedBuffers } from '../../src/node/sealed-buffers.ts';

const nodeBulkCrypto = createBulkCrypto(new SealedBuffers());
const bytes = (length: number) => new Uint8Array(randomBytes(length));
const SIZES = [0, 1, 15, 16, 17, 65_535, 262_144, 1_048_577];

it.each(SIZES)('hashes %i bytes', async (size) => {
  const content = bytes(size);
  const hashed = await nodeBulkCrypto.sha256(content);
  expect(Buffer.from(hashed)).toEqual(createHash('sha256').update(content).digest());
  expect(hashed).not.toBeInstanceOf(Buffer);
});

it.each([12, 32])('seals and opens as WebCrypto does, with %i bytes of nonce', async (ivBytes) => {
  const raw = bytes(32);
  const key = await nodeBulkCrypto.importKey(raw);
  const web = await webcrypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  for (const size of SIZES) {
    const [iv, plaintext] = [bytes(ivBytes), bytes(size)];
    const sealed = await key.seal(iv, plaintext);
    const opened = Buffer.from(await webcrypto.subtle.decrypt({ name: 'AES-GCM', iv }, web, sealed));
    expect(opened.equals(plaintext)).toBe(true);
    const theirs = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv }, web, plaintext);
    expect(Buffer.from(await key.open(iv, new Uint8Array(theirs))).equals(plaintext)).toBe(true);
  }
});

it('opens nothing that was changed, cut, or is of another nonce', async () => {
  const key = await nodeBulkCrypto.importKey(bytes(32));
  const [iv, plaintext] = [bytes(12), bytes(100)];
  const sealed = await key.seal(iv, plaintext);
  const open = async (nonce: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) =>
    key.open(nonce, message);
  for (const at of [0, 50, 99, 100, 115]) {
    const changed = sealed.slice();
    changed[at]! ^= 1;
    await expect(open(iv, changed)).rejects.toThrow();
  }
  await expect(open(iv, sealed.slice(0, -1))).rejects.toThrow();
  await expect(open(iv, sealed.slice(0, 15))).rejects.toThrow();
  await expect(open(bytes(12), sealed)).rejects.toThrow();
});

it('seals into memory that was given back, and never into memory that is in use', async () => {
  const buffers = new SealedBuffers();
  const key = await createBulkCrypto(buffers).importKey(bytes(32));
  const seal = async () => key.seal(bytes(12), bytes(262_144));
  const [first, second] = [await seal(), await seal()];
  expect(second.buffer).not.toBe(first.buffer);
  const kept = second.slice();
  buffers.giveBack(first);
  buffers.giveBack(first);
  const [third, fourth] = [await seal(), await seal()];
  expect(third.buffer).toBe(first.buffer);
  expect(fourth.buffer).not.toBe(first.buffer);
  expect(Buffer.compare(second, kept)).toBe(0);
});

it('lends no memory that came from elsewhere, and keeps little', async () => {
  const buffers = new SealedBuffers();
  const own = buffers.take(262_144);
  buffers.giveBack(new Uint8Array(own.length));
  expect(buffers.take(262_144).buffer).not.toBe(own.buffer);
  const lent = Array.from({ length: 20 }, () => buffers.take(262_144));
  for (const each of lent) buffers.giveBack(each);
  const before = new Set(lent.map(({ buffer }) => buffer));
  const again = Array.from({ length: 20 }, () => buffers.take(262_144));
  expect(again.filter(({ buffer }) => before.has(buffer))).toHaveLength(8);
});
