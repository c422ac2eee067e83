// The body of a `reach` record: what an end says of where it can be dialled, and what it may not say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import { MAX_CONTROL_BYTES, MAX_REACH_ADDRESSES } from '../../src/wire/limits.ts';
import { encodeReach, parseReach } from '../../src/wire/reach-record.ts';

const NONCE = Buffer.alloc(16, 7).toString('base64url');
const ADDRESS = { host: '10.0.0.1', port: 5000 };
const bodyOf = (fields: object) => Uint8Array.from(Buffer.from(JSON.stringify(fields)));
const parse = (fields: object) =>
  parseReach(bodyOf({ nonce: NONCE, addresses: [ADDRESS], only: false, ...fields }));
const hostRefused = (host: unknown) => {
  for (const field of ['addresses', 'quic'])
    expect(() => parse({ [field]: [{ host, port: 5000 }] }), String(host)).toThrow(TransferError);
};

it('what is encoded is parsed, whatever the addresses', () => {
  const hosts = fc.oneof(fc.ipV4(), fc.ipV6());
  const address = fc.record({ host: hosts, port: fc.integer({ min: 1024, max: 65_535 }) });
  const reach = fc.record(
    {
      nonce: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Uint8Array.from(bytes)),
      addresses: fc.array(address, { maxLength: MAX_REACH_ADDRESSES }),
      quic: fc.array(address, { maxLength: MAX_REACH_ADDRESSES }),
      only: fc.boolean(),
    },
    { requiredKeys: ['nonce', 'addresses', 'only'] },
  );
  fc.assert(
    fc.property(reach, (each) => {
      const parsed = parseReach(encodeReach(each));
      expect(JSON.stringify(parsed)).toBe(JSON.stringify(each));
    }),
  );
});

it('whatever else comes is refused as a violation, or has the shape that it must', () => {
  const json = fc.json().map((text) => Uint8Array.from(Buffer.from(text)));
  const near = fc
    .record(
      {
        nonce: fc.oneof(fc.constant(NONCE), fc.string()),
        addresses: fc.oneof(fc.constant([]), fc.jsonValue()),
        quic: fc.jsonValue(),
        only: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map(bodyOf);
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), json, near), (body) => {
      try {
        const { nonce, addresses, quic = [], only } = parseReach(Uint8Array.from(body));
        expect([nonce.length, typeof only]).toEqual([16, 'boolean']);
        for (const { host, port } of [...addresses, ...quic])
          expect([typeof host, Number.isInteger(port)]).toEqual(['string', true]);
      } catch (error) {
        if (!(error instanceof TransferError)) throw error;
        expect(error.code).toBe('protocol-violation');
      }
    }),
  );
});

describe('a reach record is refused', () => {
  it.each([MAX_REACH_ADDRESSES + 1, 10_000])('with %i addresses', (count) => {
    expect(() => parse({ addresses: Array(count).fill(ADDRESS) })).toThrow(TransferError);
    expect(parse({ addresses: Array(MAX_REACH_ADDRESSES).fill(ADDRESS) }).addresses).toHaveLength(16);
    expect(() => parse({ quic: Array(count).fill(ADDRESS) })).toThrow(TransferError);
    expect(parse({ quic: Array(MAX_REACH_ADDRESSES).fill(ADDRESS) }).quic).toHaveLength(16);
  });

  it('of more than 256 KiB, before it is parsed', () => {
    const filler = 'x'.repeat(MAX_CONTROL_BYTES);
    expect(() => parse({ filler })).toThrow(TransferError);
    expect(parse({ filler: filler.slice(1_000) }).addresses).toEqual([ADDRESS]);
  });

  it.each([
    'example.org',
    'localhost',
    'dead.beef',
    'face',
    'a.b.c.d',
    'fe80::1%eth0',
    'fe80::1%25eth0',
    '[::1]',
    '10.0.0.1:80',
    '10.0.0',
    '10',
    '0x7f.0.0.1',
    '0x7f000001',
    '2130706433',
    '1.2.3.4.5',
    '',
    ' 10.0.0.1',
    '10.0.0.1\n',
    '10.0.0.1/24',
    '１0.0.0.1',
    '::1/128',
    `${'1:'.repeat(40)}1`,
    null,
    5,
    {},
    ['10.0.0.1'],
  ])('with the host %j', hostRefused);

  it.each([
    '10.0.0.1',
    '2001:db8::1',
    '::',
    '::ffff:10.0.0.1',
    '2001:DB8:0:0:0:0:0:1',
    'ABCD:EF01:2345:6789:ABCD:EF01:192.168.158.190',
  ])('but not with %s: whether it is dialled is the device’s matter', (host) => {
    expect(parse({ addresses: [{ host, port: 1024 }] }).addresses[0]!.host).toBe(host);
  });

  it.each([0, 1, 22, 80, 443, 1_023, 65_536, -1, 1_024.5, 1e9, '5000', null])('with the port %j', (port) => {
    expect(() => parse({ addresses: [{ host: '10.0.0.1', port }] })).toThrow(TransferError);
  });

  it.each([
    ['a nonce of 15 bytes', { nonce: Buffer.alloc(15).toString('base64url') }],
    ['a nonce of 17 bytes', { nonce: Buffer.alloc(17).toString('base64url') }],
    ['a nonce that isn’t base64url', { nonce: '+'.repeat(22) }],
    ['no nonce', { nonce: undefined }],
    ['addresses that are no list', { addresses: { length: 1, 0: ADDRESS } }],
    ['no addresses', { addresses: undefined }],
    ['an address that is none', { addresses: ['10.0.0.1'] }],
    ['null for an address', { addresses: [null] }],
  ])('with %s', (_name, fields) => {
    expect(() => parse(fields)).toThrow(TransferError);
  });

  it('but not for a field that a later version adds, or `only` that is absent', () => {
    expect(parse({ later: [1], only: undefined })).toMatchObject({ only: false, addresses: [ADDRESS] });
  });
});
