// One chunk on the wire: sequence number, chain link, payload. docs/CLASSIC.md, section Chunks.
import { type Bytes, viewOf } from '../foundation/bytes.ts';
import { violation } from '../wire/fields.ts';
import { CHUNK_HEADER_BYTES, LINK_BYTES } from './constants.ts';

const SEQUENCE_BYTES = CHUNK_HEADER_BYTES - LINK_BYTES;

/** One chunk of a file as it comes: a number, a link of the hash chain, a payload. */
export interface ChunkMessage {
  sequence: number;
  /** The link as its sender sent it. */
  link: Bytes;
  payload: Bytes;
  /** 32 bytes that may be overwritten, then the payload: what a HashChain takes. Shares the message's memory. */
  room: Bytes;
}

/** Room for a header and `payloadBytes` after it. */
export function chunkMessageRoom(payloadBytes: number): Bytes {
  return new Uint8Array(CHUNK_HEADER_BYTES + payloadBytes);
}

/** The part of a message that a HashChain takes. */
export function chainRoom(message: Bytes): Bytes {
  return message.subarray(SEQUENCE_BYTES);
}

/** The payload of a chunk message; a view into it. */
export function payloadOf(message: Bytes): Bytes {
  return message.subarray(CHUNK_HEADER_BYTES);
}

/** Writes the header in front of a payload that is in its place. */
export function stampChunkMessage(message: Bytes, sequence: number, link: Bytes): void {
  viewOf(message).setBigUint64(0, BigInt(sequence));
  message.set(link, SEQUENCE_BYTES);
}

/** @throws TransferError `protocol-violation` */
export function parseChunkMessage(message: Bytes): ChunkMessage {
  if (message.length < CHUNK_HEADER_BYTES) throw violation('a chunk is shorter than its header');
  const sequence = viewOf(message).getBigUint64(0);
  if (sequence > BigInt(Number.MAX_SAFE_INTEGER)) throw violation('a chunk is out of sequence');
  return {
    sequence: Number(sequence),
    link: message.slice(SEQUENCE_BYTES, CHUNK_HEADER_BYTES),
    payload: payloadOf(message),
    room: chainRoom(message),
  };
}
