// What the relay answers over HTTP: the app, its headers, health, and refused upgrades.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { allocatedOn, clientOf, pairOf, relayWith } from '../running-relays.ts';

const DOCUMENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "worker-src 'self'; frame-src 'self'; manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html default";
const ENGINE_POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'self'";
const A_YEAR = 'public, max-age=31536000, immutable';

let webRoot: string;
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'relay-web-'));
  webRoot = join(folder, 'dist');
  mkdirSync(join(webRoot, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>p2p-copy</title>');
  writeFileSync(join(webRoot, 'integrity.json'), '{}\n');
  writeFileSync(join(webRoot, 'service-worker.js'), '/* */');
  writeFileSync(join(webRoot, 'app.webmanifest'), '{}');
  for (const name of ['index-AbC1.js', 'engine-AbC1.js', 'reengine-AbC1.js', 'style-AbC1.css']) {
    writeFileSync(join(webRoot, 'assets', name), '/* */');
  }
});
afterAll(() => rmSync(join(webRoot, '..'), { recursive: true }));

describe('the web app', () => {
  it.each([
    ['/', 200, DOCUMENT_POLICY, 'no-cache'],
    ['/index.html', 200, DOCUMENT_POLICY, 'no-cache'],
    ['/?x=/assets/engine-1.js', 200, DOCUMENT_POLICY, 'no-cache'],
    ['/assets/index-AbC1.js', 200, DOCUMENT_POLICY, A_YEAR],
    ['/assets/style-AbC1.css', 200, DOCUMENT_POLICY, A_YEAR],
    ['/assets/engine-AbC1.js', 200, ENGINE_POLICY, A_YEAR],
    ['/assets/engine-AbC1.js?v=1', 200, ENGINE_POLICY, A_YEAR],
    ['/assets/reengine-AbC1.js', 200, DOCUMENT_POLICY, A_YEAR],
    ['/assets/engine-gone.js', 404, ENGINE_POLICY, 'no-store'],
    ['/nowhere', 404, DOCUMENT_POLICY, 'no-store'],
    ['/%ZZ', 400, DOCUMENT_POLICY, 'no-store'],
    ['/%00', 400, DOCUMENT_POLICY, 'no-store'],
    ['/healthz', 200, DOCUMENT_POLICY, 'no-store'],
    ['/version', 200, DOCUMENT_POLICY, 'no-store'],
    ['/integrity.json', 200, DOCUMENT_POLICY, 'no-cache'],
    // A new one must be seen at once, and it may reach no more than the page.
    ['/service-worker.js', 200, DOCUMENT_POLICY, 'no-cache'],
    ['/app.webmanifest', 200, DOCUMENT_POLICY, 'no-cache'],
    ['/ws', 426, DOCUMENT_POLICY, 'no-store'],
  ])('%s', async (path, status, policy, caching) => {
    const relay = await relayWith({ webRoot });
    const answer = await fetch(relay.url + path);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': policy,
      'cache-control': caching,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-robots-tag': 'noindex',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  it('answers HEAD as GET, without the page', async () => {
    const relay = await relayWith({ webRoot });
    const [whole, head] = [await fetch(relay.url), await fetch(relay.url, { method: 'HEAD' })];
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'etag', 'cache-control', 'x-robots-tag']) {
      expect(head.headers.get(name)).toBe(whole.headers.get(name));
    }
  });

  it('is revalidated by its tag', async () => {
    const relay = await relayWith({ webRoot });
    const etag = (await fetch(relay.url)).headers.get('etag')!;
    // Not by fetch, which asks for a reload then.
    const again = await rawGet(relay.port, '/', { 'if-none-match': etag });
    expect(again.status).toBe(304);
  });

  it.each(['/../secret.txt', '/assets/../../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt'])(
    'ends at its folder: %s',
    async (path) => {
      const relay = await relayWith({ webRoot });
      const answer = await rawGet(relay.port, path);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.body).not.toContain('secret\n');
    },
  );

  it.each([[null], ['/nonexistent/dist']])('says how to build it when there is none (%s)', async (root) => {
    const relay = await relayWith({ webRoot: root });
    const answer = await fetch(relay.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toContain('npm run build');
    expect(answer.headers.get('content-security-policy')).toBe(DOCUMENT_POLICY);
  });
});

