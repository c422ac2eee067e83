// The `rtc` member of a `reach` record: what the other end says of its WebRTC, and what it may not say.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import { MAX_RTC_CANDIDATES } from '../../src/wire/limits.ts';
import { encodeReach, parseReach } from '../../src/wire/reach-record.ts';
import { parseRtcDescription } from '../../src/wire/rtc-description.ts';

const HIDDEN = '7f1e9c2a-0b3d-4c5e-8f6a-112233445566.local';
const CANDIDATE = { host: '10.0.0.1', port: 5000, type: 'host' };
const FIELDS = {
  ufrag: 'abcd',
  password: 'p'.repeat(22),
  fingerprint: Buffer.alloc(32, 9).toString('base64url'),
  candidates: [CANDIDATE],
};
const parse = (fields: object) => parseRtcDescription({ ...FIELDS, ...fields });
const refused = (fields: object) =>
  expect(() => parse(fields), JSON.stringify(fields)).toThrow(TransferError);

it('what is encoded is parsed, with every part', () => {
  const iceText = (minLength: number) =>
    fc.stringMatching(/^[A-Za-z0-9+/]+$/, { maxLength: 256 }).map((text) => text.padEnd(minLength, '+'));
  const candidate = fc.record({
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant(HIDDEN)),
    port: fc.integer({ min: 1024, max: 65_535 }),
    type: fc.constantFrom('host' as const, 'srflx' as const),
  });
  const description = fc.record({
    ufrag: iceText(4),
    password: iceText(22),
    fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Uint8Array.from(bytes)),
    candidates: fc.array(candidate, { maxLength: MAX_RTC_CANDIDATES }),
  });
  fc.assert(
    fc.property(description, (rtc) => {
      const reach = { nonce: new Uint8Array(16), addresses: [], only: false, rtc };
      expect(JSON.stringify(parseReach(encodeReach(reach)).rtc)).toBe(JSON.stringify(rtc));
    }),
  );
});

it('a reach without it says nothing of WebRTC', () => {
  const reach = { nonce: new Uint8Array(16), addresses: [], only: false };
  expect(parseReach(encodeReach(reach))).not.toHaveProperty('rtc');
});

describe('a description is refused', () => {
  it.each([MAX_RTC_CANDIDATES + 1, 10_000])('with %i candidates', (count) => {
    refused({ candidates: Array(count).fill(CANDIDATE) });
    expect(parse({ candidates: Array(MAX_RTC_CANDIDATES).fill(CANDIDATE) }).candidates).toHaveLength(8);
  });

  it.each([
    ['ufrag', 'abc'],
    ['ufrag', 'a'.repeat(257)],
    ['ufrag', 'a'.repeat(200_000)],
    ['ufrag', 'abcd\r\na=candidate:1 1 UDP 1 192.0.2.1 5000 typ host'],
    ['ufrag', 'abcd\n'],
    ['ufrag', 'ab cd'],
    ['ufrag', 4],
    ['password', 'p'.repeat(21)],
    ['password', 'p'.repeat(257)],
    ['password', `${'p'.repeat(22)}\r\na=setup:passive`],
    ['password', null],
    ['fingerprint', Buffer.alloc(31).toString('base64url')],
    ['fingerprint', Buffer.alloc(33).toString('base64url')],
    ['fingerprint', 'AB:CD'],
    ['candidates', { length: 1, 0: CANDIDATE }],
    ['candidates', undefined],
  ])('whose %s is %j', (name, value) => refused({ [name]: value }));

  it.each([
    'example.local',
    'printer.local',
    'example.org',
    `${HIDDEN}.`,
    `${HIDDEN}.example.org`,
    HIDDEN.replace('7f1e', '7f1eee'),
    `${HIDDEN} 5000 typ host\r\na=x:`,
    '10.0.0.1\r\n',
    '0x7f.0.0.1',
    'fe80::1%eth0',
    '',
    5,
    null,
  ])('with a candidate at %j', (host) => {
    refused({ candidates: [{ ...CANDIDATE, host }] });
  });

  it.each([0, 22, 1_023, 65_536, '5000'])('with a candidate of port %j', (port) => {
    refused({ candidates: [{ ...CANDIDATE, port }] });
  });

  it.each(['relay', 'prflx', 'host generation 0', null])('with a candidate of type %j', (type) => {
    refused({ candidates: [{ ...CANDIDATE, type }] });
  });

  it.each([null, [], 'v=0', 5])('that is %j', (rtc) => {
    expect(() => parseRtcDescription(rtc)).toThrow(TransferError);
  });
});
