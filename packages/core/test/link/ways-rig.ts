// Two ends that meet on a lane by a relay and directly, all in memory and on one clock that a test turns.
import { expect, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { Backoff } from '../../src/async/backoff.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { DirectWays } from '../../src/direct/direct-ways.ts';
import type { TransferError } from '../../src/foundation/errors.ts';
import { exchangeResume } from '../../src/link/exchange-resume.ts';
import { type JoinedConnection, type LaneMeeting, meetByWays } from '../../src/link/meet-by-ways.ts';
import type { SealedConnection } from '../../src/link/sealed-connection.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { DirectAddress } from '../../src/ports/direct-network.ts';
import type { Rendezvous, Role } from '../../src/ports/rendezvous.ts';
import { DIRECT } from '../../src/wire/greeting.ts';
import type { ResumePoint } from '../../src/wire/resume-record.ts';
import { MemoryNetwork, turns } from '../direct/memory-network.ts';
import { channelPair, type PairedChannel } from './channel-pair.ts';

const SESSION = new Uint8Array(16).fill(6);
const SECRET = new Uint8Array(32).fill(2);
const ADDRESSES: { [R in Role]: DirectAddress } = {
  sender: { host: '10.0.0.1', port: 5001 },
  receiver: { host: '10.0.0.2', port: 5002 },
};

/** Brings two ends together once both have asked. */
class MemoryRendezvous {
  readonly channels: PairedChannel[] = [];
  asked = 0;
  failure: TransferError | null = null;
  readonly #waiting = new Map<Role, (channel: Channel) => void>();

  meet: Rendezvous['meet'] = (_key, role, signal, onWaiting = () => {}) => {
    this.asked += 1;
    if (this.failure !== null) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(role);
        reject(new Error('aborted'));
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      onWaiting();
      this.#waiting.set(role, resolve);
      if (this.#waiting.size < 2) return;
      const pair = channelPair();
      this.channels.push(...pair);
      this.#waiting.get('sender')!(pair[0]);
      this.#waiting.get('receiver')!(pair[1]);
      this.#waiting.clear();
    });
  };
}

type More = Partial<Omit<LaneMeeting, 'join'>> & {
  join?(connection: SealedConnection, nth: number): Promise<ResumePoint>;
};

export class WaysRig {
  readonly clock = new FakeClock();
  readonly network = new MemoryNetwork();
  readonly rendezvous = new MemoryRendezvous();
  readonly ending = new AbortController();
  readonly backoff = new Backoff();
  readonly ways: { [R in Role]: DirectWays };
  /** Connections on which the ends began to agree. */
  readonly joins: { [R in Role]: SealedConnection[] } = { sender: [], receiver: [] };
  /** The last nomination, as each end has it. */
  readonly generations: { [R in Role]: number } = { sender: 0, receiver: 0 };

  /** @param listeners that can be dialled */
  private constructor(listeners: readonly Role[]) {
    const { clock, network } = this;
    const of = (role: Role) => {
      const device = network.at(listeners.includes(role) ? ADDRESSES[role] : null);
      return new DirectWays({ network: device, clock, bulk: webBulkCrypto, role, only: false });
    };
    this.ways = { sender: of('sender'), receiver: of('receiver') };
  }

  static async start(listeners: readonly Role[] = ['sender', 'receiver']): Promise<WaysRig> {
    const rig = new WaysRig(listeners);
    const { sender, receiver } = rig.ways;
    await sender.hear(await receiver.open(SECRET), SECRET);
    await receiver.hear(await sender.open(SECRET), SECRET);
    return rig;
  }

  /** A meeting for a lane beside lane 0: the direct ways at once, the relay 2 s later. */
  meet(role: Role, { join, ...more }: More = {}): Promise<JoinedConnection> {
    const { clock, ending, rendezvous, generations } = this;
    const point = () => {
      if (role === 'sender') generations.sender += 1;
      return { session: SESSION, received: 0, generation: generations[role] };
    };
    const access = {
      rendezvous: rendezvous as unknown as Rendezvous,
      clock,
      bulk: webBulkCrypto,
      features: [DIRECT],
      signal: ending.signal,
    };
    const meeting = meetByWays(access, {
      role,
      transferSecret: SECRET,
      lane: 1,
      direct: this.ways[role],
      directAfterMs: 0,
      relayAfterMs: 2_000,
      onWaiting() {},
      failed: () => this.backoff.next(),
      join: (connection, isRaced) => {
        this.joins[role].push(connection);
        if (join !== undefined) return join(connection, this.joins[role].length);
        return exchangeResume(connection, role, point, clock, isRaced);
      },
      ...more,
    });
    // What begins at once.
    clock.advance(0);
    return meeting;
  }

  /** Channels' ends that are open. */
  get open(): number {
    return [...this.network.connections.flat(), ...this.rendezvous.channels].filter(
      ({ isClosed }) => !isClosed,
    ).length;
  }

  /** Lets time pass, a millisecond a turn, until a promise is settled. */
  async passing<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    void promise.then(end, end);
    while (!isOver) {
      await turns(1);
      if (!isOver) this.clock.advance(1);
    }
    return promise;
  }

  /** Ends all listening, and resolves when nothing but that many connections is open, and no timer is left. */
  async settled(connections: number): Promise<void> {
    for (const ways of Object.values(this.ways)) ways.close();
    await vi.waitFor(() => expect([this.open, this.clock.pending]).toEqual([2 * connections, 0]));
  }
}
