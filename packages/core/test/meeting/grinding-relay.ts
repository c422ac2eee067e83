// A relay in the middle that knows the code and wants both ends to show equal words: it plays the receiver to the sender
// and the sender to the receiver, and chooses its shares by what it has seen so far.
import { hkdfSync } from 'node:crypto';
import { ristretto255 } from '@noble/curves/ed25519.js';
import { cpaceGenerator, cpaceSessionKey } from '../../src/crypto/cpace.ts';
import { lengthValueCat } from '../../src/crypto/length-value.ts';
import { sessionId } from '../../src/crypto/session-id.ts';
import { type Bytes, concat, randomBytes, utf8 } from '../../src/foundation/bytes.ts';
import { encodeGreeting, NONCE_BYTES, OUR_VERSION } from '../../src/wire/greeting.ts';
import type { PairedChannel } from '../link/channel-pair.ts';

const { Point } = ristretto255;
type Element = InstanceType<typeof Point>;
type Role = 'sender' | 'receiver';

/** The first word alone, for a test that ends: 11 bits of the verifier. */
export function firstWordOf(sessionKey: Uint8Array): number {
  const verifier = Buffer.from(hkdfSync('sha256', sessionKey, '', 'p2p-copy/3 verifier\0', 6));
  return verifier.readUInt16BE(0) >> 5;
}

/** One side of the relay: its meeting with one of the ends. */
export class Side {
  readonly #channel: PairedChannel;
  readonly #role: Role;
  readonly #greeting: Bytes;
  #theirGreeting: Bytes | null = null;
  #generator: Element | null = null;
  sid: Bytes | null = null;

  constructor(channel: PairedChannel, role: Role) {
    this.#channel = channel;
    this.#role = role;
    this.#greeting = encodeGreeting({
      versions: [OUR_VERSION],
      role,
      nonce: randomBytes(NONCE_BYTES),
      lanes: 1,
      features: [],
    });
  }

  async greet(purpose: string, key: string, prs: Bytes): Promise<void> {
    this.say(1, this.#greeting);
    this.#theirGreeting = await this.hear(1);
    const greetings = [this.#greeting, this.#theirGreeting] as const;
    const [ofSender, ofReceiver] = this.#role === 'sender' ? greetings : [greetings[1], greetings[0]];
    this.sid = await sessionId(ofSender, ofReceiver);
    const ci = lengthValueCat(...['p2p-copy/3', 'sender', 'receiver', purpose, key].map(utf8));
    this.#generator = cpaceGenerator({ prs, ci, sid: this.sid });
  }

  say(tag: number, body: Uint8Array): void {
    this.#channel.send(concat(Uint8Array.of(tag), body));
  }

  async hear(tag: number): Promise<Bytes> {
    const event = await this.#channel.receive();
    if (event.kind !== 'message' || event.bytes[0] !== tag) throw new Error(`no ${tag}`);
    return event.bytes.slice(1);
  }

  share(scalar: bigint): Bytes {
    return concat(this.#generator!.multiply(scalar).toBytes());
  }

  /** The key that the other end has, if this one's share is of that scalar. */
  sessionKey(scalar: bigint, share: Bytes): Bytes {
    return this.#keyOf(this.share(scalar), concat(Point.fromBytes(share).multiply(scalar).toBytes()), share);
  }

  /** The first share with which the other end, whose share is known, shows that word; null after `trials` trials. */
  grind(theirs: Bytes, word: number, trials: number): Bytes | null {
    let own = this.#generator!;
    let point = Point.fromBytes(theirs);
    const step = point;
    for (let trial = 0; trial < trials; trial += 1) {
      const share = concat(own.toBytes());
      if (firstWordOf(this.#keyOf(share, concat(point.toBytes()), theirs)) === word) return share;
      own = own.add(this.#generator!);
      point = point.add(step);
    }
    return null;
  }

  #keyOf(share: Bytes, point: Bytes, theirs: Bytes): Bytes {
    const own = { share, ad: this.#greeting };
    const peer = { share: theirs, ad: this.#theirGreeting! };
    const [initiator, responder] = this.#role === 'sender' ? [own, peer] : [peer, own];
    return cpaceSessionKey(this.sid!, point, initiator, responder);
  }
}
