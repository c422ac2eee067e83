import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import type { RelaySocket } from '@p2p-copy/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { endpoint as classicEndpoint } from '../../../src/library/classic/classic-ports.ts';
import { createDial, endpoint } from '../../../src/node/network/dial-relay.ts';

const never = new AbortController().signal;
const dialRelay = createDial({ endpoint, isSealed: true });

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A relay's side and ours, connected. */
async function connect(dial = dialRelay): Promise<{ theirs: WebSocket; ours: RelaySocket }> {
  const http = createServer();
  const server = new WebSocketServer({ server: http, path: '/ws' });
  const url = await listen(http);
  const [[theirs], ours] = await Promise.all([once(server, 'connection'), dial(url, never)]);
  onTestFinished(() => {
    ours.terminate();
    theirs.terminate();
  });
  return { theirs, ours };
}

describe('the endpoint', () => {
  it.each([
    ['http://localhost:8765', 'ws://localhost:8765/ws'],
    ['http://localhost:8765/', 'ws://localhost:8765/ws'],
    ['https://copy.example.org/p2p/#7-a-b', 'wss://copy.example.org/p2p/ws'],
    ['ws://h', 'ws://h/ws'],
    ['wss://h:444/?x=1', 'wss://h:444/ws'],
  ])('of %s is %s', (url, expected) => {
    expect(endpoint(url).href).toBe(expected);
  });

  it.each([
    ['http://localhost:8765', 'ws://localhost:8765/ws?k=1f2e'],
    ['wss://h/p2p/?k=0000', 'wss://h/p2p/ws?k=1f2e'],
  ])('of %s with a routing hash is %s', (url, expected) => {
    expect(endpoint(url, '1f2e').href).toBe(expected);
  });

  it.each([
    ['ws://localhost:8765', 'ws://localhost:8765/'],
    ['wss://copy.example.org/p2p', 'wss://copy.example.org/p2p'],
    ['https://h/', 'wss://h/'],
  ])('of the classic wire at %s is %s', (url, expected) => {
    expect(classicEndpoint(url).href).toBe(expected);
  });

  it.each(['', 'localhost', 'ftp://h', 'file:///etc', '\u001b[31m'])('refuses %j', async (url) => {
    await expect(dialRelay(url, never)).rejects.toMatchObject({
      code: 'relay-unreachable',
      message: expect.not.stringContaining('\u001b'),
    });
  });
});

describe('a dial to which not every address is allowed', () => {
  async function dialTo(host: string, allowed: (address: string) => boolean) {
    const http = createServer();
    const server = new WebSocketServer({ server: http, path: '/ws' });
    let connections = 0;
    http.on('connection', () => {
      connections += 1;
    });
    const { port } = new URL(await listen(http));
    const asked: string[] = [];
    const allows = (address: string) => {
      asked.push(address);
      return allowed(address);
    };
    const dialled = dialRelay(`http://${host}:${port}`, never, { route: '1f2e', allows });
    await dialled.then((socket) => socket.terminate()).catch(() => {});
    for (const client of server.clients) client.terminate();
    return { dialled, asked, connections };
  }

  it('asks of every address that the name has when it is dialled', async () => {
    const { dialled, asked } = await dialTo('localhost', () => true);
    await dialled;
    expect(asked).toContain('127.0.0.1');
  });

  it('opens no connection where one of them isn’t', async () => {
    const { dialled, connections } = await dialTo('localhost', (address) => address !== '127.0.0.1');
    await expect(dialled).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(connections).toBe(0);
  });

  it('fails for a name that has none as any dial does', async () => {
    const allows = () => true;
    await expect(dialRelay('http://no-such-host.invalid', never, { allows })).rejects.toMatchObject({
      code: 'relay-unreachable',
    });
  });

  it('knows the address of what it is connected to', async () => {
    const { ours } = await connect();
    expect(ours.address).toBe('127.0.0.1');
  });
});

describe('what cannot be dialed', () => {
  const unreachable = (reason: string) => ({
    code: 'relay-unreachable',
    message: expect.stringContaining(reason),
  });

  it('says that nothing listens', async () => {
    const server = createTcpServer();
    const url = await listen(server);
    server.close();
    await once(server, 'close');
    await expect(dialRelay(url, never)).rejects.toMatchObject(unreachable('nothing listens there'));
  });

  it('says that there is no such host', async () => {
    await expect(dialRelay('http://no-such-host.invalid', never)).rejects.toMatchObject({
      code: 'relay-unreachable',
      message: expect.stringMatching(/no host of that name|could not be looked up/),
    });
  });

  it('says that TLS is not spoken there', async () => {
    const url = await listen(createServer());
    await expect(dialRelay(url.replace('http', 'https'), never)).rejects.toMatchObject(unreachable('TLS'));
  });

  it('says that the connection was closed', async () => {
    const url = await listen(createTcpServer((socket) => socket.destroy()));
    await expect(dialRelay(url, never)).rejects.toMatchObject(unreachable('closed the connection'));
  });

  it('says that a proxy on the way makes it a web page of an address that the relay refuses', async () => {
    const http = createServer();
    http.on('upgrade', (_request, socket) =>
      socket.end('HTTP/1.1 403 Forbidden\r\np2p-copy-refusal: origin-refused\r\ncontent-length: 0\r\n\r\n'),
    );
    const url = await listen(http);
    await expect(dialRelay(url, never)).rejects.toMatchObject({
      code: 'origin-refused',
      message: expect.stringContaining('a proxy on the way adds an Origin'),
    });
  });

  it.each([
    [200, 'HTTP status 200'],
    [404, 'HTTP status 404'],
    [502, 'HTTP status 502'],
  ])('takes an answer with status %d for another server', async (status, detail) => {
    const answer = createServer((_request, response) => response.writeHead(status).end('hello'));
    const url = await listen(answer);
    await expect(dialRelay(url, never)).rejects.toMatchObject({
      code: 'not-a-relay',
      message: expect.stringContaining(detail),
    });
  });

  it('says where a redirect leads', async () => {
    const url = await listen(
      createServer((_request, response) =>
        response.writeHead(301, { location: 'https://new.example.org/' }).end(),
      ),
    );
    await expect(dialRelay(url, never)).rejects.toMatchObject({
      code: 'not-a-relay',
      message: expect.stringContaining('https://new.example.org/'),
    });
  });

  it('takes an answer that is not HTTP for another server', async () => {
    const url = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    await expect(dialRelay(url, never)).rejects.toMatchObject({ code: 'not-a-relay' });
  });

  it('stops dialing when told to', async () => {
    const url = await listen(createTcpServer(() => {}));
    const controller = new AbortController();
    const dialing = dialRelay(url, controller.signal);
    setImmediate(() => controller.abort());
    await expect(dialing).rejects.toMatchObject({ code: 'interrupted' });
    await expect(dialRelay(url, AbortSignal.abort())).rejects.toMatchObject({ code: 'interrupted' });
  });
});

