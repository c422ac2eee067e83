// The handshake of a meeting: greeting, share, confirmation, the receiver's first. It is the same for the first
// meeting, proved with the code's words, and for every later one, proved with a derived secret.
// docs/PROTOCOL.md section 6.
import {
  CONFIRMATION_BYTES,
  type Contribution,
  cpaceConfirmation,
  cpaceSessionKey,
  cpaceShare,
  cpaceSharedPoint,
  drawScalar,
  isConfirmation,
  SHARE_BYTES,
} from '../crypto/cpace.ts';
import { lengthValueCat } from '../crypto/length-value.ts';
import { PROTOCOL_LABEL } from '../crypto/protocol-label.ts';
import { sessionId } from '../crypto/session-id.ts';
import { type Bytes, concat, randomBytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import type { Role } from '../relay-protocol/messages.ts';
import { violation } from '../wire/fields.ts';
import { encodeGreeting, type Greeting, NONCE_BYTES, OUR_VERSION, parseGreeting } from '../wire/greeting.ts';
import { MAX_GREETING_BYTES } from '../wire/limits.ts';

/** First byte of a handshake message. */
const TAG = { greeting: 1, share: 2, confirmation: 3, rejection: 4 } as const;
const REJECTED = { 'wrong-code': 1, 'peer-version': 2 } as const;

export interface HandshakeInputs {
  role: Role;
  /** What this meeting is for: `code`, or `lane N`. Both sides must mean the same. */
  purpose: string;
  /** Password-related string. */
  prs: Bytes;
  /** Most lanes this end wants. */
  lanes: number;
}

export interface Handshake {
  /** 64 bytes, from which every key of this connection is derived. */
  sessionKey: Bytes;
  /** Most lanes the other end wants. */
  peerLanes: number;
}

/**
 * Errors: `wrong-code` when the other side confirmed another password (that was its one guess), `peer-gone` when it
 * left before, `peer-version`, `protocol-violation`, `authentication-failed`.
 */
export async function shakeHands(socket: RelaySocket, inputs: HandshakeInputs): Promise<Handshake> {
  const { role, purpose, prs } = inputs;

  const ownGreeting = encodeGreeting({
    versions: [OUR_VERSION],
    role,
    nonce: randomBytes(NONCE_BYTES),
    lanes: inputs.lanes,
  });
  say(socket, TAG.greeting, ownGreeting);
  const theirGreeting = await hear(socket, TAG.greeting, MAX_GREETING_BYTES);
  const theirs = agree(socket, role, theirGreeting);

  const [senderGreeting, receiverGreeting] = ordered(role, ownGreeting, theirGreeting);
  const sid = await sessionId(senderGreeting, receiverGreeting);
  const cpace = { prs, ci: channelIdentifier(purpose), sid };

  const scalar = drawScalar();
  const own: Contribution = { share: cpaceShare(cpace, scalar), ad: ownGreeting };
  say(socket, TAG.share, own.share);
  const peer: Contribution = { share: await hear(socket, TAG.share, SHARE_BYTES), ad: theirGreeting };

  const sharedPoint = cpaceSharedPoint(scalar, peer.share);
  const [initiator, responder] = ordered(role, own, peer);
  const sessionKey = cpaceSessionKey(sid, sharedPoint, initiator, responder);

  // The receiver confirms first: a joiner that leaves before has learned nothing and made no guess.
  const confirmation = cpaceConfirmation(sid, sessionKey, own);
  if (role === 'receiver') say(socket, TAG.confirmation, confirmation);
  const theirConfirmation = await hear(socket, TAG.confirmation, CONFIRMATION_BYTES);
  if (!isConfirmation(theirConfirmation, sid, sessionKey, peer)) {
    say(socket, TAG.rejection, Uint8Array.of(REJECTED['wrong-code']));
    throw new TransferError('wrong-code');
  }
  if (role === 'sender') say(socket, TAG.confirmation, confirmation);
  return { sessionKey, peerLanes: theirs.lanes };
}

/** The other end's greeting, if it is one of the other role. An end of another version is told so. */
function agree(socket: RelaySocket, role: Role, greeting: Bytes): Greeting {
  try {
    const theirs = parseGreeting(greeting);
    // Ours, sent back by whoever is in between, would have the role that we have.
    if (theirs.role === role) throw new TransferError('authentication-failed');
    return theirs;
  } catch (error) {
    if (error instanceof TransferError && error.code === 'peer-version') {
      say(socket, TAG.rejection, Uint8Array.of(REJECTED['peer-version']));
    }
    throw error;
  }
}

/** Sender first, whichever of the two is ours. */
function ordered<T>(role: Role, own: T, peer: T): [sender: T, receiver: T] {
  return role === 'sender' ? [own, peer] : [peer, own];
}

function channelIdentifier(purpose: string): Bytes {
  return lengthValueCat(utf8(PROTOCOL_LABEL), utf8('sender'), utf8('receiver'), utf8(purpose));
}

function say(socket: RelaySocket, tag: number, body: Uint8Array): void {
  socket.send(concat(Uint8Array.of(tag), body));
}

async function hear(socket: RelaySocket, tag: number, maxBytes: number): Promise<Bytes> {
  const event = await socket.receive();
  if (event.kind === 'closed') throw new TransferError('peer-gone');
  if (event.kind === 'text') throw violation('text where a handshake message was due');
  const [first, reason] = event.bytes;
  if (first === TAG.rejection) throw rejection(reason);
  if (first !== tag) throw violation('a handshake message is out of order');
  const body = event.bytes.slice(1);
  if (body.length > maxBytes) throw violation('a handshake message is too long');
  return body;
}

/** A rejection isn't authenticated: whoever forges one could as well cut the connection. */
function rejection(reason: number | undefined): TransferError {
  for (const [code, value] of Object.entries(REJECTED)) {
    if (value === reason) return new TransferError(code as keyof typeof REJECTED);
  }
  return violation('a rejection for no known reason');
}
