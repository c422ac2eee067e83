// Between sockets and pairing: turns what connections say into pairing events, and performs the effects.
import { type Clock, InvariantError } from '@p2p-copy/core/foundation';
import type { ErrorDetails } from '@p2p-copy/core/relay-protocol';
import type { Dialect } from '../dialects/dialect.ts';
import { closeOf, type Ending, GOING_AWAY } from '../endings/ending.ts';
import { Recheck } from '../foundation/recheck.ts';
import { addressBlock } from '../limits/address-block.ts';
import type { ConnectionLimits } from '../limits/connection-limits.ts';
import { pairingTimes } from '../metrics/board-figures.ts';
import type { Stats } from '../metrics/stats.ts';
import type { ConnectionId } from '../pairing/connection-id.ts';
import {
  type Departure,
  type PairingEffect,
  type PairingEvent,
  PairingTable,
} from '../pairing/pairing-table.ts';
import { systemRandomness } from '../pairing/system-randomness.ts';
import type { LimitName } from '../rates/pair-limiter.ts';
import type { TrafficLimits } from '../rates/traffic-limits.ts';
import type { RelayConfig } from '../settings/table.ts';
import { type Client, Connection, type ConnectionListener } from '../sockets/connection.ts';
import { Pipe } from '../sockets/pipe.ts';
import { refuse } from '../sockets/refuse.ts';
import { Admission } from './admission.ts';
import { claimIn, eventOf } from './event-of.ts';
import type { RelayParts } from './relay-parts.ts';

/** How long closed connections get to answer before whoever drains cuts them. */
const CLOSE_ANSWER_MS = 1_000;

export class Switchboard implements ConnectionListener {
  readonly #config: RelayConfig;
  readonly #clock: Clock;
  readonly stats: Stats;
  readonly #table: PairingTable;
  readonly #admission: Admission;
  readonly #connectionLimits: ConnectionLimits;
  readonly #trafficLimits: TrafficLimits;
  readonly #connections = new Map<ConnectionId, Connection>();
  #nextId: ConnectionId = 1;
  #cancelTick: () => void = () => {};
  #isDraining = false;
  readonly #closings: Recheck;
  /** Of the relay's STUN server, for ends that are paired from here on; null for none. */
  stunPort: number | null = null;

  constructor({ config, clock, stats, connectionLimits, access, trafficLimits }: RelayParts) {
    this.#config = config;
    this.#clock = clock;
    this.#closings = new Recheck(clock);
    this.stats = stats;
    this.#table = new PairingTable(config, systemRandomness);
    this.#connectionLimits = connectionLimits;
    this.#trafficLimits = trafficLimits;
    this.#admission = new Admission(config, access, trafficLimits);
  }

  get waiting(): number {
    return this.#table.waiting;
  }

  get pairs(): number {
    return this.#table.pairs;
  }

  get occupied(): number {
    return this.#table.occupied;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** WebSockets in whatever phase, for who counts them. */
  get connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** Takes over a fresh WebSocket of a client that speaks `dialect`; false when it refuses it. */
  accept(client: Client, dialect: Dialect): boolean {
    const { ip } = client;
    if (this.#isDraining) {
      this.stats.refused('draining', ip);
      refuse(client, GOING_AWAY);
      return false;
    }
    const refusal = this.#connectionLimits.enter(addressBlock(ip));
    if (refusal !== null) {
      const ending = dialect.endings[refusal];
      this.stats.closed(ending, ip);
      refuse(client, closeOf(dialect.closes, ending));
      return false;
    }
    const connection = new Connection(this.#nextId++, client, {
      dialect,
      listener: this,
      clock: this.#clock,
      limits: this.#config,
    });
    this.#connections.set(connection.id, connection);
    return true;
  }

