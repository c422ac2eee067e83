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
  /** Dials that led to nobody, or may. */
  #unproven = 0;

  constructor(context: DiallingContext) {
    this.#context = context;
  }

  /** Takes where the other end can be dialled. @param dialKey of its nonce */
  hear(addresses: readonly DirectAddress[], dialKey: Bytes): void {
    this.#dialKey = dialKey;
    this.#addresses = addresses.filter((address) => this.#context.network.mayDial(address));
  }

  /** Dials all that may be dialled, one after the other; resolves when the last dial has ended. Never rejects. */
  async dial(lane: number, signal: AbortSignal, onWay: (way: DirectWay) => void): Promise<void> {
    const dials: Promise<void>[] = [];
    const proven = this.#addresses.filter((address) => this.#proven.has(nameOf(address)));
    const others = this.#addresses.filter((address) => !this.#proven.has(nameOf(address)));
    for (const address of [...proven, ...others]) {
      const isProven = this.#proven.has(nameOf(address));
      if (signal.aborted || (!isProven && this.#unproven >= MAX_DIALS)) break;
      if (!isProven) this.#unproven += 1;
      dials.push(this.#dialOne(address, lane, signal, onWay));
      // Whatever became of it: who is dialled next could tell by the time.
      await pause(NEXT_DIAL_MS, this.#context.clock, signal);
    }
    await Promise.all(dials);
  }

  async #dialOne(
    address: DirectAddress,
    lane: number,
    signal: AbortSignal,
    onWay: (way: DirectWay) => void,
  ): Promise<void> {
    const { network, clock, bulk, role } = this.#context;
    const dialKey = this.#dialKey!;
    try {
      const limit = { clock, signal, limitMs: DIAL_MS };
      const channel = await withTimeLimit((until) => network.dial(address, until), limit);
      if (signal.aborted) return channel.terminate();
      const { frame, r } = firstFrame(dialKey, role, lane);
      channel.send(frame);
      const wrapped = await WrappedChannel.create(channel, dialKey, r, role, bulk);
      const path = { kind: 'tcp', isLocal: channel.isLocal } as const;
      onWay({ channel: wrapped, path, onProved: () => this.#noteProven(address) });
    } catch {
      // Nobody is there. What came of a dial is never said.
    }
  }

  #noteProven(address: DirectAddress): void {
    const name = nameOf(address);
    if (this.#proven.has(name)) return;
    this.#proven.add(name);
    this.#unproven -= 1;
  }
}

function nameOf({ host, port }: DirectAddress): string {
  return `${host} ${port}`;
}
