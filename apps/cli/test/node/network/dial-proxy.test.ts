// Dialling a relay by way of a proxy: what the proxy is asked, what its refusals say, and what is left behind.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DIAL_MS, DIAL_SILENCE_MS } from '@p2p-copy/core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import {
  type ForwardProxy,
  type HttpProxySettings,
  type SocksProxySettings,
  startHttpProxy,
  startSocksProxy,
} from '../../../../../test/proxies/forward-proxies.mjs';
import { createDial, endpoint } from '../../../src/node/network/dial-relay.ts';
import { openTunnel } from '../../../src/node/network/proxy/open-tunnel.ts';

const never = new AbortController().signal;
const dialRelay = createDial({ endpoint, isSealed: true });
/** Only the proxies of these tests know where it leads. */
const HOST = 'relay.example';

afterEach(() => {
  vi.unstubAllEnvs();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Listens, and says nothing. `heard`: it was asked something; `closed`: the connection is over. */
async function silentServer(): Promise<{ heard: Promise<void>; closed: Promise<void>; port: number }> {
  const [heard, closed] = [signalled(), signalled()];
  const server = createTcpServer((socket) => {
    socket.on('error', () => {}).on('data', () => heard.resolve());
    socket.on('close', () => closed.resolve());
  });
  return { heard: heard.promise, closed: closed.promise, port: await listen(server) };
}

function signalled(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function startRelay(): Promise<{ url: string; port: number; server: WebSocketServer }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  server.on('connection', (socket) => socket.send('hello'));
  const port = await listen(http);
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
  });
  return { url: `http://${HOST}:${port}`, port, server };
}

async function httpProxy(settings: HttpProxySettings = {}): Promise<ForwardProxy> {
  const proxy = await startHttpProxy({ hosts: { [HOST]: '127.0.0.1' }, ...settings });
  onTestFinished(proxy.close);
  return proxy;
}

async function socksProxy(settings: SocksProxySettings = {}): Promise<ForwardProxy> {
  const proxy = await startSocksProxy({ hosts: { [HOST]: '127.0.0.1' }, ...settings });
  onTestFinished(proxy.close);
  return proxy;
}

describe('a relay that only a proxy reaches', () => {
  it.each(['http', 'socks5h', 'socks', 'socks4a'])('is dialled by %s, once', async (kind) => {
    const relay = await startRelay();
    // SOCKS 4 knows no passwords.
    const login = kind === 'socks4a' ? 'ann' : 'ann:p@ss';
    const proxy = await (kind === 'http' ? httpProxy : socksProxy)({ login });
    vi.stubEnv('HTTP_PROXY', `${kind}://${login.replace('p@', 'p%40')}@127.0.0.1:${proxy.port}`);
    const socket = await dialRelay(relay.url, never);
    expect(await socket.receive()).toEqual({ kind: 'text', text: 'hello' });
    expect(proxy.calls).toEqual([`${kind === 'http' ? 'CONNECT' : 'SOCKS name'} ${HOST}:${relay.port}`]);
    // The proxy’s own would pass for the relay’s, and let it send this end into private networks.
    expect(socket.address).toBeUndefined();
    socket.terminate();
  });

  it('is dialled by its address where the variable says socks5: this end looks names up', async () => {
    const relay = await startRelay();
    const proxy = await socksProxy();
    vi.stubEnv('ALL_PROXY', `socks5://127.0.0.1:${proxy.port}`);
    const socket = await dialRelay(`http://localhost:${relay.port}`, never);
    expect(proxy.calls).toEqual([expect.stringMatching(/^SOCKS address (127\.0\.0\.1|(0000:){7}0001):/)]);
    socket.terminate();
    await expect(dialRelay('http://no-such-host.invalid', never)).rejects.toThrow(
      /with socks5h:\/\/ in ALL_PROXY/,
    );
  });

  it('is sent nothing to an address that isn’t allowed, where this end looks names up', async () => {
    const proxy = await socksProxy();
    vi.stubEnv('ALL_PROXY', `socks5://127.0.0.1:${proxy.port}`);
    const dialled = dialRelay('http://localhost:1', never, { allows: () => false });
    await expect(dialled).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(proxy.calls).toEqual([]);
  });
});

