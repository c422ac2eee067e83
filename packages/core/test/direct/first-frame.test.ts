// The first frame of a direct channel, against one that is computed here with Node's own HMAC.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { deriveDialKey } from '../../src/crypto/derive-keys.ts';
import { firstFrame, readFirstFrame } from '../../src/crypto/first-frame.ts';
import { FIRST_FRAME_BYTES, MAX_LANES } from '../../src/wire/limits.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i);
const VECTOR = 'fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0cf7edc61c98a5e2ec96d61af268ae3c0';
const R = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);

/** As docs/PROTOCOL.md section 18 has it: each part with its length before it, which is one byte for short ones. */
function expectedFrame(key: Uint8Array, role: string, lane: number, r: Uint8Array): Uint8Array<ArrayBuffer> {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(lane);
  const said = [Buffer.from('dial'), Buffer.from(role), number, r].flatMap((part) => [part.length, ...part]);
  const proof = createHmac('sha256', key).update(Uint8Array.from(said)).digest().subarray(0, 16);
  return Uint8Array.from([...r, ...proof]);
}

describe('a first frame', () => {
  it.each(['sender', 'receiver'] as const)('of a %s is what the document says, on each lane', (role) => {
    for (let lane = 0; lane < MAX_LANES; lane += 1) {
      const { frame, r } = firstFrame(KEY, role, lane);
      expect(Buffer.from(frame)).toEqual(Buffer.from(expectedFrame(KEY, role, lane, r)));
      expect(frame).toHaveLength(FIRST_FRAME_BYTES);
      const read = readFirstFrame(expectedFrame(KEY, role, lane, R), KEY, role, MAX_LANES);
      expect(read).toEqual({ lane, r: R });
    }
  });

  it('stays what it is: a vector', () => {
    expect(Buffer.from(expectedFrame(KEY, 'sender', 1, R)).toString('hex')).toBe(VECTOR);
    expect(readFirstFrame(Uint8Array.from(Buffer.from(VECTOR, 'hex')), KEY, 'sender', 2)).toEqual({
      lane: 1,
      r: R,
    });
  });

  it('has an r of its own each time', () => {
    const seen = new Set(
      Array.from({ length: 100 }, () => Buffer.from(firstFrame(KEY, 'sender', 0).r).toString('hex')),
    );
    expect(seen.size).toBe(100);
  });

  it('proves no other role, no lane beyond those that are tried, and nothing under another key', () => {
    const frame = expectedFrame(KEY, 'sender', 3, R);
    expect(readFirstFrame(frame, KEY, 'receiver', MAX_LANES)).toBeNull();
    expect(readFirstFrame(frame, KEY, 'sender', 3)).toBeNull();
    expect(readFirstFrame(expectedFrame(KEY, 'sender', MAX_LANES, R), KEY, 'sender', MAX_LANES)).toBeNull();
    expect(readFirstFrame(expectedFrame(KEY, 'sender', 2 ** 32 - 1, R), KEY, 'sender', MAX_LANES)).toBeNull();
    expect(
      readFirstFrame(
        frame,
        KEY.map((byte) => byte ^ 1),
        'sender',
        MAX_LANES,
      ),
    ).toBeNull();
  });

  it('proves nothing to the listener of another nonce, or of another transfer', async () => {
    const [secret, nonce] = [new Uint8Array(32).fill(1), new Uint8Array(16).fill(2)];
    const key = await deriveDialKey(secret, nonce);
    const { frame } = firstFrame(key, 'receiver', 1);
    const others = [
      await deriveDialKey(
        secret,
        nonce.map((b) => b + 1),
      ),
      await deriveDialKey(
        secret.map((b) => b + 1),
        nonce,
      ),
    ];
    expect(readFirstFrame(frame, await deriveDialKey(secret, nonce), 'receiver', MAX_LANES)).toMatchObject({
      lane: 1,
    });
    for (const other of others) expect(readFirstFrame(frame, other, 'receiver', MAX_LANES)).toBeNull();
  });

  it('with any bit flipped is none', () => {
    const frame = expectedFrame(KEY, 'sender', 0, R);
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const flipped = frame.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(readFirstFrame(flipped, KEY, 'sender', MAX_LANES), `bit ${bit}`).toBeNull();
    }
  });

  it('of another length is none', () => {
    const frame = expectedFrame(KEY, 'sender', 0, R);
    for (let length = 0; length <= 64; length += 1) {
      if (length === FIRST_FRAME_BYTES) continue;
      const other = new Uint8Array(length);
      other.set(frame.subarray(0, length));
      expect(readFirstFrame(other, KEY, 'sender', MAX_LANES), `${length} bytes`).toBeNull();
    }
  });
});
