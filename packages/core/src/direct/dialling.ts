// Dials where the other end says that it can be reached, within bounds that make it no port scanner. docs/PROTOCOL.md section 18.

import { pause } from '../async/seek.ts';
import { withTimeLimit } from '../async/time-limit.ts';
import { firstFrame } from '../crypto/first-frame.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { DirectAddress, DirectNetwork } from '../ports/direct-network.ts';
import type { Role } from '../ports/rendezvous.ts';
import { MAX_DIALS } from '../wire/limits.ts';
import type { DirectWay } from './direct-ways.ts';
import { WrappedChannel } from './wrapped-channel.ts';

/** From one dial to the next. */
const NEXT_DIAL_MS = 250;
/** From one round of dials to proven places to the next. */
const AGAIN_MS = 3_000;
/** How long a dial may take. */
const DIAL_MS = 5_000;

/** What dialling needs. */
export interface DiallingContext {
  network: DirectNetwork;
  clock: Clock;
  bulk: BulkCrypto;
  /** Of this end. */
  role: Role;
}

/** Dials the other end for a lane. What came of a dial is never said. */
export class Dialling {
  readonly #context: DiallingContext;
  #dialKey: Bytes | null = null;
  #addresses: readonly DirectAddress[] = [];
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

  /** Takes where the other end can be dialled. @param dialKey of its nonce */
  hear(addresses: readonly DirectAddress[], dialKey: Bytes): void {
    this.#dialKey = dialKey;
    this.#addresses = addresses;
  }

  /** Forgets where the other end could be dialled, and not how many dials there were. */
  forget(): void {
    this.#addresses = [];
  }

  /** Dials all that may be dialled, one after the other; resolves when the last dial has ended. Never rejects. */
  dial(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    return this.#dialAll(this.#addresses, lane, signal, onWay);
  }

  /**
   * Dials where the other end has proved itself again and again, until `signal` is aborted. Never rejects. It doesn't wait for dials
   * of other places: its times would tell how long those took.
   */
  async dialAgain(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    while (!signal.aborted) {
      await pause(AGAIN_MS, this.#context.clock, signal);
      const proven = this.#addresses.filter((address) => this.#proven.has(nameOf(address)));
      await this.#dialAll(proven, lane, signal, onWay);
    }
  }

  async #dialAll(
    addresses: readonly DirectAddress[],
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const isProven = (address: DirectAddress) => this.#proven.has(nameOf(address));
    const others = addresses.filter((address) => !isProven(address));
    const dials: Promise<void>[] = [];
    for (const address of [...addresses.filter(isProven), ...others]) {
      if (signal.aborted) break;
      if (!this.#mayDial(address)) continue;
      dials.push(this.#dialOne(address, lane, signal, onWay));
      // Whatever becomes of this dial: the time of the next one must not tell it.
      await pause(NEXT_DIAL_MS, this.#context.clock, signal);
    }
    await Promise.all(dials);
  }

  /** This device may have moved to another network since it was told of the address. */
  #mayDial(address: DirectAddress): boolean {
    const { network, clock } = this.#context;
    const name = nameOf(address);
    if (!network.mayDial(address)) return false;
    if (this.#proven.has(name)) return true;
    return clock.nowMs() >= (this.#restsUntilMs.get(name) ?? 0) && this.#unproven < MAX_DIALS;
  }

  async #dialOne(
    address: DirectAddress,
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const { network, clock, bulk, role } = this.#context;
    const dialKey = this.#dialKey!;
    const name = nameOf(address);
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
      const channel = await withTimeLimit((until) => network.dial(address, until), limit);
      if (signal.aborted) return channel.terminate();
      const { frame, r } = firstFrame(dialKey, role, lane);
      channel.send(frame);
      const wrapped = await WrappedChannel.create(channel, dialKey, r, role, bulk);
      const path = { kind: 'tcp', isLocal: channel.isLocal } as const;
      onWay({ channel: wrapped, path, isUnproven: !isFree, onProved });
    } catch {
      // Nobody is there. What came of a dial is never said.
    }
  }
}

function nameOf({ host, port }: DirectAddress): string {
  return `${host} ${port}`;
}
