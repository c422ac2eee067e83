// The two messages of a STUN server that answers Binding requests only, as RFC 8489 sections 5, 14.2, 14.8 and 14.13 lay
// them out. docs/PROTOCOL.md section 4.
import { addressBlock, ipv6Groups } from '../limits/address-block.ts';

const HEADER_BYTES = 20;
/** What fits into one IPv4 packet that every network passes on (RFC 8489 section 6.1), without the headers of IP and UDP. */
export const MAX_REQUEST_BYTES = 548;
/** Unknown attributes that an answer names. */
export const MAX_NAMED_ATTRIBUTES = 16;

const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const MAGIC_COOKIE = 0x2112a442;
const XOR_MAPPED_ADDRESS = 0x0020;
const ERROR_CODE = 0x0009;
const UNKNOWN_ATTRIBUTES = 0x000a;
/** From here on an attribute may be ignored. */
const FIRST_OPTIONAL = 0x8000;
/** Those that RFC 8489 knows: of authentication, which this server doesn't ask for, and of answers. */
const IGNORED = new Set([1, 6, 8, 9, 0xa, 0x14, 0x15, 0x1c, 0x1d, 0x1e, 0x20]);

/** A Binding request. */
export interface BindingRequest {
  /** The whole datagram. */
  readonly datagram: Buffer;
  /** Types of the attributes that a server must know to answer, and this one doesn't; each once, in their order. */
  readonly unknownAttributes: readonly number[];
}

/** Null for anything else: answers to answers could go round for ever. */
export function readBindingRequest(datagram: Buffer): BindingRequest | null {
  const { length } = datagram;
  if (length < HEADER_BYTES || length > MAX_REQUEST_BYTES || length % 4 !== 0) return null;
  if (datagram.readUInt16BE(0) !== BINDING_REQUEST || datagram.readUInt32BE(4) !== MAGIC_COOKIE) return null;
  if (datagram.readUInt16BE(2) !== length - HEADER_BYTES) return null;
  const unknown = new Set<number>();
  let at = HEADER_BYTES;
  while (at < length) {
    const type = datagram.readUInt16BE(at);
    if (type < FIRST_OPTIONAL && !IGNORED.has(type)) unknown.add(type);
    at += 4 + padded(datagram.readUInt16BE(at + 2));
  }
  return at === length ? { datagram, unknownAttributes: [...unknown] } : null;
}

/**
 * The answer to a request, longer than it by at most an address of 12 bytes (IPv4) or 24 (IPv6).
 * @param address IP address that the request came from
 * @param port port that it came from
 */
export function answerTo(
  { datagram, unknownAttributes }: BindingRequest,
  address: string,
  port: number,
): Buffer {
  const named = unknownAttributes.slice(0, MAX_NAMED_ATTRIBUTES);
  return named.length > 0
    ? message(datagram, BINDING_ERROR, [attribute(ERROR_CODE, UNKNOWN_CODE), unknownTypes(named)])
    : message(datagram, BINDING_SUCCESS, [xorMappedAddress(datagram, address, port)]);
}

/** Class 4, number 20, and no phrase. */
const UNKNOWN_CODE = Buffer.from([0, 0, 4, 20]);

function unknownTypes(types: readonly number[]): Buffer {
  const value = Buffer.alloc(2 * types.length);
  for (const [index, type] of types.entries()) value.writeUInt16BE(type, 2 * index);
  return attribute(UNKNOWN_ATTRIBUTES, value);
}

/** Section 14.2: both XORed with the cookie and, for IPv6, with the transaction ID behind it. */
function xorMappedAddress(request: Buffer, address: string, port: number): Buffer {
  const bytes = addressBytes(address);
  const value = Buffer.alloc(4 + bytes.length);
  value.writeUInt8(bytes.length === 4 ? 1 : 2, 1);
  value.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  for (const [index, byte] of bytes.entries())
    value.writeUInt8(byte ^ request.readUInt8(4 + index), 4 + index);
  return attribute(XOR_MAPPED_ADDRESS, value);
}

/** 4 bytes, also of an IPv4 address that is written as IPv6, or 16. */
function addressBytes(address: string): number[] {
  const block = addressBlock(address);
  if (block.endsWith('::/64')) return ipv6Groups(address)!.flatMap((group) => [group >>> 8, group & 0xff]);
  return block.split('.').map(Number);
}

function attribute(type: number, value: Buffer): Buffer {
  const whole = Buffer.alloc(4 + padded(value.length));
  whole.writeUInt16BE(type, 0);
  whole.writeUInt16BE(value.length, 2);
  value.copy(whole, 4);
  return whole;
}

/** With the transaction ID of the request, by which its sender knows the answer. */
function message(request: Buffer, type: number, attributes: readonly Buffer[]): Buffer {
  const header = Buffer.from(request.subarray(0, HEADER_BYTES));
  const body = Buffer.concat(attributes);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