describe('an open socket', () => {
  it('carries text and bytes both ways, in order', async () => {
    const { theirs, ours } = await connect();
    const got: unknown[] = [];
    theirs.on('message', (message: Buffer, isBinary) =>
      got.push(isBinary ? [...message] : message.toString()),
    );
    theirs.send('first');
    theirs.send(new Uint8Array([1, 2, 3]));
    expect(await ours.receive()).toEqual({ kind: 'text', text: 'first' });
    expect(await ours.receive()).toEqual({ kind: 'binary', bytes: new Uint8Array([1, 2, 3]) });
    ours.send('hello');
    ours.send(new Uint8Array([4, 5]));
    await expect.poll(() => got).toEqual(['hello', [4, 5]]);
  });

  it('tells how it was closed, once and for ever, after what came before', async () => {
    const { theirs, ours } = await connect();
    theirs.send('last words');
    theirs.close(4404, 'no such code');
    const closed = { kind: 'closed', code: 4404, reason: 'no such code', allWritten: true };
    expect(await ours.receive()).toEqual({ kind: 'text', text: 'last words' });
    expect(await ours.receive()).toEqual(closed);
    expect(await ours.receive()).toEqual(closed);
    ours.send('nobody hears');
    await ours.drained(0);
  });

  it('tells that a connection broke', async () => {
    const { theirs, ours } = await connect();
    const waiting = ours.receive();
    theirs.terminate();
    expect(await waiting).toMatchObject({ kind: 'closed', code: 1006 });
  });

  it('refuses a message over 2 MiB', async () => {
    const { theirs, ours } = await connect();
    theirs.on('error', () => {});
    theirs.send(new Uint8Array(2 * 1024 * 1024 + 1));
    expect(await ours.receive()).toMatchObject({ kind: 'closed' });
  });

  it('stops reading while many messages wait', async () => {
    const { theirs, ours } = await connect();
    const count = 200;
    const size = 1024 * 1024;
    for (let i = 0; i < count; i += 1) theirs.send(new Uint8Array(size).fill(i));
    // What is not read stays with them: most of it, since sockets hold a few MiB only.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(theirs.bufferedAmount).toBeGreaterThan((count - 40) * size);
    for (let i = 0; i < count; i += 1) {
      const event = await ours.receive();
      expect(event.kind === 'binary' && event.bytes[size - 1]).toBe(i);
    }
  });

  it('tells of each binary message once nobody looks at it any more', async () => {
    const written: Uint8Array[] = [];
    const onWritten = (message: Uint8Array) => written.push(message);
    const { theirs, ours } = await connect(createDial({ endpoint, isSealed: true, onWritten }));
    const got: number[] = [];
    theirs.on('message', (message: Buffer) => got.push(message[0]!));
    const messages = Array.from({ length: 20 }, (_, i) => new Uint8Array(300_000).fill(i));
    for (const message of messages) ours.send(message);
    ours.send('text');
    await ours.drained(0);
    await expect.poll(() => got).toHaveLength(21);
    expect(written).toHaveLength(20);
    expect(written.every((message, i) => message === messages[i])).toBe(true);

    // What never reached the network may still be looked at.
    theirs.pause();
    for (let i = 0; i < 200; i += 1) ours.send(new Uint8Array(300_000));
    const before = written.length;
    ours.terminate();
    await ours.receive();
    expect(written.length - before).toBeLessThan(200);
  });

  it('drains what it sends, and sends all before it closes', async () => {
    const { theirs, ours } = await connect();
    let received = 0;
    theirs.on('message', (message: Buffer) => {
      received += message.length;
    });
    theirs.pause();
    for (let i = 0; i < 64; i += 1) ours.send(new Uint8Array(1024 * 1024));
    expect(ours.bufferedBytes).toBeGreaterThan(32 * 1024 * 1024);
    theirs.resume();
    await ours.drained(1024 * 1024);
    expect(ours.bufferedBytes).toBeLessThanOrEqual(1024 * 1024);
    ours.close();
    await once(theirs, 'close');
    expect(received).toBe(64 * 1024 * 1024);
  });
});