  /** Closes whoever waits, lets pairs go on for at most `graceMs`, then closes them too. */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    for (const connection of this.#connections.values()) {
      if (connection.phase.name !== 'paired') this.#sendAway(connection);
    }
    await this.#closings.until(() => this.#table.pairs === 0, graceMs);
    this.closeAll();
    this.#cancelTick();
    await this.#closings.until(() => this.#connections.size === 0, CLOSE_ANSWER_MS);
  }

  /** Closes pairs too, which ends the waiting of `drain`. */
  closeAll(): void {
    for (const connection of this.#connections.values()) this.#sendAway(connection);
  }

  /** Ends connections from addresses that are blocked by now, without a word. */
  cut(isBlocked: (ip: string) => boolean): void {
    for (const { ip, socket } of this.#connections.values()) if (isBlocked(ip)) socket.terminate();
  }

  onFirstMessage(connection: Connection, first: Buffer, isBinary: boolean): void {
    const { parsed: message, replies } = connection.dialect.parseFirst(first, isBinary);
    connection.replies = replies;
    if ('refused' in message) {
      this.#close(connection, message.refused);
      return;
    }
    const address = addressBlock(connection.ip);
    const nowMs = this.#clock.nowMs();
    const isOwner = () => this.#table.isOwner(claimIn(message));
    const refusal = this.#admission.admit(connection, message, { address, isOwner, nowMs });
    if (refusal !== null) {
      this.#close(connection, refusal.ending, refusal.details);
      return;
    }
    connection.wait();
    const effects = this.#step(eventOf(message, connection.id, address));
    if (effects.some((effect) => effect.name === 'refuse' && effect.close === 'unknown-code')) {
      this.#admission.countFailure(address, nowMs);
    }
    this.#perform(effects);
  }

  onSilence(connection: Connection): void {
    this.#close(connection, connection.dialect.endings.silent);
  }

  onViolation(connection: Connection): void {
    const effects = this.#unseat(connection, 'lost');
    this.#close(connection, connection.dialect.endings['out-of-turn']);
    this.#perform(effects);
  }

  onTooLongFirst(connection: Connection): void {
    this.#close(connection, connection.dialect.endings['too-long']);
  }

  onFlood(connection: Connection): void {
    if (connection.phase.name !== 'leaving') {
      const effects = this.#unseat(connection, 'lost');
      this.#close(connection, 'flood');
      this.#perform(effects);
    }
    // It goes on, maybe: its answer isn't waited for as long as others'.
    this.#clock.after(CLOSE_ANSWER_MS, () => connection.socket.terminate());
  }

  onRelease(connection: Connection): void {
    this.#perform(this.#step({ name: 'release', connection: connection.id }));
  }

  onEnding(connection: Connection, how: Departure): void {
    if (connection.phase.name === 'leaving') return;
    const effects = this.#unseat(connection, how);
    this.#endPipe(connection);
    connection.leave(null);
    this.#perform(effects);
  }

  onClosed(connection: Connection): void {
    this.#connections.delete(connection.id);
    this.#connectionLimits.leave(addressBlock(connection.ip));
    this.#closings.look();
  }

  onFault(connection: Connection, fault: unknown): void {
    this.stats.fault(fault);
    connection.socket.terminate();
  }

  #step(event: PairingEvent): PairingEffect[] {
    const effects = this.#table.step(event, this.#clock.nowMs());
    this.#cancelTick();
    const dueMs = this.#table.nextDueMs();
    if (dueMs !== null) {
      const tick = () => this.#perform(this.#step({ name: 'tick' }));
      this.#cancelTick = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), tick);
    }
    return effects;
  }

  #perform(effects: PairingEffect[]): void {
    for (const effect of effects) {
      switch (effect.name) {
        case 'allocated': {
          const sender = this.#connection(effect.to);
          const allocated = sender.replies.allocated(effect.nameplate, effect.token);
          if (allocated !== null) sender.tell(allocated);
          break;
        }
        case 'ready':
          this.#connect(this.#connection(effect.sender), this.#connection(effect.receiver));
          break;
        case 'refuse': {
          const { whom, close, details = {} } = effect;
          this.#close(this.#connection(whom), close, details);
          break;
        }
        case 'close':
          this.#close(this.#connection(effect.whom), effect.close);
          break;
      }
    }
  }

  /** Who hears `ready` does so before it can hear the other: nothing is read in between. */
  #connect(sender: Connection, receiver: Connection): void {
    const nowMs = this.#clock.nowMs();
    const times = pairingTimes(sender, receiver, nowMs);
    const onLimit = (name: LimitName) => this.#endAtLimit([sender, receiver], name);
    const limiter = this.#trafficLimits.forPair(sender, receiver, onLimit);
    const pipe = new Pipe(sender, receiver, this.#config, limiter, nowMs);
    sender.pair('sender', pipe);
    receiver.pair('receiver', pipe);
    for (const [role, end] of [
      ['sender', sender],
      ['receiver', receiver],
    ] as const) {
      const ready = end.replies.ready(role, end.pass, this.stunPort);
      if (ready !== null) end.tell(ready);
    }
    this.stats.pairStarted(this.#table.pairs, sender.dialect.name, times);
  }

  /** Says why before it closes; not to one that is paired, where the pipe may stand in the middle of a message. */
  #close(connection: Connection, ending: Ending, details: ErrorDetails = {}): void {
    this.stats.closed(ending, connection.ip);
    const told = this.#config.terseErrors ? {} : details;
    const error = connection.phase.name === 'paired' ? null : connection.replies.error(ending, told);
    if (error !== null) connection.tell(error);
    this.#endPipe(connection);
    connection.leave(closeOf(connection.dialect.closes, ending));
  }

  /** Tells both ends why. What the pairing would tell the one that is left, it knows by then. */
  #endAtLimit([one, other]: readonly [Connection, Connection], name: LimitName): void {
    const effects = this.#unseat(one, 'lost');
    for (const end of [one, other]) this.#close(end, end.dialect.endings[name]);
    this.#perform(effects.filter((effect) => effect.name !== 'close'));
  }

  /** Gives up the connection's seat. The effects are what that means for another. */
  #unseat(connection: Connection, how: Departure): PairingEffect[] {
    const { name } = connection.phase;
    return name === 'waiting' || name === 'paired'
      ? this.#step({ name: 'gone', connection: connection.id, how })
      : [];
  }

  #sendAway(connection: Connection): void {
    if (connection.phase.name === 'leaving') return;
    const effects = this.#unseat(connection, 'lost');
    this.#endPipe(connection);
    connection.leave(GOING_AWAY);
    for (const effect of effects) {
      if (effect.name === 'close') this.#connection(effect.whom).leave(GOING_AWAY);
    }
  }

  /** Logs a pair's end when the first of its ends leaves. */
  #endPipe(connection: Connection): void {
    if (connection.phase.name !== 'paired') return;
    const { pipe } = connection.phase;
    if (pipe.end()) this.stats.pairEnded(pipe, this.#clock.nowMs());
  }

  #connection(id: ConnectionId): Connection {
    const connection = this.#connections.get(id);
    if (connection === undefined) throw new InvariantError('an effect for a connection that is gone');
    return connection;
  }
}
