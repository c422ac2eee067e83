// The ways of one transfer that no relay carries: the ports of this end, and those of the other. docs/PROTOCOL.md section 18.
import { deriveDialKey } from '../crypto/derive-keys.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { DirectAddress, DirectNetwork } from '../ports/direct-network.ts';
import type { DirectKind, Path } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import { DIRECT, QUIC } from '../wire/greeting.ts';
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

/** How a device is dialled, and dials, by kind; null where it doesn't. */
export interface DirectNetworks {
  /** Over TCP. */
  network: DirectNetwork | null;
  quic?: DirectNetwork | null;
}

/** What direct ways need. */
export interface DirectWaysContext extends DirectNetworks {
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
  /** Whether both ends know QUIC. */
  #isQuic = false;
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

  /** What this end says in its greeting. */
  get features(): readonly string[] {
    return this.#context.quic ? [DIRECT, QUIC] : [DIRECT];
  }

  /** Whether both ends know a kind of direct paths. @param features of both */
  isSharedBy(features: readonly string[]): boolean {
    const isQuic = Boolean(this.#context.quic) && features.includes(QUIC);
    return features.includes(DIRECT) && (isQuic || this.#context.network !== null);
  }

  /** Whether the other end may be met over TCP or over QUIC, as far as is known. */
  get hasBothKinds(): boolean {
    return this.isKnown && this.#isQuic && this.#context.network !== null;
  }

  /**
   * Another session begins, in which nothing is accepted yet, and of which the other end may be another process.
   * @param features of both ends
   */
  beginSession(features: readonly string[] = []): void {
    this.#isQuic = Boolean(this.#context.quic) && features.includes(QUIC);
    this.#isBegun = false;
    this.#theirs = null;
    this.#dialling.forget();
  }

  /** An offer is accepted: opens the ports, once in a transfer, and resolves with what the other end is to be told. */
  async open(transferSecret: Bytes): Promise<Reach> {
    const { network, quic, only } = this.#context;
    this.#isBegun = true;
    this.#own ??= this.#begin(transferSecret);
    const nonce = await this.#own;
    const [addresses, overQuic] = await Promise.all([
      this.#listen('tcp', network),
      this.#listen('quic', this.#isQuic ? quic : null),
    ]);
    return { nonce, addresses, ...(this.#isQuic && { quic: overQuic }), only };
  }

  /** Takes where the other end can be reached. */
  async hear(theirs: Reach, transferSecret: Bytes): Promise<void> {
    this.#theirs = theirs;
    const dialKey = await deriveDialKey(transferSecret, theirs.nonce);
    this.#dialling.hear(theirs.addresses, dialKey, this.#isQuic ? theirs.quic : undefined);
  }

  /**
   * Gives `onWay` each channel that leads to the other end for a lane; resolves when `signal` is aborted.
   * @param kind of the channels; null for all
   */
  async seek(
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
    kind: DirectKind | null = null,
  ): Promise<void> {
    // Who is told of the port dials it at once.
    await this.#own;
    if (signal.aborted || this.#isClosed) return;
    const take = (way: DirectWay) => {
      if (kind === null || way.path.kind === kind) onWay(way);
      else way.channel.terminate();
    };
    const stopAwaiting = this.#listening?.await(lane, take);
    if (stopAwaiting !== undefined) signal.addEventListener('abort', stopAwaiting, { once: true });
    await Promise.all([
      this.#dialling.dial(lane, signal, onWay, kind),
      this.#dialling.dialAgain(lane, signal, onWay, kind),
    ]);
  }

  /** Closes the ports. Channels that lanes have taken stay. */
  close(): void {
    this.#isClosed = true;
    this.#listening?.close();
    this.#context.network?.close?.();
    this.#context.quic?.close?.();
  }

  /** Resolves with the nonce of the ports. */
  async #begin(transferSecret: Bytes): Promise<Bytes> {
    const nonce = randomBytes(NONCE_BYTES);
    const dialKey = await deriveDialKey(transferSecret, nonce);
    this.#listening = new Listening({ ...this.#context, dialKey });
    return nonce;
  }

  async #listen(
    kind: DirectKind,
    network: DirectNetwork | null | undefined,
  ): Promise<readonly DirectAddress[]> {
    return network && !this.#isClosed ? this.#listening!.open(network, kind) : [];
  }
}
