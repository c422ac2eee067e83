// The ports of one transfer, for the other end alone: who dials has to prove itself with the first frame. docs/PROTOCOL.md section 18.
import { readFirstFrame } from '../crypto/first-frame.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { hexOf } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { DirectAddress, DirectChannel, DirectListener, DirectNetwork } from '../ports/direct-network.ts';
import type { DialledKind, DirectKind } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import { FIRST_FRAME_MS, MAX_HALF_OPEN, MAX_LANES, MAX_TAKEN_DIALS } from '../wire/limits.ts';
import type { DirectWay } from './direct-ways.ts';
import { WrappedChannel } from './wrapped-channel.ts';

/** How long a channel waits for its lane to want one. */
const PARKED_MS = 5_000;

/** What listening needs. */
export interface ListeningContext {
  clock: Clock;
  bulk: BulkCrypto;
  /** Of this end. */
  role: Role;
  /** The dial key of this end's nonce. */
  dialKey: Bytes;
}

interface Parked extends DirectWay {
  forget(): void;
}

/** Takes the dials of the other end, each for a lane. */
export class Listening {
  readonly #context: ListeningContext;
  readonly #halfOpen = new Set<Channel>();
  readonly #seen = new Set<string>();
  readonly #waiting = new Map<number, (way: DirectWay) => void>();
  readonly #parked = new Map<number, Parked>();
  readonly #listeners = new Map<DialledKind, Promise<DirectListener | null>>();
  #isClosed = false;

  constructor(context: ListeningContext) {
    this.#context = context;
  }

  /**
   * Opens a port, once for each kind, where this device can listen; resolves with where it can be dialled now. That is nowhere, where
   * this device only dials.
   */
  async open(network: DirectNetwork, kind: DialledKind): Promise<readonly DirectAddress[]> {
    const opening = this.#listeners.get(kind) ?? this.#open(network, kind);
    this.#listeners.set(kind, opening);
    return (await opening)?.addresses() ?? [];
  }

  /** Gives `onWay` whatever comes for a lane, until the result is called. */
  await(lane: number, onWay: (way: DirectWay) => void): () => void {
    this.#waiting.set(lane, onWay);
    const parked = this.#parked.get(lane);
    if (parked !== undefined) {
      parked.forget();
      onWay(parked);
    }
    return () => {
      if (this.#waiting.get(lane) === onWay) this.#waiting.delete(lane);
    };
  }

  /** Takes a channel on which the other end is to say its first frame. Never rejects. @param onProved told when it has proved itself */
  async take(channel: DirectChannel, kind: DirectKind, onProved = () => {}): Promise<void> {
    if (this.#isClosed || this.#seen.size >= MAX_TAKEN_DIALS) return channel.terminate();
    const [oldest] = this.#halfOpen;
    if (this.#halfOpen.size >= MAX_HALF_OPEN) {
      this.#halfOpen.delete(oldest!);
      oldest!.terminate();
    }
    this.#halfOpen.add(channel);
    const stop = this.#context.clock.after(FIRST_FRAME_MS, () => channel.terminate());
    const first = await channel.receive();
    stop();
    this.#halfOpen.delete(channel);
    const { role, dialKey, bulk } = this.#context;
    const theirs = role === 'sender' ? 'receiver' : 'sender';
    const dial = first.kind === 'closed' ? null : readFirstFrame(first.bytes, dialKey, theirs, MAX_LANES);
    if (dial === null || this.#seen.has(hexOf(dial.r)) || this.#isClosed) return channel.terminate();
    this.#seen.add(hexOf(dial.r));
    const wrapped = await WrappedChannel.create(channel, dialKey, dial.r, role, bulk);
    this.#give(dial.lane, {
      channel: wrapped,
      path: { kind, isLocal: channel.isLocal },
      onProved,
    });
  }

  /** Closes the ports, and all that no lane has taken. */
  close(): void {
    this.#isClosed = true;
    for (const opening of this.#listeners.values()) void opening.then((listener) => listener?.close());
    for (const channel of this.#halfOpen) channel.terminate();
    for (const parked of this.#parked.values()) {
      parked.forget();
      parked.channel.terminate();
    }
  }

  async #open(network: DirectNetwork, kind: DialledKind): Promise<DirectListener | null> {
    if (this.#isClosed) return null;
    try {
      return await network.listen((channel) => void this.take(channel, kind));
    } catch {
      return null;
    }
  }

  #give(lane: number, way: DirectWay): void {
    const onWay = this.#waiting.get(lane);
    if (this.#isClosed) way.channel.terminate();
    else if (onWay !== undefined) onWay(way);
    else this.#park(lane, way);
  }

  #park(lane: number, way: DirectWay): void {
    const earlier = this.#parked.get(lane);
    earlier?.forget();
    earlier?.channel.terminate();
    const stop = this.#context.clock.after(PARKED_MS, () => {
      this.#parked.delete(lane);
      way.channel.terminate();
    });
    const forget = () => {
      stop();
      this.#parked.delete(lane);
    };
    this.#parked.set(lane, { ...way, forget });
  }
}
