// Which upgrade requests go on.
import { expect, it } from 'vitest';
import { refuseUpgrade } from '../../src/http/upgrade-gate.ts';

it.each([
  ['no origin: a command line', undefined, 'relay.example', null],
  ['its own page', 'https://relay.example', 'relay.example', null],
  ['its own page with a port', 'http://relay.example:8765', 'relay.example:8765', null],
  ['its own page, default port spelled out', 'https://relay.example', 'relay.example:443', null],
  ['an IPv6 page', 'http://[::1]:8765', '[::1]:8765', null],
  ['an allowed origin', 'https://friend.example', 'relay.example', null],
  ['another host', 'https://evil.example', 'relay.example', 403],
  ['another port', 'http://relay.example:8766', 'relay.example:8765', 403],
  ['a host that ends alike', 'https://notrelay.example', 'relay.example', 403],
  ['an allowed host by another scheme', 'http://friend.example', 'relay.example', 403],
  ['a sandboxed page', 'null', 'relay.example', 403],
  ['no host', 'https://relay.example', '', 403],
  ['garbage', 'https://', 'relay.example', 403],
])('%s', (_name, origin, host, statusCode) => {
  for (const path of ['/ws', '/']) {
    const refusal = refuseUpgrade({ path, origin, host }, ['https://friend.example']);
    expect(refusal?.statusCode ?? null).toBe(statusCode);
  }
});

it.each(['', '//', '/ws/', '/WS', '/healthz', '/wss', '/index.html'])('no WebSocket at %s', (path) => {
  expect(refuseUpgrade({ path, origin: undefined, host: 'h' }, [])).toMatchObject({ statusCode: 404 });
});
