// Which upgrade requests go on.
import { expect, it } from 'vitest';
import { askedHost } from '../../src/asked/asked-host.ts';
import { refuseUpgrade } from '../../src/http/upgrade-gate.ts';

const ALLOWED = ['https://friend.example'];

it.each([
  ['no origin: a command line', undefined, 'relay.example', null],
  ['its own page', 'https://relay.example', 'relay.example', null],
  ['its own page with a port', 'http://relay.example:8765', 'relay.example:8765', null],
  ['its own page, default port spelled out', 'https://relay.example', 'relay.example:443', null],
  ['its own page, the host in capitals', 'https://relay.example', 'RELAY.Example', null],
  ['an IPv6 page', 'http://[::1]:8765', '[::1]:8765', null],
  ['an IPv6 page, without a port', 'https://[2001:db8::1]', '[2001:DB8:0::1]', null],
  ['an allowed origin', 'https://friend.example', 'relay.example', null],
  ['another host', 'https://evil.example', 'relay.example', 403],
  ['another port', 'http://relay.example:8766', 'relay.example:8765', 403],
  ['a host that ends alike', 'https://notrelay.example', 'relay.example', 403],
  ['an allowed host by another scheme', 'http://friend.example', 'relay.example', 403],
  ['a sandboxed page', 'null', 'relay.example', 403],
  ['no host', 'https://relay.example', '', 403],
  ['garbage', 'https://', 'relay.example', 403],
  ['another scheme', 'ftp://relay.example', 'relay.example', 403],
  ['a host with a user', 'https://evil.example', 'relay.example@evil.example', 403],
  ['a host with a path', 'https://evil.example', 'evil.example/relay.example', 403],
  ['a host with a query', 'https://evil.example', 'evil.example?relay.example', 403],
  ['two hosts', 'https://evil.example', 'evil.example,relay.example', 403],
  ['a host with a port that is none', 'https://evil.example', 'evil.example:x', 403],
  ['a host of 16 KiB', 'https://evil.example', 'a'.repeat(16_384), 403],
])('%s', (_name, origin, host, statusCode) => {
  for (const path of ['/ws', '/']) {
    const refusal = refuseUpgrade({ path, origin, asked: askedHost({ host }, 0) }, ALLOWED);
    expect(refusal?.statusCode ?? null).toBe(statusCode);
  }
});

it.each(['', '//', '/ws/', '/WS', '/healthz', '/wss', '/index.html'])('no WebSocket at %s', (path) => {
  const asked = askedHost({ host: 'h' }, 0);
  expect(refuseUpgrade({ path, origin: undefined, asked }, [])).toMatchObject({ statusCode: 404 });
});
