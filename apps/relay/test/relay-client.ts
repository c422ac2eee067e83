// An end as the tests play it: a real WebSocket whose messages are awaited one by one.
import {
  type AccessProof,
  CLOSE_CODES,
  type CloseName,
  encodeFirstMessage,
  type FirstMessage,
} from '@p2p-copy/core/relay-protocol';
import { type ClientOptions, WebSocket } from 'ws';

export type Heard = { text: string } | { bytes: Buffer } | { closed: number; reason: string };

export class RelayClient {
  readonly socket: WebSocket;
  /** What its first message shows. */
  proof: AccessProof = { accessToken: null, pass: null };
  readonly #heard: Heard[] = [];
  readonly #listeners: ((heard: Heard) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (message: Buffer, isBinary) =>
      this.#push(isBinary ? { bytes: message } : { text: message.toString() }),
    );
    socket.on('close', (closed, reason) => this.#push({ closed, reason: reason.toString() }));
    socket.on('error', () => {});
  }

  /** @returns an open client; rejects with the HTTP status when the upgrade is refused */
  static async connect(url: string, path = '/ws', options: ClientOptions = {}): Promise<RelayClient> {
    const socket = new WebSocket(url.replace(/^http/, 'ws') + path, {
      perMessageDeflate: false,
      ...options,
    });
    const client = new RelayClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  say(message: FirstMessage): this {
    this.socket.send(encodeFirstMessage(message, [], this.proof));
    return this;
  }

  allocate(nameplate: string | null = null): this {
    return this.say({ type: 'allocate', nameplate, isDrawn: false, token: null });
  }

  /** Asks for a nameplate that this sender drew. */
  draw(nameplate: string): this {
    return this.say({ type: 'allocate', nameplate, isDrawn: true, token: null });
  }

  hello(role: 'sender' | 'receiver', key: string, token: string | null = null): this {
    return this.say({ type: 'hello', role, key, token });
  }

  /** What a client of the Python tool says first. */
  classicHello(role: 'sender' | 'receiver', codeHash: string): this {
    this.socket.send(JSON.stringify({ type: 'hello', code_hash_hex: codeHash, role }));
    return this;
  }

  /** The next thing that arrives. */
  next(): Promise<Heard> {
    const heard = this.#heard.shift();
    if (heard !== undefined) return Promise.resolve(heard);
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  async nextJson(): Promise<Record<string, string>> {
    const heard = await this.next();
    if (!('text' in heard)) throw new Error(`expected text, heard ${JSON.stringify(heard)}`);
    return JSON.parse(heard.text);
  }

  async nextBytes(): Promise<Buffer> {
    const heard = await this.next();
    if (!('bytes' in heard)) throw new Error(`expected bytes, heard ${JSON.stringify(heard)}`);
    return heard.bytes;
  }

  /** The close code, when closing is what comes next, after the error that says the same. */
  async nextClose(): Promise<number> {
    let heard = await this.next();
    if ('text' in heard) {
      const { type, code } = JSON.parse(heard.text);
      if (type !== 'error') throw new Error(`expected a close, heard ${heard.text}`);
      heard = await this.next();
      if ('closed' in heard && CLOSE_CODES[code as CloseName].code !== heard.closed) {
        throw new Error(`closed with ${heard.closed} after the error ${code}`);
      }
    }
    if (!('closed' in heard)) throw new Error(`expected a close, heard ${JSON.stringify(heard)}`);
    return heard.closed;
  }

  #push(heard: Heard): void {
    const listener = this.#listeners.shift();
    if (listener === undefined) this.#heard.push(heard);
    else listener(heard);
  }
}

export function opaqueKey(fill: string): string {
  return fill.repeat(43).slice(0, 43);
}
