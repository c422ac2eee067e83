// STUN messages by the vectors of RFC 5769, and by any bytes at all.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerTo,
  MAX_NAMED_ATTRIBUTES,
  MAX_REQUEST_BYTES,
  readBindingRequest,
} from '../../src/stun/message.ts';
import { attribute, bindingRequest, mappedIn, messageOf, readAnswer } from './stun-client.ts';

/** RFC 5769 section 2.1: USERNAME, PRIORITY, ICE-CONTROLLED, SOFTWARE, MESSAGE-INTEGRITY, FINGERPRINT. */
const ICE_REQUEST = Buffer.from(
  '000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b1' +
    '51263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf',
  'hex',
);
/** Its transaction ID, and that of the answers of sections 2.2 and 2.3. */
const TRANSACTION = 'b7e7a701bc34d686fa87dfae';

function answered(datagram: Buffer, address = '192.0.2.1', port = 32_853): Buffer | null {
  const request = readBindingRequest(datagram);
  return request === null ? null : answerTo(request, address, port);
}

describe('the answer to a Binding request', () => {
  it.each([
    ['IPv4', '192.0.2.1', '0020' + '0008' + '0001a147e112a643'],
    [
      'IPv6',
      '2001:db8:1234:5678:11:2233:4455:6677',
      '0020' + '0014' + '0002a1470113a9faa5d3f179bc25f4b5bed2b9d9',
    ],
    ['IPv4 written as IPv6', '::ffff:192.0.2.1', '0020' + '0008' + '0001a147e112a643'],
    ['IPv4 behind a translator', '64:ff9b::c000:201', '0020' + '0008' + '0001a147e112a643'],
    ['IPv6 with a zone', 'fe80::1%eth0', null],
  ])('has the address of RFC 5769 for %s', (_family, address, mapped) => {
    const answer = answered(messageOf('0001', '', TRANSACTION), address)!;
    if (mapped === null) expect(mappedIn(readAnswer(answer))).toBe(`fe80${'0'.repeat(27)}1 32853`);
    else
      expect(answer.toString('hex')).toBe(
        `010100${(mapped.length / 2).toString(16).padStart(2, '0')}2112a442${TRANSACTION}${mapped}`,
      );
  });

  it('ignores what may be ignored, and names what may not', () => {
    const ignored =
      attribute('8022', 'abcdef') + attribute('0006', '61') + attribute('c057') + attribute('0020');
    expect(readAnswer(answered(bindingRequest(ignored))!).type).toBe('0101');
    // PRIORITY belongs to ICE.
    expect(readAnswer(answered(ICE_REQUEST)!)).toEqual({
      type: '0111',
      transaction: TRANSACTION,
      attributes: [
        { type: '0009', value: '00000414' },
        { type: '000a', value: '0024' },
      ],
    });
    // CHANGE-REQUEST of RFC 5780 would have the answer come from elsewhere.
    const change = readAnswer(answered(bindingRequest(attribute('0003', '00000006').repeat(3)))!);
    expect([change.type, change.attributes[1]]).toEqual(['0111', { type: '000a', value: '0003' }]);
    const many = Array.from({ length: 40 }, (_each, at) =>
      attribute((0x100 + at).toString(16).padStart(4, '0')),
    );
    const { attributes } = readAnswer(answered(bindingRequest(many.join('')))!);
    expect(attributes[1]!.value).toHaveLength(4 * MAX_NAMED_ATTRIBUTES);
  });
});

describe('no answer is given to', () => {
  const whole = bindingRequest(attribute('8022', 'abcdef00'));
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['half a header', whole.subarray(0, 19)],
    ['a header whose attributes are missing', whole.subarray(0, 20)],
    ['more than the header says', Buffer.concat([whole, Buffer.alloc(4)])],
    ['an attribute that is longer than the rest', bindingRequest('80220005abcdef00')],
    ['an attribute of 64 KiB', bindingRequest('8022ffffabcdef00')],
    ['a length that is no multiple of four', bindingRequest(`${attribute('8022')}80`)],
    ['one byte more than fits', bindingRequest(attribute('8022', '00'.repeat(MAX_REQUEST_BYTES - 20)))],
    ['a request of before RFC 5389', Buffer.from(`00010000${'00'.repeat(16)}`, 'hex')],
    ['an indication', messageOf('0011')],
    ['a success', messageOf('0101')],
    ['an error', messageOf('0111')],
    ['a request to allocate (TURN)', messageOf('0003')],
    ['a ClientHello of DTLS', Buffer.from(`16feff0000000000000000${'00'.repeat(60)}`, 'hex')],
  ])('%s', (_what, datagram) => {
    expect(readBindingRequest(datagram)).toBeNull();
  });

  it('an answer of its own', () => {
    for (const request of [bindingRequest(), ICE_REQUEST]) expect(answered(answered(request)!)).toBeNull();
  });
});

const hexDigits = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((found) => Buffer.from(found).toString('hex'));
const attributes = fc
  .array(fc.tuple(hexDigits(2), fc.nat(40).chain(hexDigits)), { maxLength: 30 })
  .map((list) => list.map(([type, value]) => attribute(type, value)).join(''));
const addresses = fc.oneof(fc.ipV4(), fc.ipV6());

it('an answer is longer than its request by an address at most, whatever the request', () => {
  fc.assert(
    fc.property(attributes, addresses, fc.integer({ min: 1, max: 65_535 }), (list, address, port) => {
      const datagram = bindingRequest(list);
      const answer = answered(datagram, address, port);
      if (answer === null) return expect(datagram.length).toBeGreaterThan(MAX_REQUEST_BYTES);
      const { type, transaction } = readAnswer(answer);
      expect(['0101', '0111']).toContain(type);
      expect(transaction).toBe(datagram.toString('hex', 8, 20));
      const spare = type === '0101' && address.includes(':') ? 24 : 12;
      expect(answer.length - datagram.length).toBeLessThanOrEqual(spare);
    }),
    { numRuns: 2_000 },
  );
});

it('any bytes are read without an error, and nothing but a request is taken', () => {
  const header = fc
    .constantFrom('000100002112a442', '000100082112a442', '0001fffc2112a442', '')
    .map((hex) => Buffer.from(hex, 'hex'));
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 600 }), (start, rest) => {
      const datagram = Buffer.concat([start, rest]);
      const request = readBindingRequest(datagram);
      if (request !== null) expect(datagram.toString('hex')).toMatch(/^0001....2112a442/);
    }),
    { numRuns: 5_000 },
  );
});
