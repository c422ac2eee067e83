// Which host a client asked for, as trusted proxies and strangers tell it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { askedHost, isOwnOrigin } from '../../src/asked/asked-host.ts';
import { forwardedElements } from '../../src/asked/forwarded.ts';

const UPSTREAM = '127.0.0.1:8765';
const PAGE = 'https://copy.example.org';
const PAGE_ON_8443 = 'https://copy.example.org:8443';

const cases: [name: string, headers: Record<string, string>, hops: number, origin: string, isOwn: boolean][] =
  [
    ['the host alone', { host: 'copy.example.org' }, 1, PAGE, true],
    ['no host that the page has', {}, 1, PAGE, false],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'copy.example.org' }, 1, PAGE, true],
    ['its port', { 'x-forwarded-host': 'copy.example.org:8443' }, 1, PAGE_ON_8443, true],
    ['another port', { 'x-forwarded-host': 'copy.example.org:8444' }, 1, PAGE_ON_8443, false],
    ['capitals', { 'x-forwarded-host': 'COPY.example.ORG:443' }, 1, PAGE, true],
    ['an IPv6 address', { 'x-forwarded-host': '[2001:db8::1]:8443' }, 1, 'https://[2001:db8::1]:8443', true],
    [
      'a port apart',
      { 'x-forwarded-host': 'copy.example.org', 'x-forwarded-port': '8443' },
      1,
      PAGE_ON_8443,
      true,
    ],
    [
      'a port apart from Host',
      { host: 'copy.example.org', 'x-forwarded-port': '8443' },
      1,
      PAGE_ON_8443,
      true,
    ],
    ['a port of IPv6 apart', { host: '[::1]', 'x-forwarded-port': '8443' }, 1, 'https://[::1]:8443', true],
    [
      'a port inside that isn’t the outer one',
      { host: 'copy.example.org', 'x-forwarded-port': '8080' },
      1,
      PAGE,
      true,
    ],
    [
      'a port that is none',
      { host: 'copy.example.org', 'x-forwarded-port': '8443@x' },
      1,
      PAGE_ON_8443,
      false,
    ],
    [
      'Forwarded',
      { forwarded: 'for=192.0.2.1;host="copy.example.org:8443";proto=https' },
      1,
      PAGE_ON_8443,
      true,
    ],
    ['Forwarded, not quoted, in capitals', { forwarded: 'For=[::1];Host=copy.example.org' }, 1, PAGE, true],
    [
      'Forwarded without a host',
      { forwarded: 'for=192.0.2.1', 'x-forwarded-host': 'copy.example.org' },
      1,
      PAGE,
      true,
    ],
    ['Forwarded that is none', { forwarded: '"=,', 'x-forwarded-host': 'copy.example.org' }, 1, PAGE, true],
    [
      'what a client wrote before its proxy',
      { 'x-forwarded-host': 'copy.example.org, other.example' },
      1,
      PAGE,
      false,
    ],
    ['an element of a client', { forwarded: 'host=copy.example.org, host=other.example' }, 1, PAGE, false],
    ['the outer of two proxies', { 'x-forwarded-host': 'copy.example.org, inner.example' }, 2, PAGE, true],
    ['the inner of two proxies that names none', { 'x-forwarded-host': 'copy.example.org' }, 2, PAGE, true],
    [
      'the upstream’s own address, beside the named one',
      { 'x-forwarded-host': 'copy.example.org' },
      1,
      `http://${UPSTREAM}`,
      false,
    ],
    [
      'a page by http of a host by https',
      { 'x-forwarded-host': 'copy.example.org', 'x-forwarded-proto': 'https' },
      1,
      'http://copy.example.org',
      false,
    ],
    [
      'the same where Traefik says wss',
      { host: 'copy.example.org', 'x-forwarded-proto': 'wss' },
      1,
      'http://copy.example.org',
      false,
    ],
    [
      'a page by https of an inner proxy’s http',
      { host: 'copy.example.org', 'x-forwarded-proto': 'http' },
      1,
      PAGE,
      true,
    ],
    ['a stranger’s X-Forwarded-Host', { 'x-forwarded-host': 'copy.example.org' }, 0, PAGE, false],
    ['a stranger’s Forwarded', { forwarded: 'host=copy.example.org' }, 0, PAGE, false],
    ['a stranger’s port', { host: 'copy.example.org', 'x-forwarded-port': '8443' }, 0, PAGE_ON_8443, false],
    [
      'a stranger’s scheme',
      { host: 'copy.example.org', 'x-forwarded-proto': 'https' },
      0,
      'http://copy.example.org',
      true,
    ],
  ];

describe('the host that a client asked for', () => {
  it.each(cases)('%s', (_name, headers, hops, origin, isOwn) => {
    expect(isOwnOrigin(origin, askedHost({ host: UPSTREAM, ...headers }, hops))).toBe(isOwn);
  });

  it('a stranger’s headers change nothing, whatever they are', () => {
    const header = fc.constantFrom('x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'forwarded');
    const value = fc.oneof(
      fc.constantFrom('copy.example.org', 'host=copy.example.org', 'https'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.dictionary(header, value), (headers) => {
        expect(askedHost({ ...headers, host: UPSTREAM }, 0)).toEqual(askedHost({ host: UPSTREAM }, 0));
      }),
    );
  });

  it('names no more than a few, however many a header lists', () => {
    const many = 'a.example,'.repeat(1_600);
    const asked = askedHost({ 'x-forwarded-host': many, 'x-forwarded-port': '1,'.repeat(8_000) }, 5_000);
    expect(asked.hosts.length).toBeLessThanOrEqual(8 * 9);
  });
});

describe('Forwarded', () => {
  it.each([
    ['', [{}]],
    ['host=a, host=b;proto=http', [{ host: 'a' }, { host: 'b', proto: 'http' }]],
    ['for="[2001:db8::1]:4711" ; proto=https', [{ proto: 'https' }]],
    ['host="a\\"b,c;d"', [{ host: 'a"b,c;d' }]],
    ['for=1.2.3.4;;host=a', [{ host: 'a' }]],
    ['host="a', []],
    ['host', []],
    ['host=a b', []],
    ['host="a"b', []],
  ])('%j', (header, elements) => {
    expect(forwardedElements(header)).toEqual(elements);
  });

  it('is read to its end or not at all, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'host=";,\\ :a') }), (header) => {
        expect(Array.isArray(forwardedElements(header))).toBe(true);
      }),
    );
  });

  it('takes no time for a header of open quotes', () => {
    expect(forwardedElements('a="'.repeat(5_461))).toEqual([]);
  });
});
