// The text messages of the relay protocol: what comes back, what is refused, and what is passed by.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeHash } from '../../src/crypto/route-hash.ts';
import { NO_PROOF } from '../../src/relay-protocol/access-token.ts';
import { commonFeatures } from '../../src/relay-protocol/features.ts';
import { CLOSE_CODES, relayReplies } from '../../src/relay-protocol/index.ts';
import {
  encodeFirstMessage,
  type FirstMessage,
  parseFirstMessage,
  parseRelayMessage,
} from '../../src/relay-protocol/messages.ts';

const TOKEN = 'a'.repeat(22);
const nameplate = fc.integer({ min: 1, max: 999_999_999 }).map(String);
const opaque = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((key) => Buffer.from(key).toString('base64url'));
const features = fc.uniqueArray(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,31}$/), { maxLength: 32 });

const first: fc.Arbitrary<FirstMessage> = fc.oneof(
  fc.record({
    type: fc.constant('allocate' as const),
    nameplate,
    isDrawn: fc.boolean(),
    token: fc.option(fc.constant(TOKEN), { nil: null }),
  }),
  fc.constant({ type: 'allocate' as const, nameplate: null, isDrawn: false, token: null }),
  fc.record({
    type: fc.constant('hello' as const),
    role: fc.constantFrom('sender' as const, 'receiver' as const),
    key: fc.oneof(nameplate, opaque),
    token: fc.option(fc.constant(TOKEN), { nil: null }),
  }),
);

describe('first messages', () => {
  it('come back as they were, with version and features', () => {
    fc.assert(
      fc.property(first, features, (message, own) => {
        const parsed = parseFirstMessage(encodeFirstMessage(message, own));
        expect(parsed).toEqual({ ...message, version: 3, features: own, proof: NO_PROOF });
      }),
    );
  });

  it('carry a token and a pass, which are text and short, or no first message', () => {
    const hello: FirstMessage = { type: 'hello', role: 'sender', key: '7', token: null };
    const proof = { accessToken: 'x'.repeat(256), pass: 'y' };
    expect(parseFirstMessage(encodeFirstMessage(hello, [], proof))).toMatchObject({ proof });
    for (const wrong of [{ accessToken: 7 }, { pass: {} }, { accessToken: 'x'.repeat(257) }]) {
      const text = JSON.stringify({ ...hello, version: 3, ...{ token: undefined }, ...wrong });
      expect(parseFirstMessage(text)).toEqual({ refused: 'bad-hello', version: 3 });
    }
  });

  it('are the same in version 2, with fields that it doesn’t know', () => {
    const text = JSON.stringify({
      type: 'allocate',
      version: 2,
      nameplate: '47',
      drawn: true,
      later: { x: 1 },
    });
    expect(parseFirstMessage(text)).toMatchObject({
      version: 2,
      nameplate: '47',
      isDrawn: false,
      features: [],
    });
  });

  it.each([1, 4, 2.5, -3, 1e300])('of version %d are told apart from broken ones', (version) => {
    const text = JSON.stringify({ type: 'hello', version });
    expect(parseFirstMessage(text)).toEqual({ refused: 'wrong-version', version });
  });
});

describe('what the relay says', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(nameplate, features, (number, common) => {
        const replies = relayReplies(3, common);
        expect(parseRelayMessage(replies.allocated(number, TOKEN))).toEqual({
          ...{ type: 'allocated', nameplate: number, token: TOKEN, features: common },
        });
        expect(parseRelayMessage(replies.ready())).toEqual({
          ...{ type: 'ready', features: common, pass: null, stunPort: null },
        });
        expect(parseRelayMessage(replies.ready('p', 3478))).toEqual({
          ...{ type: 'ready', features: common, pass: 'p', stunPort: 3478 },
        });
      }),
    );
    for (const code of Object.keys(CLOSE_CODES)) {
      const text = relayReplies(9, []).error(code, { retryAfterMs: 5, digits: 3 })!;
      expect(parseRelayMessage(text)).toEqual({ type: 'error', code, retryAfterMs: 5, digits: 3 });
    }
  });

  it('is what it was to version 2, and to those whose version isn’t known', () => {
    for (const version of [2, null]) {
      const replies = relayReplies(version, ['direct']);
      expect(replies.allocated('47', TOKEN)).toBe(`{"type":"allocated","nameplate":"47","token":"${TOKEN}"}`);
      expect([replies.ready(), replies.error('relay-full', {})]).toEqual(['{"type":"ready"}', null]);
      expect(replies.ready('p', 3478)).toBe('{"type":"ready"}');
    }
  });

  it.each([
    ['none', undefined, null],
    ['the lowest', 1024, 1024],
    ['the highest', 65_535, 65_535],
    ['one of a service of the system', 1023, null],
    ['one beyond all', 65_536, null],
    ['half a one', 3478.5, null],
    ['a text', '3478', null],
    ['a host with it', 'elsewhere.example:3478', null],
  ])('names %s as the port of a STUN server, and is ready all the same', (_what, told, stunPort) => {
    const text = JSON.stringify({ type: 'ready', stunPort: told });
    expect(parseRelayMessage(text)).toEqual({ type: 'ready', features: [], pass: null, stunPort });
  });

  it.each([
    ['an unknown code', { code: 'moved-house' }],
    ['a code that every object has', { code: 'constructor' }],
    ['a pause below nothing', { retryAfterMs: -1 }],
    ['a pause of days', { retryAfterMs: 3_600_001 }],
    ['a pause that is no number', { retryAfterMs: '5', digits: [3] }],
    ['digits that no nameplate has', { digits: 10 }],
    ['half a digit', { digits: 2.5 }],
    ['fields that are new', { where: 'wss://elsewhere', digits: 0 }],
  ])('is an error with %s, of which nothing else counts', (_what, fields) => {
    const message = parseRelayMessage(
      JSON.stringify({ type: 'error', code: 'rate-limited', message: 7, ...fields }),
    );
    const code = 'code' in fields ? null : 'rate-limited';
    expect(message).toEqual({ type: 'error', code, retryAfterMs: null, digits: null });
  });

  it.each([
    '{"type":"error"}',
    '{"type":"error","code":4429}',
    '{"type":"redirect"}',
    '{"type":"redirect","url":7}',
  ])('is not %s', (text) => expect(parseRelayMessage(text)).toBeNull());
});

describe('common features', () => {
  it('are those of both, each once, in the order of one’s own', () => {
    expect(commonFeatures(['b', 'a', 'c', 'a'], ['x', 'a', 'b', 'a', 'y'])).toEqual(['b', 'a']);
    expect(commonFeatures([], ['a'])).toEqual([]);
  });
});

describe('the routing hash', () => {
  // printf 'p2p-copy/3 route\0007' | sha256sum, and so on.
  it.each([
    ['7', 'f787'],
    ['47', 'c412'],
  ])('of %s is %s', (key, hash) => {
    expect(routeHash(key)).toBe(hash);
  });

  it('is the beginning of a SHA-256, whatever the key', () => {
    fc.assert(
      fc.property(fc.oneof(nameplate, opaque), (key) => {
        const digest = createHash('sha256').update(`p2p-copy/3 route\0${key}`).digest('hex');
        expect(routeHash(key)).toBe(digest.slice(0, 4));
      }),
    );
  });
});
