// The Origin check of a whole relay: whom it believes, what its operator reads, what a page may ask.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RefusedOrigins } from '../../src/http/refused-origins.ts';
import { clientOf, relayWith } from '../running-relays.ts';

const PAGE = 'https://copy.example.org';
const FORWARDED = [
  { 'x-forwarded-host': 'copy.example.org' },
  { forwarded: 'for=192.0.2.1;host=copy.example.org;proto=https' },
];

describe.each(['/ws', '/'])('a WebSocket at %s', (path) => {
  it.each(FORWARDED)('is given to the page that a trusted proxy names: %o', async (headers) => {
    const relay = await relayWith({ trustProxy: ['127.0.0.1'] });
    await clientOf(relay, path, { headers, origin: PAGE });
    await expect(clientOf(relay, path, { headers, origin: 'https://evil.example' })).rejects.toThrow('403');
  });

  it.each(FORWARDED)('isn’t given to a page that a stranger names: %o', async (headers) => {
    const relay = await relayWith({ trustProxy: ['192.0.2.7'] });
    await expect(clientOf(relay, path, { headers, origin: PAGE })).rejects.toThrow('403');
  });
});

describe('a page', () => {
  it.each([
    ['its own', (url: string) => url, true],
    ['an allowed one', () => 'https://friend.example', true],
    ['another', () => PAGE, false],
    ['none', () => '', false],
  ])('may ask whether an origin may connect: %s', async (_name, originAt, allowed) => {
    const relay = await relayWith({ allowedOrigins: ['https://friend.example'] });
    const query = encodeURIComponent(originAt(relay.url));
    const answer = await fetch(`${relay.url}/origin-check?origin=${query}`);
    expect([await answer.json(), answer.headers.get('cache-control')]).toEqual([{ allowed }, 'no-store']);
  });

  it('of another site can’t read the answer', async () => {
    const relay = await relayWith();
    const answer = await fetch(`${relay.url}/origin-check?origin=${PAGE}`, { headers: { origin: PAGE } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});

describe('what the operator reads', () => {
  const lines: { message: string; origin: string; asked: string }[] = [];
  afterEach(() => {
    lines.length = 0;
  });
  const refusals = () => {
    const warn = (fields: object, message: string) =>
      lines.push({ ...(fields as { origin: string; asked: string }), message });
    return new RefusedOrigins({ warn });
  };
  const asked = { hosts: ['127.0.0.1:8765'], isHttps: false };

  it('is each origin once, with what to set', () => {
    const refused = refusals();
    for (let i = 0; i < 3; i++) refused.tell(PAGE, asked, { host: '127.0.0.1:8765' });
    refused.tell('https://b.example', asked, { 'x-forwarded-host': 'b.example' });
    expect(lines).toEqual([
      {
        origin: PAGE,
        asked: '127.0.0.1:8765',
        message: expect.stringMatching(/Host unchanged.*allowedOrigins/),
      },
      {
        origin: 'https://b.example',
        asked: '127.0.0.1:8765',
        message: expect.stringMatching(/isn’t trusted: set trustProxy/),
      },
    ]);
  });

  it('is 16 origins and no more, of bounded length, however many come', () => {
    const refused = refusals();
    for (let i = 0; i < 1_000; i++) refused.tell(`https://${i}.example/${'x'.repeat(9_999)}`, asked, {});
    expect(lines.length).toBe(16);
    expect(Math.max(...lines.map(({ origin }) => origin.length))).toBe(300);
  });

  it('stands in the log of a running relay', async () => {
    const written: string[] = [];
    const spy = vi
      .spyOn(process.stderr, 'write')
      .mockImplementation((chunk) => written.push(String(chunk)) > 0);
    try {
      const relay = await relayWith({ logLevel: 'warn' });
      for (let i = 0; i < 2; i++) {
        await expect(clientOf(relay, '/ws', { origin: `${PAGE}\\"` })).rejects.toThrow('403');
      }
    } finally {
      spy.mockRestore();
    }
    const told = written
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject([
      { level: 40, origin: `${PAGE}\\"`, msg: expect.stringContaining('allowedOrigins') },
    ]);
  });
});
