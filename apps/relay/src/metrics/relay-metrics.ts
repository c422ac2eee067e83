// The relay's figures in Prometheus' text format. Labels have fixed sets of values: nothing that a client says or is
// becomes one, so no client decides how much there is to keep.
import type { Clock } from '@p2p-copy/core/foundation';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { ORDINARY_ENDINGS, REFUSAL_REASONS } from '../endings/refusal.ts';
import { RELAY_VERSION } from '../foundation/version.ts';
import { STUN_OUTCOMES } from '../stun/stun-responder.ts';
import { connectionsByPhase, passedBytes } from './board-figures.ts';
import { measureLoopDelay } from './loop-delay.ts';
import { addProcessMetrics } from './process-metrics.ts';
import type { Board, Caps, Presence } from './relay-state.ts';
import { MAX_AGE_MS, renderOnce } from './render-once.ts';

const DIALECTS = ['own', 'classic'];
const WAIT_BUCKETS_S = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600];
const PAIRING_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const DELAY_BUCKETS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

export interface RelayMetrics {
  readonly contentType: string;
  text(): Promise<string>;
  /** Sets no timer any more. */
  stop(): void;
}

export function relayMetrics(board: Board, presence: Presence, caps: Caps, clock: Clock): RelayMetrics {
  const { stats } = board;
  const register = new Registry();
  const registers = [register];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name: `p2p_copy_relay_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  const counter = (name: string, help: string, value: () => number) =>
    new Counter({
      name: `p2p_copy_relay_${name}`,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  /** One count for each of `values`, those that are 0 included. */
  const counters = (
    name: string,
    help: string,
    label: string,
    values: readonly string[],
    counts: () => ReadonlyMap<string, number>,
  ) =>
    new Counter({
      name: `p2p_copy_relay_${name}`,
      help,
      labelNames: [label],
      registers,
      collect() {
        this.reset();
        const now = counts();
        for (const value of values) this.inc({ [label]: value }, now.get(value) ?? 0);
      },
    });
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `p2p_copy_relay_${name}`, help, buckets, registers });

  new Gauge({
    name: 'p2p_copy_relay_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers,
  }).set({ version: RELAY_VERSION }, 1);
  new Gauge({
    name: 'p2p_copy_relay_connections',
    help: 'WebSockets now, by phase.',
    labelNames: ['phase'],
    registers,
    collect() {
      for (const [phase, count] of Object.entries(connectionsByPhase(board))) this.set({ phase }, count);
    },
  });
  gauge('connections_max', 'WebSockets that the relay takes at once.', () => caps.config.maxConnections);
  gauge('keys', 'Keys that ends wait under, and numbers reserved.', () => board.occupied);
  gauge('keys_max', 'Keys that the relay keeps at once.', () => caps.config.maxWaiting);
  gauge('pairs', 'Pairs now.', () => board.pairs);
  gauge('room_connections', 'WebSockets of devices that are present in rooms.', () => presence.connections);
  gauge('rooms', 'Rooms that somebody is in.', () => presence.rooms);
  gauge('room_places', 'Places in rooms; a device in two rooms has two.', () => presence.places);
  gauge('room_places_max', 'Places that the relay has at once.', () => caps.config.maxPlaces);
  counter('room_messages_total', 'Messages written to members of rooms.', () => presence.passed.messages);
  counter('room_bytes_total', 'Bytes of those.', () => presence.passed.bytes);
  gauge('draining', '1 while the relay shuts down, else 0.', () => (board.isDraining ? 1 : 0));
  counters('pairs_total', 'Pairs so far, by their wire.', 'dialect', DIALECTS, () => stats.startedPairs);
  new Counter({
    name: 'p2p_copy_relay_bytes_total',
    help: 'Bytes of messages passed on between ends.',
    labelNames: ['direction'],
    registers,
    collect() {
      this.reset();
      const { toReceiver, toSender } = passedBytes(board);
      this.inc({ direction: 'to_receiver' }, toReceiver);
      this.inc({ direction: 'to_sender' }, toSender);
    },
  });
  counters(
    'refusals_total',
    'Connections and first messages refused, by reason.',
    'reason',
    REFUSAL_REASONS,
    () => stats.refusals,
  );
  counters(
    'closes_total',
    'Connections closed without being refused, by reason.',
    'reason',
    ORDINARY_ENDINGS,
    () => stats.endings,
  );
  counters(
    'stun_datagrams_total',
    'Datagrams at the STUN server, by what became of them.',
    'outcome',
    STUN_OUTCOMES,
    () => stats.stun,
  );
  counter('faults_total', 'Failures inside the relay that it survived.', () => stats.faults);
  const waited = histogram(
    'wait_seconds',
    'How long the first end of a pair waited for the other.',
    WAIT_BUCKETS_S,
  );
  const pairing = histogram(
    'pairing_seconds',
    'From the WebSocket of the later end of a pair until both were told that they are paired.',
    PAIRING_BUCKETS_S,
  );
  const delay = histogram(
    'event_loop_delay_seconds',
    'How late the event loop was, in samples ten times a second.',
    DELAY_BUCKETS_S,
  );
  addProcessMetrics(register, caps.descriptors);

  stats.onPairing = ({ waitedMs, pairingMs }) => {
    waited.observe(waitedMs / 1_000);
    pairing.observe(pairingMs / 1_000);
  };
  return {
    contentType: register.contentType,
    text: renderOnce(() => register.metrics(), MAX_AGE_MS, clock),
    stop: measureLoopDelay(clock, (delayMs) => delay.observe(delayMs / 1_000)),
  };
}
