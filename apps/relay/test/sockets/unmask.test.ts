import { expect, it } from 'vitest';
import { unmask, unmaskInScript } from '../../src/sockets/unmask.ts';

const MASK = Buffer.from([0x0f, 0, 0xff, 0xaa]);

it.each([0, 1, 3, 4, 5, 64, 1_001])('takes the mask off %i bytes, native or not', (length) => {
  const plain = Buffer.from(Array.from({ length }, (_, i) => i & 0xff));
  for (const take of [unmask, unmaskInScript]) {
    const bytes = Buffer.from(plain.map((byte, i) => byte ^ MASK[i % 4]!));
    take(bytes, MASK);
    expect(bytes.equals(plain)).toBe(true);
  }
});

it('takes a mask off by words wherever the bytes lie in their buffer, and touches none beside them', () => {
  for (let offset = 0; offset < 9; offset += 1) {
    for (const length of [511, 512, 513, 514, 515, 544, 1_000, 65_537]) {
      const around = Buffer.alloc(offset + length + 9, 0x5a);
      const bytes = around.subarray(offset, offset + length);
      const masked = Buffer.from(bytes.map((byte, i) => byte ^ MASK[i % 4]!));
      masked.copy(bytes);
      unmaskInScript(bytes, MASK);
      expect(around.equals(Buffer.alloc(around.length, 0x5a))).toBe(true);
    }
  }
});
