// Signatures and X25519 at their edges: what a lenient verifier would take.
import { createPrivateKey, sign } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, concat, utf8 } from '../../src/foundation/bytes.ts';
import { AgreementKey } from '../../src/identity/agreement.ts';
import { isDeviceName, parseDeviceName } from '../../src/identity/device-name.ts';
import { deviceKeyOf, isPublicKey, isSigned, signParts } from '../../src/identity/device-signature.ts';
import { openBox, sealBox } from '../../src/identity/sealed-box.ts';

const seed = new Uint8Array(32).fill(9);
const key = deviceKeyOf(seed);
const parts = [utf8('one'), utf8('two')];
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const littleEndian = (value: bigint) =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
const numberOf = (bytes: Uint8Array) => bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);

/** Encodings of the points of order 1, 2, 4 and 8, and others of the same that aren't canonical. */
const SMALL_ORDER = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000080',
].map((hex) => bytesOfHex(hex)!);

describe('a signature', () => {
  it('is Ed25519 over the label, a zero and the parts with their lengths', async () => {
    const pkcs8 = concat(bytesOfHex('302e020100300506032b657004220420')!, seed);
    const node = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const said = concat(
      utf8('p2p-copy/3 card\0'),
      Uint8Array.of(3),
      utf8('one'),
      Uint8Array.of(3),
      utf8('two'),
    );
    const signature = await signParts(key, 'card', parts);
    expect(Buffer.from(signature).toString('hex')).toBe(sign(null, said, node).toString('hex'));
    expect(isSigned(key.publicKey, signature, 'card', parts)).toBe(true);
  });

  it('under one label, or over other parts, is none', async () => {
    const signature = await signParts(key, 'card', parts);
    expect(isSigned(key.publicKey, signature, 'device proof', parts)).toBe(false);
    expect(isSigned(key.publicKey, signature, 'card', [utf8('onet'), utf8('wo')])).toBe(false);
    expect(isSigned(key.publicKey, signature, 'card', [utf8('one')])).toBe(false);
    expect(isSigned(key.publicKey, signature.slice(1), 'card', parts)).toBe(false);
    expect(isSigned(key.publicKey.slice(1), signature, 'card', parts)).toBe(false);
  });

  it('whose S is not below the order is none, though it is the same number', async () => {
    const signature = await signParts(key, 'card', parts);
    const s = numberOf(signature.subarray(32));
    const other = concat(signature.subarray(0, 32), littleEndian(s + ORDER));
    expect(isSigned(key.publicKey, other, 'card', parts)).toBe(false);
  });

  it.each(SMALL_ORDER.map((bytes) => [Buffer.from(bytes).toString('hex'), bytes] as const))(
    'of a key of small order is none, whatever it says: %s',
    (_hex, weak) => {
      // R of the same kind and S = 0 satisfies a verifier that only looks at the equation.
      const signature = concat(SMALL_ORDER[0]!, new Uint8Array(32));
      const message = concat(
        utf8('p2p-copy/3 card\0'),
        Uint8Array.of(3),
        utf8('one'),
        Uint8Array.of(3),
        utf8('two'),
      );
      expect(ed25519.verify(signature, message, weak, { zip215: true })).toBe(true);
      expect(isSigned(weak, signature, 'card', parts)).toBe(false);
      expect(isPublicKey(weak)).toBe(false);
    },
  );

  it('is taken of a key in the subgroup only', () => {
    const torsion = ed25519.Point.fromBytes(SMALL_ORDER[4]!);
    const mixed = ed25519.Point.fromBytes(key.publicKey).add(torsion).toBytes();
    expect(isPublicKey(key.publicKey)).toBe(true);
    expect(isPublicKey(mixed)).toBe(false);
    expect(isPublicKey(new Uint8Array(32).fill(255))).toBe(false);
  });
});

describe('an agreement', () => {
  const LOW_ORDER = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    '0000000000000000000000000000000000000000000000000000000000000080',
  ];

  it.each(LOW_ORDER)('with a key that makes it zeros is refused: %s', (hex) => {
    expect(() => new AgreementKey().agree(bytesOfHex(hex)!)).toThrow(
      expect.objectContaining({ code: 'authentication-failed' }),
    );
  });

  it('is the one of RFC 7748, section 6.1', () => {
    const hex = (text: string) => bytesOfHex(text)!;
    const alice = new AgreementKey(hex('77076d0a7318a57d3c16c17251b26645c6c2f93f5b0d1ba9f0e0e7b2a8f7e7aa'));
    const bob = new AgreementKey(hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'));
    expect(Buffer.from(bob.publicKey).toString('hex')).toBe(
      'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    );
    expect(alice.agree(bob.publicKey)).toEqual(bob.agree(alice.publicKey));
  });

  it('is over once its key is destroyed', () => {
    const own = new AgreementKey();
    own.destroy();
    expect(() => own.agree(new AgreementKey().publicKey)).toThrow('destroyed');
  });
});

describe('a name', () => {
  it.each(['Phone', 'Küche', '客厅', 'a b', 'x'.repeat(64), '❤️', 'नमस्ते', 'หนี้', 'Nguyễn'])(
    'may be %s',
    (name) => {
      expect(isDeviceName(name)).toBe(true);
      expect(parseDeviceName(utf8(name))).toBe(name);
    },
  );

  it.each([
    '',
    ' a',
    'a ',
    'x'.repeat(65),
    'ü'.repeat(33),
    'a\u0000',
    'a\u202eb',
    'a\u200bb',
    'u\u0308',
    '\u001b[2J',
    // Seen by nobody, so that two names look alike.
    'a\u034fb',
    'a\u115fb',
    'a\u17b4b',
    'a\u180bb',
    'a\ufe00b',
    'a\ufe0f',
    'a\uffa0b',
    '\u2800',
    'a\u{e0100}b',
    'a\u{1d173}b',
    'a\u{1bca0}b',
    'a\ue000b',
    'a\ufffeb',
    'a\u{10ffff}b',
    // More marks on one letter than any language has: they cover the lines above and below.
    `a${'\u0352'.repeat(5)}`,
  ])('may not be %j', (name) => {
    expect(isDeviceName(name)).toBe(false);
    expect(parseDeviceName(utf8(name))).toBe(null);
  });

  it('that is not UTF-8 is none', () => {
    expect(isDeviceName('\ud800')).toBe(false);
    expect(parseDeviceName(Uint8Array.of(0xc3))).toBe(null);
  });
});

it('a box opens only with its key, counter and data', async () => {
  const boxKey = new Uint8Array(32).fill(1);
  const sealed = await sealBox(boxKey, 5, utf8('content'), utf8('data'));
  expect(await openBox(boxKey, 5, sealed, utf8('data'))).toEqual(utf8('content'));
  expect(await openBox(boxKey, 6, sealed, utf8('data'))).toBe(null);
  expect(await openBox(boxKey, 5, sealed)).toBe(null);
  expect(await openBox(new Uint8Array(32), 5, sealed, utf8('data'))).toBe(null);
  expect(await openBox(boxKey, 5, sealed.slice(0, 3), utf8('data'))).toBe(null);
});
