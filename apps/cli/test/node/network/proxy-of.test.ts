// Which proxy the environment names for an address, and which addresses NO_PROXY exempts.
import { describe, expect, it } from 'vitest';
import { isExempt } from '../../../src/node/network/proxy/no-proxy.ts';
import { proxyOf, shownProxy } from '../../../src/node/network/proxy/proxy-of.ts';

function chosen(url: string, environment: Record<string, string>): string | null {
  const proxy = proxyOf(new URL(url), environment);
  return proxy === null ? null : shownProxy(proxy);
}

describe('the proxy for an address', () => {
  it.each([
    ['wss://h/ws', { HTTPS_PROXY: 'http://p:3128' }, '“http://p:3128” (HTTPS_PROXY)'],
    ['https://h/', { https_proxy: 'http://p:3128' }, '“http://p:3128” (https_proxy)'],
    ['ws://h/ws', { HTTP_PROXY: 'http://p:3128' }, '“http://p:3128” (HTTP_PROXY)'],
    ['ws://h/ws', { HTTPS_PROXY: 'http://p:3128' }, null],
    ['wss://h/ws', { HTTP_PROXY: 'http://p:3128' }, null],
    ['wss://h/ws', { ALL_PROXY: 'socks5://p' }, '“socks5://p:1080” (ALL_PROXY)'],
    ['wss://h/ws', { all_proxy: 'socks5h://p:9050', HTTPS_PROXY: 'q:8' }, '“http://q:8” (HTTPS_PROXY)'],
    ['wss://h/ws', { https_proxy: 'one:1', HTTPS_PROXY: 'two:2' }, '“http://one:1” (https_proxy)'],
    ['wss://h/ws', { https_proxy: ' ', HTTPS_PROXY: 'two:2' }, '“http://two:2” (HTTPS_PROXY)'],
    ['wss://h/ws', { HTTPS_PROXY: '' }, null],
    ['wss://h/ws', { HTTPS_PROXY: 'https://p' }, '“https://p:443” (HTTPS_PROXY)'],
    ['wss://h/ws', { HTTPS_PROXY: 'https://p:80/' }, '“https://p:80” (HTTPS_PROXY)'],
    ['wss://h/ws', { HTTPS_PROXY: 'HTTP://[::1]:3128' }, '“http://[::1]:3128” (HTTPS_PROXY)'],
    ['wss://h/ws', { HTTPS_PROXY: 'socks://p' }, '“socks5h://p:1080” (HTTPS_PROXY)'],
    // A program that a web server runs has the headers of whoever asks in its environment.
    ['ws://h/ws', { HTTP_PROXY: 'http://p:3128', REQUEST_METHOD: 'GET' }, null],
  ])('%s with %o is %s', (url, environment, expected) => {
    expect(chosen(url, environment)).toBe(expected);
  });

  it.each([
    ['http://ann:p%40ss%3A%23@p:1', 'ann', 'p@ss:#'],
    ['ann:100%@p:1', 'ann', '100%'],
    ['socks5h://ann@p:1', 'ann', ''],
    ['http://p:1', '', ''],
  ])('%s has user name %j and password %j', (value, username, password) => {
    expect(proxyOf(new URL('wss://h'), { HTTPS_PROXY: value })).toMatchObject({
      username,
      password,
      host: 'p',
    });
  });

  it.each([
    'http://ann:se/cret@p:1',
    'ann:12/cret@p:1',
    'http://ann:se#cret@p:1',
    'http://',
    'ftp://ann:cret@p',
    'p:99999',
  ])('%s is no proxy, and nothing of it is shown', (value) => {
    const choose = () => chosen('wss://h/ws', { HTTPS_PROXY: value });
    expect(choose).toThrow(/HTTPS_PROXY/);
    expect(choose).not.toThrow(/cret|ann|:12/);
  });
});

/** By curl’s rules; ports, `*.` and brackets are what other programs understand besides. */
const EXEMPTIONS: [list: string, host: string, port: number, exempt: boolean][] = [
  ['', 'h.example', 443, false],
  ['*', 'h.example', 443, true],
  ['*', '10.1.2.3', 443, true],
  ['h.example', 'h.example', 443, true],
  ['H.Example', 'h.eXample', 443, true],
  ['example', 'h.example', 443, true],
  ['h.example', 'a.b.h.example', 443, true],
  ['h.example', 'noth.example', 443, false],
  ['a.h.example', 'h.example', 443, false],
  ['.h.example', 'a.h.example', 443, true],
  ['.h.example', 'h.example', 443, true],
  ['*.h.example', 'a.h.example', 443, true],
  ['h.example.', 'h.example', 443, true],
  ['h.example', 'h.example.', 443, true],
  ['other, h.example', 'h.example', 443, true],
  ['other h.example', 'h.example', 443, true],
  [' h.example ,', 'h.example', 443, true],
  ['.', 'h.example', 443, false],
  ['localhost', 'localhost', 443, true],
  ['localhost', '127.0.0.1', 443, false],
  ['127.0.0.1', 'localhost', 443, false],
  ['127.0.0.1', '127.0.0.1', 443, true],
  ['0.0.1', '127.0.0.1', 443, false],
  ['.0.0.1', '127.0.0.1', 443, false],
  ['10.0.0.0/8', '10.1.2.3', 443, true],
  ['10.0.0.0/8', '11.1.2.3', 443, false],
  ['192.168.1.128/25', '192.168.1.127', 443, false],
  ['192.168.1.128/25', '192.168.1.129', 443, true],
  ['10.1.2.3/32', '10.1.2.3', 443, true],
  ['10.1.2.3/33', '10.1.2.3', 443, false],
  ['10.1.2.3/x', '10.1.2.3', 443, false],
  ['10.0.0.0/8', 'h.example', 443, false],
  ['::1', '::1', 443, true],
  ['[::1]', '::1', 443, true],
  ['0:0::1', '::1', 443, true],
  ['fd00::/8', 'fd12::5', 443, true],
  ['fd00::/8', 'fe80::5', 443, false],
  ['fd00::/8', '10.1.2.3', 443, false],
  ['h.example:8443', 'h.example', 8443, true],
  ['h.example:8443', 'h.example', 443, false],
  ['10.1.2.3:8443', '10.1.2.3', 8443, true],
  ['10.1.2.3:8443', '10.1.2.3', 443, false],
  ['[::1]:8443', '::1', 8443, true],
  ['[::1]:8443', '::1', 443, false],
];

describe('NO_PROXY', () => {
  it.each(EXEMPTIONS)('%j for %s, port %i: %s', (list, host, port, exempt) => {
    expect(isExempt(list, host, port)).toBe(exempt);
  });

  it.each(['NO_PROXY', 'no_proxy'])('as %s leaves a relay to be reached directly', (name) => {
    const environment = { HTTPS_PROXY: 'http://p:1', [name]: 'h.example,[::1]' };
    expect(chosen('wss://h.example/ws', environment)).toBeNull();
    expect(chosen('wss://[::1]:8443/ws', environment)).toBeNull();
    expect(chosen('wss://g.example/ws', environment)).not.toBeNull();
  });

  it('doesn’t exempt this machine by itself', () => {
    const environment = { http_proxy: 'http://p:1' };
    for (const url of ['http://localhost:8765', 'http://127.0.0.1', 'http://[::1]'])
      expect(chosen(url, environment)).not.toBeNull();
  });
});
