// Dials where the other end says that it can be reached, within bounds that make it no port scanner. docs/PROTOCOL.md section 18.

import { pause } from '../async/seek.ts';
import { withTimeLimit } from '../async/time-limit.ts';
import { firstFrame } from '../crypto/first-frame.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { DirectAddress } from '../ports/direct-network.ts';
import type { DialledKind } from '../ports/path.ts';
import type { Role } from '../ports/rendezvous.ts';
import { MAX_DIALS } from '../wire/limits.ts';
import type { DirectNetworks, DirectWay } from './direct-ways.ts';
import { WrappedChannel } from './wrapped-channel.ts';

/** From one dial to the next. */
const NEXT_DIAL_MS = 250;
/** Head start of the places over TCP: mostly that is the way to take. */
const QUIC_HEAD_MS = 1_000;
/** From one round of dials to proven places to the next. */
const AGAIN_MS = 3_000;
/** How long a dial may take. */
const DIAL_MS = 5_000;

/** What dialling needs. */
export interface DiallingContext extends DirectNetworks {
  clock: Clock;
  bulk: BulkCrypto;
  /** Of this end. */
  role: Role;
}

/** Where the other end can be dialled, and how. */
interface Place {
  kind: DialledKind;
  address: DirectAddress;
}

/** Dials the other end for a lane. What came of a dial is never said. */
export class Dialling {
  readonly #context: DiallingContext;
  #dialKey: Bytes | null = null;
  #places: readonly Place[] = [];
  /** Where the other end has proved itself. */
  readonly #proven = new Set<string>();
  /**
   * Until when other places are not dialled again, by any lane: for as long as a dial may take, whatever came of it. Otherwise the dials
   * that follow would tell that.
   */
  readonly #restsUntilMs = new Map<string, number>();
  /** Dials to other places, but for those on which the other end proved itself. */
  #unproven = 0;

  constructor(context: DiallingContext) {
    this.#context = context;
  }

  /** Takes where the other end can be dialled over TCP and over QUIC. @param dialKey of its nonce */
  hear(addresses: readonly DirectAddress[], dialKey: Bytes, quic: readonly DirectAddress[] = []): void {
    this.#dialKey = dialKey;
    this.#places = inTurn(placesOf('tcp', addresses), placesOf('quic', quic));
  }

  /** Forgets where the other end could be dialled, and not how many dials there were. */
  forget(): void {
    this.#places = [];
  }

  /**
   * Dials all that may be dialled, one after the other; resolves when the last dial has ended. Never rejects.
   * @param kind null for all
   */
  dial(
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
    kind: DialledKind | null = null,
  ): Promise<void> {
    return this.#dialAll(this.#placesOf(kind), lane, signal, onWay);
  }

  /**
   * Dials where the other end has proved itself again and again, until `signal` is aborted. Never rejects. It doesn't wait for dials
   * of other places: its times would tell how long those took.
   */
  async dialAgain(
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
    kind: DialledKind | null = null,
  ): Promise<void> {
    while (!signal.aborted) {
      await pause(AGAIN_MS, this.#context.clock, signal);
      const proven = this.#placesOf(kind).filter((place) => this.#proven.has(nameOf(place)));
      await this.#dialAll(proven, lane, signal, onWay);
    }
  }

  #placesOf(kind: DialledKind | null): readonly Place[] {
    return this.#places.filter((place) => kind === null || place.kind === kind);
  }

  async #dialAll(
    places: readonly Place[],
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const isProven = (place: Place) => this.#proven.has(nameOf(place));
    const others = places.filter((place) => !isProven(place));
    const dials: Promise<void>[] = [];
    const { clock } = this.#context;
    const sinceMs = clock.nowMs();
    const hasTcp = places.some(({ kind }) => kind === 'tcp');
    for (const place of [...places.filter(isProven), ...others]) {
      const restMs = sinceMs + QUIC_HEAD_MS - clock.nowMs();
      if (place.kind === 'quic' && hasTcp && restMs > 0) await pause(restMs, clock, signal);
      if (signal.aborted) break;
      if (!this.#mayDial(place)) continue;
      dials.push(this.#dialOne(place, lane, signal, onWay));
      // Whatever becomes of this dial: the time of the next one must not tell it.
      await pause(NEXT_DIAL_MS, clock, signal);
    }
    await Promise.all(dials);
  }

  /** This device may have moved to another network since it was told of the address. */
  #mayDial(place: Place): boolean {
    const { clock } = this.#context;
    const name = nameOf(place);
    if (!networkFor(place, this.#context)?.mayDial(place.address)) return false;
    if (this.#proven.has(name)) return true;
    return clock.nowMs() >= (this.#restsUntilMs.get(name) ?? 0) && this.#unproven < MAX_DIALS;
  }

  async #dialOne(
    place: Place,
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const { clock, bulk, role } = this.#context;
    const network = networkFor(place, this.#context)!;
    const dialKey = this.#dialKey!;
    const name = nameOf(place);
    const isFree = this.#proven.has(name);
    if (!isFree) {
      this.#unproven += 1;
      this.#restsUntilMs.set(name, clock.nowMs() + DIAL_MS);
    }
    let isProved = isFree;
    const onProved = () => {
      if (isProved) return;
      isProved = true;
      this.#proven.add(name);
      this.#unproven -= 1;
    };
    try {
      const limit = { clock, signal, limitMs: DIAL_MS };
      const channel = await withTimeLimit((until) => network.dial(place.address, until), limit);
      if (signal.aborted) return channel.terminate();
      const { frame, r } = firstFrame(dialKey, role, lane);
      channel.send(frame);
      const wrapped = await WrappedChannel.create(channel, dialKey, r, role, bulk);
      const path = { kind: place.kind, isLocal: channel.isLocal };
      onWay({ channel: wrapped, path, isUnproven: !isFree, onProved });
    } catch {
      // Nobody is there. What came of a dial is never said.
    }
  }
}

function nameOf({ kind, address }: Place): string {
  return `${kind} ${address.host} ${address.port}`;
}

function networkFor({ kind }: Place, { network, quic }: DirectNetworks): DirectNetworks['network'] {
  return kind === 'quic' ? (quic ?? null) : network;
}

function placesOf(kind: DialledKind, addresses: readonly DirectAddress[]): Place[] {
  return addresses.map((address) => ({ kind, address }));
}

/** Half of the dials go to each kind where there are enough: where one is blocked, it must not use up those of the other. */
function inTurn(tcp: readonly Place[], quic: readonly Place[]): Place[] {
  const half = MAX_DIALS / 2;
  return [...tcp.slice(0, half), ...quic.slice(0, half), ...tcp.slice(half), ...quic.slice(half)];
}
