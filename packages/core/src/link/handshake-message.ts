// Messages of the handshake: a tag byte, then a body of the size that the tag has. docs/PROTOCOL.md section 6.
import { COMMITMENT_BYTES } from '../crypto/commitment.ts';
import { CONFIRMATION_BYTES, SHARE_BYTES } from '../crypto/cpace.ts';
import { type Bytes, concat } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel, ChannelEnd } from '../ports/channel.ts';
import { violation } from '../wire/fields.ts';
import { MAX_GREETING_BYTES } from '../wire/limits.ts';
import { channelError } from './channel-error.ts';

interface Format {
  tag: number;
  minBytes: number;
  maxBytes: number;
}

const FORMATS = {
  greeting: { tag: 1, minBytes: 1, maxBytes: MAX_GREETING_BYTES },
  share: exactly(2, SHARE_BYTES),
  confirmation: exactly(3, CONFIRMATION_BYTES),
  commitment: exactly(5, COMMITMENT_BYTES),
} satisfies Record<string, Format>;
const REJECTION_TAG = 4;
const REJECTED = { 'wrong-code': 1, 'peer-version': 2 } as const;

type MessageName = keyof typeof FORMATS;
type Rejection = keyof typeof REJECTED;

/** Sends a handshake message: its tag, then `body`. */
export function say(channel: Channel, name: MessageName, body: Uint8Array): void {
  channel.send(concat(Uint8Array.of(FORMATS[name].tag), body));
}

/** Tells the other end why the handshake is over. */
export function reject(channel: Channel, reason: Rejection): void {
  channel.send(Uint8Array.of(REJECTION_TAG, REJECTED[reason]));
}

/** Any other end says no more than that nobody was proved to be there. */
const KEPT_ENDS: readonly ChannelEnd[] = [
  'malformed',
  'transfer-limit',
  'day-limit',
  'time-limit',
  'idle-limit',
];

/**
 * The body of the next message, which has to be that one.
 * @throws TransferError `peer-gone`; `protocol-violation`; the reason of a rejection, which isn't authenticated:
 * whoever forges one could as well cut the connection
 */
export async function hear(channel: Channel, name: MessageName): Promise<Bytes> {
  const { tag, minBytes, maxBytes } = FORMATS[name];
  const event = await channel.receive();
  if (event.kind === 'closed') throw channelError(KEPT_ENDS.includes(event.why) ? event.why : 'peer-left');
  if (event.bytes[0] === REJECTION_TAG) throw rejection(event.bytes);
  if (event.bytes[0] !== tag) throw violation('a handshake message is out of order');
  const body = event.bytes.slice(1);
  if (body.length < minBytes || body.length > maxBytes)
    throw violation('a handshake message has another size');
  return body;
}

function rejection([, reason]: Uint8Array): TransferError {
  for (const [code, value] of Object.entries(REJECTED)) {
    if (value === reason) return new TransferError(code as Rejection);
  }
  return violation('a rejection for no known reason');
}

function exactly(tag: number, bytes: number): Format {
  return { tag, minBytes: bytes, maxBytes: bytes };
}
