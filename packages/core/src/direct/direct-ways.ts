// The ways of one transfer that no relay carries: the port of this end, and that of the other. docs/PROTOCOL.md section 18.
import { deriveDialKey } from '../crypto/derive-keys.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { DirectNetwork } from '../ports/direct-network.ts';
import type { Path } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import type { Reach } from '../wire/reach-record.ts';
import { Dialling } from './dialling.ts';
import { Listening } from './listening.ts';

const NONCE_BYTES = 16;

/** A channel on which a handshake of a lane may begin. */
export interface DirectWay {
  channel: Channel;
  path: Path;
  /** Dialled where nobody has proved to be the other end yet, which is done eight times at most. */
  isUnproven?: boolean;
  /** To be called when the other end has proved itself on it. */
  onProved(): void;
}

/** What direct ways need. */
export interface DirectWaysContext {
  network: DirectNetwork;
  clock: Clock;
  bulk: BulkCrypto;
  role: Role;
  /** Whether content is to take them alone. */
  only: boolean;
}

/** The direct ways of one transfer, over all its sessions. */
export class DirectWays {
  readonly #context: DirectWaysContext;
  readonly #dialling: Dialling;
  #listening: Listening | null = null;
  #own: Promise<Bytes> | null = null;
  #theirs: Reach | null = null;
  /** Whether the offer of the present session is accepted. */
  #isBegun = false;
  #isClosed = false;

  constructor(context: DirectWaysContext) {
    this.#context = context;
    this.#dialling = new Dialling(context);
  }

  /** Whether an offer is accepted, and the other end has said where it can be reached. */
  get isKnown(): boolean {
    return this.#isBegun && this.#theirs !== null;
  }

  /** Whether this end wants content to take these alone. */
  get isOwnOnly(): boolean {
    return this.#context.only;
  }

  /** Whether one of the ends wants content to take these alone. */
  get isOnly(): boolean {
    return this.#context.only || this.#theirs?.only === true;
  }

  /** Another session begins, in which nothing is accepted yet, and of which the other end may be another process. */
  beginSession(): void {
    this.#isBegun = false;
    this.#theirs = null;
    this.#dialling.forget();
  }

  /** An offer is accepted: opens the port, once in a transfer, and resolves with what the other end is to be told. */
  async open(transferSecret: Bytes): Promise<Reach> {
    this.#isBegun = true;
    this.#own ??= this.#open(transferSecret);
    const nonce = await this.#own;
    return { nonce, addresses: this.#listening?.addresses() ?? [], only: this.#context.only };
  }

  /** Takes where the other end can be reached. */
  async hear(theirs: Reach, transferSecret: Bytes): Promise<void> {
    this.#theirs = theirs;
    this.#dialling.hear(theirs.addresses, await deriveDialKey(transferSecret, theirs.nonce));
  }

  /**
   * Gives `onWay` each channel that leads to the other end for a lane; resolves when `signal` is aborted.
   */
  async seek(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    // Who is told of the port dials it at once.
    await this.#own;
    if (signal.aborted || this.#isClosed) return;
    const stopAwaiting = this.#listening?.await(lane, onWay);
    if (stopAwaiting !== undefined) signal.addEventListener('abort', stopAwaiting, { once: true });
    await Promise.all([
      this.#dialling.dial(lane, signal, onWay),
      this.#dialling.dialAgain(lane, signal, onWay),
    ]);
  }

  /** Closes the port. Channels that lanes have taken stay. */
  close(): void {
    this.#isClosed = true;
    this.#listening?.close();
  }

  /** Resolves with the nonce of the port. */
  async #open(transferSecret: Bytes): Promise<Bytes> {
    const nonce = randomBytes(NONCE_BYTES);
    const dialKey = await deriveDialKey(transferSecret, nonce);
    this.#listening = new Listening({ ...this.#context, dialKey });
    if (!this.#isClosed) await this.#listening.open(this.#context.network);
    return nonce;
  }
}
