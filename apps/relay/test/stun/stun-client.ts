// A STUN client as slow and obvious as can be, which shares no code with the server.
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

const COOKIE = '2112a442';

/** An attribute with its padding, from hex. */
export function attribute(type: string, value = ''): string {
  const bytes = value.length / 2;
  return `${type}${bytes.toString(16).padStart(4, '0')}${value}${'00'.repeat((4 - (bytes % 4)) % 4)}`;
}

/** A message of that type, from hex. */
export function messageOf(
  type: string,
  attributes = '',
  transaction = randomBytes(12).toString('hex'),
): Buffer {
  const length = (attributes.length / 2).toString(16).padStart(4, '0');
  return Buffer.from(`${type}${length}${COOKIE}${transaction}${attributes}`, 'hex');
}

export const bindingRequest = (attributes = '') => messageOf('0001', attributes);

export interface Answer {
  type: string;
  transaction: string;
  attributes: { type: string; value: string }[];
}

export function readAnswer(datagram: Buffer): Answer {
  const hex = datagram.toString('hex');
  if (hex.slice(8, 16) !== COOKIE || Number.parseInt(hex.slice(4, 8), 16) !== datagram.length - 20) {
    throw new Error(`not a STUN message: ${hex}`);
  }
  const attributes: Answer['attributes'] = [];
  let rest = hex.slice(40);
  while (rest !== '') {
    const digits = 2 * Number.parseInt(rest.slice(4, 8), 16);
    attributes.push({ type: rest.slice(0, 4), value: rest.slice(8, 8 + digits) });
    rest = rest.slice(8 + Math.ceil(digits / 8) * 8);
  }
  return { type: hex.slice(0, 4), transaction: hex.slice(16, 40), attributes };
}

/** `ADDRESS PORT` of the one XOR-MAPPED-ADDRESS, the address as hex. */
export function mappedIn({ attributes, transaction }: Answer): string {
  const [{ type, value } = { type: '', value: '' }, ...more] = attributes;
  if (type !== '0020' || more.length > 0) throw new Error(`attributes: ${JSON.stringify(attributes)}`);
  const plain = (at: number, digits: number, mask: string) => {
    const xored = BigInt(`0x${value.slice(at, at + digits)}`) ^ BigInt(`0x${mask.slice(0, digits)}`);
    return xored.toString(16).padStart(digits, '0');
  };
  const digits = { '0001': 8, '0002': 32 }[value.slice(0, 4)]!;
  if (value.length !== 8 + digits) throw new Error(`an address of ${value.length / 2} bytes`);
  return `${plain(8, digits, COOKIE + transaction)} ${Number.parseInt(plain(4, 4, COOKIE), 16)}`;
}

/** A UDP socket at an address of this machine that hears one server. */
export class StunClient {
  readonly heard: Buffer[] = [];
  readonly #port: number;
  readonly #server: string;

  private constructor(
    readonly socket: Socket,
    server: string,
    port: number,
  ) {
    this.#server = server;
    this.#port = port;
    socket.on('message', (datagram) => this.heard.push(datagram));
  }

  static async at(address: string, server: string, port: number): Promise<StunClient> {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new StunClient(socket, server, port);
  }

  get port(): number {
    return this.socket.address().port;
  }

  async send(datagram: Buffer): Promise<void> {
    await new Promise<void>((resolve, reject) =>
      this.socket.send(datagram, this.#port, this.#server, (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
  }

  /** The next datagram that comes. */
  async next(): Promise<Buffer> {
    if (this.heard.length === 0) await once(this.socket, 'message');
    return this.heard.shift()!;
  }
}
