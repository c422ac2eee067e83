// The handshake of a meeting: greetings, shares, confirmations, the receiver's first. It is the same for the first
// meeting, proved with the code's words, and for every later one, proved with a derived secret; but where people compare
// words, the sender commits to its share first. docs/PROTOCOL.md section 6.
import { channelId } from '../crypto/channel-id.ts';
import { shareCommitment } from '../crypto/commitment.ts';
import {
  type Contribution,
  cpaceConfirmation,
  cpaceSessionKey,
  cpaceShare,
  cpaceSharedPoint,
  drawScalar,
} from '../crypto/cpace.ts';
import { sessionId } from '../crypto/session-id.ts';
import { type Bytes, equalBytes, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import type { Role } from '../ports/rendezvous.ts';
import {
  commonFeatures,
  encodeGreeting,
  type Greeting,
  NONCE_BYTES,
  OUR_FEATURES,
  OUR_VERSION,
  parseGreeting,
} from '../wire/greeting.ts';
import { hear, reject, say } from './handshake-message.ts';

/** Purposes whose verifier people compare. */
const COMPARED: ReadonlySet<string> = new Set(['code', 'pair']);

/** What one end brings to a handshake. */
export interface HandshakeInputs {
  role: Role;
  /** What this meeting is for: `code`, `pair`, `device`, or `lane N`. Both sides must mean the same. */
  purpose: string;
  /** What both ends met under: a nameplate, or an opaque key in base64url. */
  key: string;
  /** Password-related string. */
  prs: Bytes;
  /** Most lanes this end wants. */
  lanes: number;
  /** Features of this end. Default: those of this code. */
  features?: readonly string[];
}

/** The result of a handshake. */
export interface Handshake {
  /** 64 bytes, from which every key of this connection is derived. */
  sessionKey: Bytes;
  /** Most lanes the other end wants. */
  peerLanes: number;
  /** Features of both ends: what either may use on this connection beyond the version. */
  features: readonly string[];
}

/** A key of which this end doesn't know yet whether the other one has it. */
export interface Unconfirmed extends Handshake {
  role: Role;
  sid: Bytes;
  own: Contribution;
  peer: Contribution;
}

/** @throws TransferError those of `exchangeShares` and `confirmKey` */
export async function shakeHands(channel: Channel, inputs: HandshakeInputs): Promise<Handshake> {
  const unconfirmed = await exchangeShares(channel, inputs);
  await confirmKey(channel, unconfirmed);
  return unconfirmed;
}

/**
 * All that comes before the confirmations, which tells neither end anything about the other's password. When it
 * resolves, the other end has this one's share.
 * @throws TransferError `peer-gone`, `peer-version`, `protocol-violation`; `authentication-failed` for what no honest
 * end says
 */
export async function exchangeShares(channel: Channel, inputs: HandshakeInputs): Promise<Unconfirmed> {
  const { role, purpose, key, prs, lanes, features: ownFeatures = OUR_FEATURES } = inputs;
  const ownGreeting = encodeGreeting({
    versions: [OUR_VERSION],
    role,
    nonce: randomBytes(NONCE_BYTES),
    lanes,
    features: ownFeatures,
  });
  say(channel, 'greeting', ownGreeting);
  const theirGreeting = await hear(channel, 'greeting');
  const theirs = judge(channel, role, theirGreeting);

  const [senderGreeting, receiverGreeting] = ordered(role, ownGreeting, theirGreeting);
  const sid = await sessionId(senderGreeting, receiverGreeting);
  const cpace = { prs, ci: channelId(purpose, key), sid };

  const scalar = drawScalar();
  const ownShare = cpaceShare(cpace, scalar);
  const take = (share: Bytes) => {
    if (equalBytes(share, ownShare)) throw new TransferError('authentication-failed');
    return { share, point: cpaceSharedPoint(scalar, share) };
  };
  const trade = COMPARED.has(purpose) ? tradeCommitted : tradeAtOnce;
  const { share, point } = await trade(channel, role, sid, ownShare, take);

  const own: Contribution = { share: ownShare, ad: ownGreeting };
  const peer: Contribution = { share, ad: theirGreeting };
  const [initiator, responder] = ordered(role, own, peer);
  const sessionKey = cpaceSessionKey(sid, point, initiator, responder);
  const features = commonFeatures(ownFeatures, theirs.features);
  return { role, sid, own, peer, sessionKey, peerLanes: theirs.lanes, features };
}

/**
 * The receiver confirms first: a joiner that leaves before has learned nothing and made no guess.
 * @throws TransferError `peer-gone`, `protocol-violation`; of a sender `wrong-code`, when the receiver confirmed
 * another key: that was its one guess; of a receiver `wrong-code`, when it is told so, and `authentication-failed`
 * for a wrong confirmation
 */
export async function confirmKey(channel: Channel, unconfirmed: Unconfirmed): Promise<void> {
  const { role, sid, sessionKey, own, peer } = unconfirmed;
  const confirmation = cpaceConfirmation(role, sid, sessionKey, own, peer);
  const theirRole = role === 'sender' ? 'receiver' : 'sender';
  const expected = cpaceConfirmation(theirRole, sid, sessionKey, peer, own);

  if (role === 'receiver') {
    say(channel, 'confirmation', confirmation);
    const theirs = await hear(channel, 'confirmation');
    if (!equalBytes(theirs, expected)) throw new TransferError('authentication-failed');
    return;
  }
  const theirs = await hear(channel, 'confirmation').catch((error: unknown) => {
    // Only a sender rejects a code: what says so to it is no guess.
    if (error instanceof TransferError && error.code === 'wrong-code') throw new TransferError('peer-gone');
    throw error;
  });
  if (!equalBytes(theirs, expected)) {
    reject(channel, 'wrong-code');
    throw new TransferError('wrong-code');
  }
  say(channel, 'confirmation', confirmation);
}

/** Neither end's share depends on the other's: the sender's is fixed before it sees the receiver's, which never sees it before. */
async function tradeCommitted<Taken>(
  channel: Channel,
  role: Role,
  sid: Bytes,
  own: Bytes,
  take: (share: Bytes) => Taken,
): Promise<Taken> {
  if (role === 'sender') {
    say(channel, 'commitment', await shareCommitment(sid, own));
    const taken = take(await hear(channel, 'share'));
    say(channel, 'share', own);
    return taken;
  }
  const commitment = await hear(channel, 'commitment');
  say(channel, 'share', own);
  const share = await hear(channel, 'share');
  if (!equalBytes(commitment, await shareCommitment(sid, share))) {
    throw new TransferError('authentication-failed');
  }
  return take(share);
}

async function tradeAtOnce<Taken>(
  channel: Channel,
  _role: Role,
  _sid: Bytes,
  own: Bytes,
  take: (share: Bytes) => Taken,
): Promise<Taken> {
  say(channel, 'share', own);
  return take(await hear(channel, 'share'));
}

/** The other end's greeting, if it is one of the other role. An end of another version is told so. */
function judge(channel: Channel, role: Role, greeting: Bytes): Greeting {
  try {
    const theirs = parseGreeting(greeting);
    // Ours, sent back by whoever is in between, would have the role that we have.
    if (theirs.role === role) throw new TransferError('authentication-failed');
    return theirs;
  } catch (error) {
    if (error instanceof TransferError && error.code === 'peer-version') reject(channel, 'peer-version');
    throw error;
  }
}

/** Sender first, whichever of the two is ours. */
function ordered<T>(role: Role, own: T, peer: T): [sender: T, receiver: T] {
  return role === 'sender' ? [own, peer] : [peer, own];
}
