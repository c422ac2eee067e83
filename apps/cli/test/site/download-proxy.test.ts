// Asking a site for a file by way of a proxy: a fault of the proxy's is never told as one of the site's.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { download, SITE_LIMITS } from '../../src/site/download.ts';

const SITE = new URL('http://relay.example:8765/');
const never = new AbortController().signal;

afterEach(() => {
  vi.unstubAllEnvs();
});

async function proxyOf(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const status = (line: string) => (socket: Socket) =>
  void socket.end(`HTTP/1.1 ${line}\r\nContent-Length: 0\r\n\r\n`);

it.each<[string, (socket: Socket) => void, RegExp]>([
  ['closes', (socket) => socket.destroy(), /cannot be reached: it closed the connection; check HTTP_PROXY/],
  ['speaks something else', (socket) => void socket.end('220 mail\r\n'), /is no HTTP proxy/],
  ['may not', status('403 No'), /by way of the proxy .* is HTTP status 403.*NO_PROXY=relay\.example goes/],
  [
    'finds nobody',
    status('502 No'),
    /by way of the proxy .* is HTTP status 502, which may be the proxy’s own/,
  ],
  [
    'knows another login',
    status('401 No'),
    /is HTTP status 401.* password in HTTP_PROXY, and those in the address/,
  ],
  ['finds nobody in time', status('504 No'), /HTTP status 504/],
])('a proxy that %s is named', async (_what, answer, words) => {
  const port = await proxyOf(answer);
  vi.stubEnv('HTTP_PROXY', `http://zoe:geheim@127.0.0.1:${port}`);
  const error = await download(SITE, { ca: null, signal: never, limits: SITE_LIMITS }).catch((each) => each);
  expect(error.message).toMatch(words);
  expect(error.message).toContain(`“http://127.0.0.1:${port}” (HTTP_PROXY)`);
  expect(`${error.message}${error.stack}`).not.toMatch(/geheim|zoe/);
});

it.each(['http', 'socks5h'])('an %s proxy that nobody runs is named', async (kind) => {
  vi.stubEnv('HTTP_PROXY', `${kind}://zoe:geheim@127.0.0.1:1`);
  await expect(download(SITE, { ca: null, signal: never, limits: SITE_LIMITS })).rejects.toThrow(
    `the proxy “${kind}://127.0.0.1:1” (HTTP_PROXY) cannot be reached: nothing listens there`,
  );
});

it('a file that takes too long is told with the proxy that it comes by', async () => {
  const port = await proxyOf(() => {});
  vi.stubEnv('HTTP_PROXY', `127.0.0.1:${port}`);
  const limits = { ...SITE_LIMITS, fileMs: 50 };
  await expect(download(SITE, { ca: null, signal: never, limits })).rejects.toThrow(
    `cannot be judged, by way of the proxy “http://127.0.0.1:${port}” (HTTP_PROXY): it took more than`,
  );
});

it('what is not there is the site’s to say', async () => {
  vi.stubEnv('HTTP_PROXY', `127.0.0.1:${await proxyOf(status('404 No'))}`);
  await expect(download(SITE, { ca: null, signal: never, limits: SITE_LIMITS })).resolves.toMatchObject({
    kind: 'refused',
    status: 404,
  });
});

it('a call that is given up leaves no connection to a proxy', async () => {
  const { promise: heard, resolve: hear } = withResolvers();
  const { promise: closed, resolve: close } = withResolvers();
  const port = await proxyOf((socket) => {
    socket.on('close', close);
    hear();
  });
  vi.stubEnv('HTTP_PROXY', `socks5h://127.0.0.1:${port}`);
  // The proxy's time does not run out here.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const giveUp = new AbortController();
  const asked = download(SITE, { ca: null, signal: giveUp.signal, limits: SITE_LIMITS });
  await heard;
  giveUp.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  await closed;
});

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
