// The first packet of a QUIC handshake, made by hand, so that it can say what no library says. RFC 9000, 9001 and 8446.
import { createCipheriv, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';

const VERSION_1 = [0, 0, 0, 1];
const INITIAL_SALT = Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex');
const ID_BYTES = 8;
const PACKET_NUMBER_BYTES = 4;
const TAG_BYTES = 16;
/** Shorter datagrams begin no connection. */
const DATAGRAM_BYTES = 1_200;

/** Codes of transport parameters: those of RFC 9000 and 9221, and of two extensions. */
export const PARAMETERS = [...Array(0x11).keys(), 0x20, 0x2ab2, 0xff04de1b];

/** A transport parameter whose value has these bytes, fewer than 64. */
export function transportParameter(code: number, ...value: number[]): Buffer {
  return Buffer.concat([varint(code), vector8(Buffer.from(value))]);
}

/**
 * A datagram with a ClientHello.
 * @param parameters of transport, as they are to be sent, beside the one that is needed
 * @param change what is done to the ClientHello before it is sealed
 */
export function firstPacket(
  parameters: Buffer,
  { alpn = 'libp2p', change = (_hello: Buffer) => {} } = {},
): Buffer {
  const [theirs, own] = [randomBytes(ID_BYTES), randomBytes(ID_BYTES)];
  const sourceId = transportParameter(0x0f, ...own);
  const hello = clientHello(Buffer.concat([sourceId, parameters]), alpn);
  change(hello);
  // A frame CRYPTO at offset 0, and padding.
  const frame = Buffer.concat([Buffer.from([6, 0]), varint(hello.length), hello]);
  const header = Buffer.concat([
    Buffer.from([0xc0 | (PACKET_NUMBER_BYTES - 1), ...VERSION_1, ID_BYTES]),
    theirs,
    Buffer.from([ID_BYTES]),
    own,
    Buffer.from([0]),
  ]);
  const restBytes = DATAGRAM_BYTES - header.length - 2;
  const plain = Buffer.alloc(restBytes - PACKET_NUMBER_BYTES - TAG_BYTES);
  frame.copy(plain);
  return seal(Buffer.concat([header, varint(restBytes), Buffer.alloc(PACKET_NUMBER_BYTES)]), plain, theirs);
}

function seal(header: Buffer, plain: Buffer, theirs: Buffer): Buffer {
  const extracted = createHmac('sha256', INITIAL_SALT).update(theirs).digest();
  const initial = expand(extracted, 'client in', 32);
  const key = expand(initial, 'quic key', 16);
  const iv = expand(initial, 'quic iv', 12);
  const mask = expand(initial, 'quic hp', 16);
  const cipher = createCipheriv('aes-128-gcm', key, iv);
  cipher.setAAD(header);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  const hiding = createCipheriv('aes-128-ecb', mask, null).update(sealed.subarray(0, 16));
  const hidden = Buffer.from(header);
  hidden[0]! ^= hiding[0]! & 0x0f;
  const at = header.length - PACKET_NUMBER_BYTES;
  for (let i = 0; i < PACKET_NUMBER_BYTES; i += 1) hidden[at + i]! ^= hiding[1 + i]!;
  return Buffer.concat([hidden, sealed]);
}

/** HKDF-Expand-Label without a context; one block is enough. */
function expand(secret: Buffer, label: string, sizeBytes: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, sizeBytes]), vector8(name), Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, sizeBytes);
}

function clientHello(parameters: Buffer, alpn: string): Buffer {
  const { x } = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' });
  const share = Buffer.concat([Buffer.from([0, 0x1d]), vector16(Buffer.from(x!, 'base64url'))]);
  const extensions = [
    extension(0x0a, vector16(Buffer.from([0, 0x1d]))),
    extension(0x0d, vector16(Buffer.from([8, 7, 4, 3]))),
    extension(0x10, vector16(vector8(Buffer.from(alpn)))),
    extension(0x2b, vector8(Buffer.from([3, 4]))),
    extension(0x33, vector16(share)),
    extension(0x39, parameters),
  ];
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    randomBytes(32),
    vector8(Buffer.alloc(0)),
    vector16(Buffer.from([0x13, 1, 0x13, 2, 0x13, 3])),
    vector8(Buffer.from([0])),
    vector16(Buffer.concat(extensions)),
  ]);
  return Buffer.concat([Buffer.from([1, 0]), vector16(body)]);
}

function extension(code: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, code]), vector16(body)]);
}

function vector8(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function vector16(bytes: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(bytes.length);
  return Buffer.concat([size, bytes]);
}

/** QUIC's number of variable length, in 2 or 8 bytes. */
function varint(value: number): Buffer {
  const long = Buffer.alloc(8);
  long.writeBigUInt64BE(BigInt(value) | (3n << 62n));
  return value < 0x4000 ? Buffer.from([0x40 | (value >> 8), value & 0xff]) : long;
}
