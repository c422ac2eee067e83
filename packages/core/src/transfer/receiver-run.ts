// Runs one session of a receiver: performs the effects of its state machine and feeds what happens back to it. What a phase knows is
// in the machine's state: Reviewing, then Receiving.

import { DEFAULT_RECONNECT_TIMEOUT_MS, type EnginePorts, type ReceiveOptions } from '../api/options.ts';
import { nextTurn } from '../async/pace.ts';
import type { DirectWays } from '../direct/direct-ways.ts';
import { MOST_LANES } from '../flow/lane-steering.ts';
import { crossesWire, TransferError, wireCode } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import type { MetSession } from '../link/met-session.ts';
import { OutageNews } from '../link/outage.ts';
import type { Performers } from '../machine/machine.ts';
import { MachineRunner } from '../machine/machine-runner.ts';
import { receiverEventOf } from '../machine/receiver-events.ts';
import {
  type RECEIVER_TABLE,
  type ReceiverEffect,
  type ReceiverEvent,
  type ReceiverState,
  stepReceiver,
} from '../machine/receiver-machine.ts';
import { CodeJoining } from '../meeting/code-joining.ts';
import type { AcceptedOffer } from '../offer/decision.ts';
import type { Review } from '../offer/review.ts';
import type { Outage } from '../ports/rendezvous.ts';
import { type LazyZstd, preparedZstd } from '../ports/zstd.ts';
import type { Code } from '../wire/code.ts';
import { RAW_PAYLOADS } from '../wire/greeting.ts';
import type { Record } from '../wire/record.ts';
import { OpenedSession } from './opened-session.ts';
import { Receiving } from './receiving.ts';
import { Reviewing } from './reviewing.ts';
import {
  meetingAccess,
  meetLater,
  outageEvent,
  outcomeOf,
  type ReceiverStart,
  type SessionOutcome,
} from './session.ts';

type Phases = { joining: CodeJoining; reviewing: Reviewing; receiving: Receiving };
type State = ReceiverState<Phases>;
type Event = ReceiverEvent<Phases>;

/** What outlives the sessions of a receiver. */
interface OverSessions {
  review: Review;
  /** Null where only the relay is a way. */
  direct: DirectWays | null;
}

/** One session of a receiver: performs the effects of its state machine. */
export class ReceiverRun {
  readonly #ports: EnginePorts;
  readonly #options: ReceiveOptions;
  readonly #start: ReceiverStart;
  readonly #review: Review;
  readonly #direct: DirectWays | null;
  readonly #ending = new AbortController();
  readonly #access: MeetingAccess;
  readonly #reconnectTimeoutMs: number;
  readonly #mostLanes: number;
  /** While the other end of a later session is sought. */
  readonly #news: OutageNews;
  readonly #machine: MachineRunner<State, Event, ReceiverEffect>;
  /** To be closed at the end: the meeting, or the session once the ends have met; then the files. */
  #joining: CodeJoining | null = null;
  #session: OpenedSession | null = null;
  #receiving: Receiving | null = null;
  /** Begun with the session, so that it takes no time later. */
  #zstd: Promise<LazyZstd | null> | null = null;

