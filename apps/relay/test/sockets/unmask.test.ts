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
