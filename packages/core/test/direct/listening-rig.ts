// A port in memory that a test dials, on a clock that it turns.
import { expect, type MockInstance, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { firstFrame } from '../../src/crypto/first-frame.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { DirectWay } from '../../src/direct/direct-ways.ts';
import { Listening } from '../../src/direct/listening.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { DirectAddress } from '../../src/ports/direct-network.ts';
import { type MemoryChannel, MemoryNetwork, turns } from './memory-network.ts';

export const KEY = new Uint8Array(32).fill(4);
export const AT: DirectAddress = { host: '10.0.0.1', port: 5000 };
export const PARKED_MS = 5_000;

export interface Dialled {
  own: MemoryChannel;
  theirs: MemoryChannel;
  r: Bytes;
  frame: Bytes;
}

/** A sender that listens. */
export class ListeningRig {
  readonly network = new MemoryNetwork();
  readonly clock = new FakeClock();
  readonly listening = this.another();
  /** What was given out. */
  readonly ways: DirectWay[] = [];
  readonly onWay = (way: DirectWay) => void this.ways.push(way);
  readonly #after: MockInstance<FakeClock['after']> = vi.spyOn(this.clock, 'after');

  static async start(): Promise<ListeningRig> {
    const rig = new ListeningRig();
    expect(await rig.listening.open(rig.network.at(AT), 'tcp')).toEqual([AT]);
    return rig;
  }

  another(): Listening {
    return new Listening({ clock: this.clock, bulk: webBulkCrypto, role: 'sender', dialKey: KEY });
  }

  /** The dialler's end of a new connection, and the listener's. */
  async connect(): Promise<[MemoryChannel, MemoryChannel]> {
    await this.network.at(null).dial(AT, new AbortController().signal);
    return this.network.connections.at(-1)!;
  }

  /** Dials as the other end does. */
  async dial(lane: number): Promise<Dialled> {
    const [own, theirs] = await this.connect();
    const { frame, r } = firstFrame(KEY, 'receiver', lane);
    own.send(frame);
    return { own, theirs, r, frame };
  }

  /** Resolves when that many channels have begun to wait for their lane. */
  async parked(count = 1): Promise<void> {
    const delays = () => this.#after.mock.calls.filter(([delayMs]) => delayMs === PARKED_MS);
    await vi.waitFor(() => expect(delays()).toHaveLength(count));
  }
}

/** Whether a connection was closed, without a word, within twenty turns. */
export async function isDropped(own: MemoryChannel, theirs: MemoryChannel): Promise<boolean> {
  await turns();
  expect(theirs.sent).toEqual([]);
  return own.isClosed;
}