describe('other names', () => {
  const otherNames = ['https://relay-2.example', 'http://relay-3.example:8765'];

  it.each(['/', '/assets/engine-4f.js', '/healthz'])(
    'may be connected to by what is served at %s, and nothing else is added',
    async (path) => {
      const [alone, named] = await Promise.all([relayWith({ webRoot }), relayWith({ webRoot, otherNames })]);
      const policyAt = async (url: string) =>
        (await fetch(url + path)).headers.get('content-security-policy');
      const sources = "connect-src 'self' wss://relay-2.example ws://relay-3.example:8765";
      expect(await policyAt(named.url)).toBe(
        (await policyAt(alone.url))!.replace("connect-src 'self'", sources),
      );
    },
  );

  it('may connect by their pages; an other origin may not', async () => {
    const relay = await relayWith({ otherNames });
    await clientOf(relay, '/ws?k=0000', { headers: { origin: 'https://relay-2.example' } });
    for (const origin of ['http://relay-2.example', 'https://relay-2.example:8443', 'https://evil.example']) {
      await expect(clientOf(relay, '/ws', { headers: { origin } })).rejects.toThrow('403');
    }
  });
});

describe('health', () => {
  it('counts who waits and who is paired', async () => {
    const relay = await relayWith();
    await allocatedOn(relay);
    await pairOf(relay);
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const answer = await fetch(`${relay.url}/healthz`);
    expect(await answer.json()).toEqual({ status: 'ok', version, waiting: 1, pairs: 1 });
  });
});

describe('version', () => {
  const versionOf = async (root: string | null) => {
    const relay = await relayWith({ webRoot: root });
    return (await fetch(`${relay.url}/version`)).json();
  };

  it('names the release, the protocol, and the build by the digest of its list of files', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    // sha256sum of the two characters and the line feed above.
    const build = 'ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356';
    expect(await versionOf(webRoot)).toEqual({ version, build, protocol: 3 });
  });

  it('tells another build without a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'relay-web-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const relay = await relayWith({ webRoot: folder });
    const build = async () =>
      ((await (await fetch(`${relay.url}/version`)).json()) as { build: string }).build;
    writeFileSync(join(folder, 'integrity.json'), '{"a":"1"}');
    const first = await build();
    writeFileSync(join(folder, 'integrity.json'), '{"a":"2"}');
    expect(await build()).not.toBe(first);
  });

  it.each([
    ['no app', null],
    ['no such folder', '/nonexistent/dist'],
  ])('has no build where there is %s', async (_name, root) => {
    expect(await versionOf(root)).toMatchObject({ build: null });
  });
});

describe('upgrades', () => {
  it.each(['/ws/', '//', '/index.html', '/healthz', '/nowhere'])(
    'at %s are refused with 404 and a sentence',
    async (path) => {
      const relay = await relayWith({ webRoot });
      const answer = await rawUpgrade(relay.port, path);
      expect(answer).toMatchObject({
        status: 404,
        body: 'The p2p-copy relay speaks WebSocket at /ws and /rooms only.\n',
      });
    },
  );

  it.each(['/ws', '/'])('at %s from another origin are refused with 403', async (path) => {
    const relay = await relayWith({ webRoot, allowedOrigins: ['https://friend.example'] });
    expect(await rawUpgrade(relay.port, path, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    await clientOf(relay, path, { origin: 'https://friend.example' });
    await clientOf(relay, path, { origin: relay.url });
    await clientOf(relay, path);
  });

  it.each(['/ws', '/'])('at %s never agree on compression', async (path) => {
    const relay = await relayWith({ webRoot });
    const client = await clientOf(relay, path, { perMessageDeflate: true });
    expect(client.socket.extensions).toBe('');
  });
});

interface Answer {
  status: number;
  body: string;
}

function rawUpgrade(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return rawGet(port, path, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...headers,
  });
}

/** Unlike fetch, sends the path as it is. */
function rawGet(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, body }));
    });
    call.on('upgrade', () => reject(new Error('upgraded')));
    call.on('error', reject).end();
  });
}
