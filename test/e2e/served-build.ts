// A real relay with a copy of the built page, behind a proxy that notes which assets are asked for, withholds them, slows what is sent
// and cuts every connection. The copy can be replaced by another build, as an upgrade of the relay does.
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as passing } from 'node:timers/promises';
import { CliProcess, urlOf } from './cli-process.ts';

const DIST = process.env.BUILT_PAGE ?? new URL('../../apps/web/dist', import.meta.url).pathname;
const HASHED = /^(.+)-([\w-]{8})(\.\w+)$/;

export class ServedBuild {
  /** Paths of assets that were asked for, in order. */
  readonly asked: string[] = [];
  /** Which assets are cut off while they are asked for. */
  withheld: RegExp | null = null;
  /** Whether browsers may keep what they get: else each asset that a page wants is asked for. */
  isCached = true;
  /** Bytes a second of each connection; null for all that it carries. */
  bytesPerSecond: number | null = null;
  /** Of the proxy. */
  url = '';
  readonly #folder: string;
  readonly #proxy: http.Server;
  readonly #sockets = new Set<Socket>();
  #relay: CliProcess;
  #relayPort: number;

  private constructor(folder: string, relay: CliProcess, relayPort: number) {
    this.#folder = folder;
    this.#relay = relay;
    this.#relayPort = relayPort;
    this.#proxy = http.createServer((request, response) => this.#pass(request, response));
    this.#proxy.on('connection', (socket: Socket) => this.#note(socket));
    this.#proxy.on('upgrade', (request, socket: Socket, head) => this.#carry(request, socket, head));
  }

  static async start(): Promise<ServedBuild> {
    const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-build-'));
    await cp(DIST, folder, { recursive: true });
    const { relay, port } = await startRelay(folder);
    const served = new ServedBuild(folder, relay, port);
    await served.#listen();
    return served;
  }

  async stop(): Promise<void> {
    this.#proxy.close();
    this.cut();
    await this.#relay.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Paths of the assets of this build. */
  async assets(): Promise<string[]> {
    return (await readdir(path.join(this.#folder, 'assets'))).map((name) => `/assets/${name}`);
  }

  /** Ends every connection, as a lost network does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Another build takes the place of this one: no asset keeps its name. */
  async replace(): Promise<void> {
    const assets = path.join(this.#folder, 'assets');
    const names = await readdir(assets);
    const renamed = new Map(names.map((name) => [name, name.replace(HASHED, upgradedName)]));
    for (const [from, to] of renamed) await rename(path.join(assets, from), path.join(assets, to));
    for (const file of await readdir(this.#folder, { recursive: true })) {
      if (!/\.(js|html|json)$/.test(file)) continue;
      const full = path.join(this.#folder, file);
      let text = await readFile(full, 'utf8');
      for (const [from, to] of renamed) text = text.replaceAll(from, to);
      await writeFile(full, text);
    }
  }

  /** The same, and the relay is started anew. */
  async upgrade(): Promise<void> {
    await this.replace();
    await this.#relay.stop();
    const { relay, port } = await startRelay(this.#folder);
    this.#relay = relay;
    this.#relayPort = port;
    this.cut();
  }

  async #listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#proxy.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#proxy.address() as AddressInfo).port}`;
  }

  #note(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }

  #pass(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { url = '/', method, headers } = request;
    if (url.startsWith('/assets/')) this.asked.push(url);
    if (this.withheld?.test(url)) return void request.socket.destroy();
    const asked = http.request(
      { port: this.#relayPort, host: '127.0.0.1', path: url, method, headers },
      (got) => {
        const kept = this.isCached ? {} : { 'cache-control': 'no-store' };
        response.writeHead(got.statusCode!, { ...got.headers, ...kept });
        got.pipe(response);
      },
    );
    asked.on('error', () => request.socket.destroy());
    request.pipe(asked);
  }

  #carry(request: http.IncomingMessage, socket: Socket, head: Buffer): void {
    const relay = connect(this.#relayPort, '127.0.0.1');
    this.#note(relay);
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let i = 0; i < request.rawHeaders.length; i += 2)
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
    relay.write(`${lines.join('\r\n')}\r\n\r\n`);
    relay.write(head);
    socket.pipe(this.#slow()).pipe(relay);
    relay.pipe(socket);
    socket.on('close', () => relay.destroy());
    relay.on('close', () => socket.destroy());
  }

  #slow(): Transform {
    const rate = () => this.bytesPerSecond;
    return new Transform({
      async transform(chunk: Buffer, _encoding, done) {
        const bytesPerSecond = rate();
        if (bytesPerSecond !== null) await passing((1000 * chunk.length) / bytesPerSecond);
        done(null, chunk);
      },
    });
  }
}

/** Two files may differ in their hashes alone. */
function upgradedName(_all: string, name: string, hash: string, ending: string): string {
  return `${name}-${hash.slice(0, 5)}NEW${ending}`;
}

async function startRelay(webRoot: string): Promise<{ relay: CliProcess; port: number }> {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0', '--web-root', webRoot]);
  return { relay, port: Number(new URL((await urlOf(relay))!).port) };
}