it.each(['http', 'socks5h'])(
  'a relay that says nothing behind an %s proxy, or never enough, is given up after DIAL_MS',
  async (kind) => {
    const { heard, closed, port } = await silentServer();
    const proxy = await (kind === 'http' ? httpProxy() : socksProxy());
    vi.stubEnv('HTTP_PROXY', `${kind}://127.0.0.1:${proxy.port}`);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const dialling = dialRelay(`http://${HOST}:${port}`, never).catch((error) => error);
    await heard;
    const isOver = vi.fn();
    void dialling.then(isOver);
    vi.advanceTimersByTime(DIAL_MS - 1);
    await nextTurn();
    expect(isOver).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(await dialling).toMatchObject({
      code: 'relay-unreachable',
      retryable: true,
      message: expect.stringMatching(
        /by way of the proxy .*, cannot be reached: it did not answer in time\./,
      ),
    });
    await closed;
  },
);

it('a relay that says nothing behind a proxy is given up as soon as one without', async () => {
  const { heard, port } = await silentServer();
  const proxy = await httpProxy();
  vi.stubEnv('HTTP_PROXY', `127.0.0.1:${proxy.port}`);
  const quiet = vi.spyOn(Socket.prototype, 'setTimeout');
  onTestFinished(() => quiet.mockRestore());
  const giveUp = new AbortController();
  const dialling = dialRelay(`http://${HOST}:${port}`, giveUp.signal).catch((error) => error);
  await heard;
  expect(quiet).toHaveBeenCalledWith(DIAL_SILENCE_MS);
  giveUp.abort();
  await dialling;
});