  constructor(
    ports: EnginePorts,
    options: ReceiveOptions,
    start: ReceiverStart,
    { review, direct }: OverSessions,
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#start = start;
    this.#review = review;
    this.#direct = direct;
    this.#reconnectTimeoutMs = options.reconnectTimeoutMs ?? DEFAULT_RECONNECT_TIMEOUT_MS;
    this.#mostLanes = options.lanes ?? MOST_LANES;
    const terms = { direct, hasLinks: options.makesLinks ?? false };
    this.#access = meetingAccess(ports, options.relayUrl, terms, this.#ending.signal);
    const { clock } = this.#access;
    this.#news = new OutageNews(clock, this.#reconnectTimeoutMs, (outage) => this.#tellOutage(outage));
    this.#machine = new MachineRunner<State, Event, ReceiverEffect>(
      { name: start.by === 'code' ? 'joining' : 'resuming' },
      stepReceiver<Phases>,
      this.#performers,
    );
  }

  /** @throws TransferError any */
  async run(): Promise<SessionOutcome> {
    const end = await this.#machine.run(
      () => this.#begin(),
      () => this.#stop(),
      this.#options.signal,
    );
    return outcomeOf(end.name, end.receiving, this.#session);
  }

  /** What comes before an offer, by how the session begins. */
  async #begin(): Promise<void> {
    this.#zstd = preparedZstd(this.#ports);
    // Awaited before the review.
    this.#zstd.catch(() => {});
    if (this.#start.by === 'code') return this.#join(this.#start.code);
    const met = await meetLater(this.#access, 'receiver', this.#start, this.#reconnectTimeoutMs, this.#news);
    this.#machine.dispatch({ type: 'resumed', reviewing: this.#open(met) });
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    this.#news.close();
    await (this.#session ?? this.#joining)?.close();
    await this.#receiving?.stop();
  }

  readonly #performers: Performers<typeof RECEIVER_TABLE, State, Event, ReceiverEffect> = {
    'shake hands': async ({ joining }) => {
      const met = await joining.prove();
      await this.#options.onResumable?.(met.transferSecret, false);
      this.#machine.dispatch({ type: 'proved', reviewing: this.#open(met) });
    },
    'check entries': async ({ entries }, { reviewing }) => this.#machine.hear(reviewing.add(entries)),
    'review offer': (end, { reviewing }) =>
      reviewing.decide(end, (decision) => {
        if (decision.type === 'refused') this.#machine.dispatch(decision);
        else
          this.#machine.dispatch({ type: 'accepted', receiving: this.#accepted(reviewing, decision.offer) });
      }),
    'take back': async (_event, { reviewing }) => {
      reviewing.takeBack();
      this.#options.onEvent({ type: 'offer-withdrawn' });
    },
    'send withdrawn': (_event, { reviewing }) => reviewing.session.say({ type: 'withdrawn' }),
    'send accept': (_event, { receiving }) => receiving.accept(),
    'send decline': async ({ error, file }) =>
      this.#session?.say({ type: 'decline', code: wireCode(error.code, 'declined'), file }),
    'open lane': async (message, { receiving }) => receiving.openLane(message),
    'drop file': async (message, { receiving }) => receiving.dropFile(message),
    'note end': async ({ records }, { receiving }) => receiving.end(records),
    'send receipt': (_event, { receiving }) =>
      receiving.sendReceipt(() => this.#loseLane(new TransferError('peer-silent'))),
    'tell again': async (message) => this.#options.onEvent(message),
    'send abort': async ({ error }) => this.#session?.sayAbort(error, this.#options.signal),
    // These happen when the run ends, after what is queued has been sent.
    'stop writing': async () => {},
    close: async () => {},
  };

  async #join(code: Code): Promise<void> {
    const joining = new CodeJoining(this.#access, {
      code,
      lanes: this.#mostLanes,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      awaitsSender: this.#options.awaitsSender ?? true,
      onOutage: (outage) => this.#tellOutage(outage),
    });
    this.#joining = joining;
    await joining.join();
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined', joining });
  }

  #tellOutage(outage: Outage | null): void {
    this.#options.onEvent(outageEvent(outage));
  }

  #open(met: MetSession): Reviewing {
    const { clock, signal } = this.#access;
    this.#session = new OpenedSession(met, {
      access: this.#access,
      role: 'receiver',
      direct: this.#direct,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      isOnce: this.#options.isOnce ?? false,
      onRecord: (record, isFirst) => this.#take(record, isFirst),
      onEvent: this.#options.onEvent,
      onRestarted: () => this.#machine.dispatch({ type: 'restarted' }),
      onEnd: (error) => this.#loseLane(error),
    });
    const { nameRules } = this.#options;
    const prepare = () => this.#preparedZstd(met.connection.features);
    return new Reviewing(this.#session, { review: this.#review, nameRules, clock, signal, prepare });
  }

  #accepted({ session }: Reviewing, offer: AcceptedOffer): Receiving {
    const { clock, bulk, signal } = this.#access;
    this.#receiving = new Receiving(session, offer, {
      options: this.#options,
      review: this.#review,
      clock,
      bulk,
      signal,
      zstd: () => this.#preparedZstd(session.features),
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      mostLanes: this.#mostLanes,
      start: (task) => this.#machine.start(task),
      onSettled: () => this.#machine.dispatch({ type: 'settled' }),
    });
    return this.#receiving;
  }

  /**
   * Null where content has to come raw. What could not be had is tried again each time.
   * @throws TransferError `load-failed` when the sender doesn't know how to send raw payloads only
   */
  async #preparedZstd(features: readonly string[]): Promise<LazyZstd | null> {
    const zstd = await this.#zstd;
    if (zstd !== null) return zstd;
    this.#zstd = preparedZstd(this.#ports);
    const again = await this.#zstd;
    if (again === null && !features.includes(RAW_PAYLOADS)) throw new TransferError('load-failed');
    return again;
  }

  /** Content goes straight to the pipeline, which says when it takes the next record; control messages to the machine. */
  #take(record: Record, isFirstLane: boolean): Promise<void> | undefined {
    // What still arrives after the end changes nothing.
    if (this.#machine.isOver) return undefined;
    try {
      if (record.kind !== 'control') return this.#content.take(record);
      if (!isFirstLane) throw new TransferError('protocol-violation');
      const event = receiverEventOf(record.body);
      if (event?.type === 'note-once') this.#session?.hear(event);
      else this.#machine.hear(event);
      // A page of a manifest holds up the next record for a turn.
      return event?.type === 'manifest' ? nextTurn(this.#access.clock) : undefined;
    } catch (error) {
      this.#machine.fail(error);
      return undefined;
    }
  }

  /** The phase that takes content, or says why not. */
  get #content(): Pick<Receiving, 'take'> {
    const { state } = this.#machine;
    const phase = 'receiving' in state ? state.receiving : 'reviewing' in state ? state.reviewing : null;
    if (phase === null) throw new TransferError('protocol-violation');
    return phase;
  }

  #loseLane(error: unknown): void {
    if (!(error instanceof TransferError) || crossesWire(error.code)) this.#machine.fail(error);
    else this.#machine.dispatch({ type: 'lane-lost', error });
  }
}
