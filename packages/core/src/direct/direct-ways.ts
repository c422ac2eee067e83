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
  #own: Promise<Reach> | null = null;
  #theirs: Reach | null = null;
  #isClosed = false;

  constructor(context: DirectWaysContext) {
    this.#context = context;
    this.#dialling = new Dialling(context);
  }

  /** Whether the other end has said where it can be reached. */
  get isKnown(): boolean {
    return this.#theirs !== null;
  }

  /** Whether one of the ends wants content to take these alone. */
  get isOnly(): boolean {
    return this.#context.only || this.#theirs?.only === true;
  }

  /** Opens the port, once in a transfer; resolves with what the other end is to be told. */
  open(transferSecret: Bytes): Promise<Reach> {
    this.#own ??= this.#open(transferSecret);
    return this.#own;
  }

  /** Takes where the other end can be reached. */
  async hear(theirs: Reach, transferSecret: Bytes): Promise<void> {
    const dialKey = await deriveDialKey(transferSecret, theirs.nonce);
    this.#theirs = theirs;
    this.#dialling.hear(theirs.addresses, dialKey);
  }

  /**
   * Gives `onWay` each channel that leads to the other end for a lane, until `signal` is aborted. Resolves when nothing more is
   * dialled; who dials this end may still come.
   */
  async seek(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    // Who is told of the port dials it at once.
    await this.#own;
    if (signal.aborted || this.#isClosed) return;
    const stopAwaiting = this.#listening?.await(lane, onWay);
    if (stopAwaiting !== undefined) signal.addEventListener('abort', stopAwaiting, { once: true });
    await this.#dialling.dial(lane, signal, onWay);
  }

  /** Closes the port. Channels that lanes have taken stay. */
  close(): void {
    this.#isClosed = true;
    this.#listening?.close();
  }

  async #open(transferSecret: Bytes): Promise<Reach> {
    const { network, only } = this.#context;
    const nonce = randomBytes(NONCE_BYTES);
    const dialKey = await deriveDialKey(transferSecret, nonce);
    this.#listening = new Listening({ ...this.#context, dialKey });
    if (this.#isClosed) return { nonce, addresses: [], only };
    return { nonce, addresses: await this.#listening.open(network), only };
  }
}