describe('what a proxy refuses says', () => {
  const USELESS = 'http://zoe:geheim@127.0.0.1';

  async function refusal(variable: string, url = `http://${HOST}:8765`) {
    vi.stubEnv('HTTP_PROXY', variable);
    const error = await dialRelay(url, never).catch((each) => each);
    expect(error).toMatchObject({ code: 'relay-unreachable' });
    expect(`${error.message} ${error.stack} ${error.cause?.message}`).not.toMatch(/geheim|zoe/);
    return error as Error & { retryable: boolean };
  }

  it.each([
    [
      407,
      {},
      false,
      /asks for a user name and password|does not take the user name and password in HTTP_PROXY/,
    ],
    [
      407,
      { scheme: 'Negotiate' },
      false,
      /login of a kind that p2p-copy does not have \(“Negotiate”\).*cntlm/,
    ],
    [
      403,
      {},
      false,
      /does not let it through \(HTTP status 403\); its operator .* NO_PROXY=relay\.example goes around it/,
    ],
    // As of tinyproxy.
    [401, {}, false, /does not take the user name and password in HTTP_PROXY/],
    // Several headers, which are one when they are read, and a kind that is only a text in another's.
    [407, { scheme: ['Negotiate', 'Basic realm="a, b"'] }, false, /does not take the user name and password/],
    [407, { scheme: 'NTLM, Basic realm="x"' }, false, /does not take the user name and password/],
    [
      407,
      { scheme: ['NTLM TlRMTVNT=', 'Digest realm="a, Basic b", nonce = "x"'] },
      false,
      /login of a kind that p2p-copy does not have \(“NTLM, Digest”\)/,
    ],
    [502, {}, true, /does not reach it \(HTTP status 502\)/],
    [503, {}, true, /does not reach it/],
  ])('with status %i %o', async (status, settings, retryable, words) => {
    const { port } = await httpProxy({ status, ...settings });
    const error = await refusal(`${USELESS}:${port}`);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`“http://127.0.0.1:${port}” (HTTP_PROXY)`);
    expect(error.message).toMatch(/^The relay at “relay\.example:8765” cannot be reached: .*\.$/);
    expect(error.retryable).toBe(retryable);
  });

  it('where it wants a login and none is given', async () => {
    const { port } = await httpProxy({ login: 'a:b' });
    expect((await refusal(`127.0.0.1:${port}`)).message).toContain(
      'asks for a user name and password; give them so: HTTP_PROXY=http://USER:PASSWORD@HOST:PORT',
    );
  });

  it.each([
    [2, false, /does not let it through \(NotAllowed\)/],
    [4, true, /does not reach it \(HostUnreachable\)/],
    [5, true, /does not reach it \(ConnectionRefused\)/],
    [1, true, /does not reach it \(Failure\)/],
  ])('with the reply %i of SOCKS', async (reply, retryable, words) => {
    const { port } = await socksProxy({ reply });
    const error = await refusal(`socks5h://127.0.0.1:${port}`);
    expect([words.test(error.message), error.retryable], error.message).toEqual([true, retryable]);
  });

  it.each(['zoe:geheim@', ''])('where SOCKS wants another login than %j', async (login) => {
    const { port } = await socksProxy({ login: 'a:b' });
    expect((await refusal(`socks5h://${login}127.0.0.1:${port}`)).message).toMatch(/user name and password/);
  });

  it.each(['http', 'socks5h'])('that nothing listens at an %s proxy', async (kind) => {
    const server = createTcpServer();
    const port = await listen(server);
    server.close();
    const error = await refusal(`${kind}://zoe:geheim@127.0.0.1:${port}`);
    expect(error.message).toContain(
      `the proxy “${kind}://127.0.0.1:${port}” (HTTP_PROXY) cannot be reached: nothing listens there`,
    );
    expect(error.retryable).toBe(true);
  });

  it.each(['http', 'socks5h'])('that what answers is no %s proxy', async (kind) => {
    const port = await listen(createTcpServer((socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect((await refusal(`${kind}://127.0.0.1:${port}`)).message).toMatch(/is no (HTTP|SOCKS) proxy/);
  });

  it.each(['http', 'socks5h'])('that an %s proxy closed the connection', async (kind) => {
    const port = await listen(createTcpServer((socket) => void socket.destroy()));
    const error = await refusal(`${kind}://127.0.0.1:${port}`);
    expect(error.message).toContain('it closed the connection');
    expect(error.retryable).toBe(true);
  });

  it.each(['http', 'socks5h'] as const)(
    'that an %s proxy doesn’t answer in DIAL_SILENCE_MS, and keeps no connection to it',
    async (kind) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      onTestFinished(() => void vi.useRealTimers());
      const { heard, closed, port } = await silentServer();
      const login = { username: '', password: '', variable: 'HTTP_PROXY' };
      const proxy = { kind, host: '127.0.0.1', port, ...login };
      const opening = openTunnel(proxy, { host: HOST, port: 80 }, never).catch((error) => error);
      await heard;
      const isLate = vi.fn();
      void opening.then(isLate);
      vi.advanceTimersByTime(DIAL_SILENCE_MS - 1);
      await nextTurn();
      expect(isLate).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(await opening).toMatchObject({
        isPassing: true,
        message: expect.stringContaining('did not answer in time'),
      });
      await closed;
    },
  );

  it('with an endless head, of which little is kept', async () => {
    let sent = 0;
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write(`X: ${'y'.repeat(1000)}\r\n`)) sent += 1000;
      };
      socket.on('drain', more);
      more();
    });
    const error = await refusal(`127.0.0.1:${await listen(server)}`);
    expect(error.message).toContain('is no HTTP proxy');
    expect(sent).toBeLessThan(8 * 1024 * 1024);
  });

  it('nothing of the relay’s: who answers behind it is named with it', async () => {
    const web = createServer((_request, answer) => answer.writeHead(404).end());
    const port = await listen(web);
    const proxy = await httpProxy();
    vi.stubEnv('HTTP_PROXY', `127.0.0.1:${proxy.port}`);
    await expect(dialRelay(`http://${HOST}:${port}`, never)).rejects.toMatchObject({
      code: 'not-a-relay',
      message: expect.stringContaining(`by way of the proxy “http://127.0.0.1:${proxy.port}” (HTTP_PROXY)`),
    });
  });

  it('stops dialling when told to, and leaves the connection once it is open', async () => {
    const port = await listen(createTcpServer((socket) => void socket.resume()));
    vi.stubEnv('HTTP_PROXY', `127.0.0.1:${port}`);
    const controller = new AbortController();
    const dialling = dialRelay(`http://${HOST}`, controller.signal);
    setImmediate(() => controller.abort());
    await expect(dialling).rejects.toMatchObject({ code: 'interrupted' });

    const relay = await startRelay();
    vi.stubEnv('HTTP_PROXY', `127.0.0.1:${(await httpProxy()).port}`);
    const open = new AbortController();
    const socket = await dialRelay(relay.url, open.signal);
    open.abort();
    expect(await socket.receive()).toEqual({ kind: 'text', text: 'hello' });
    const [theirs] = relay.server.clients;
    theirs!.send('still there');
    expect(await socket.receive()).toEqual({ kind: 'text', text: 'still there' });
    socket.terminate();
  });
});
