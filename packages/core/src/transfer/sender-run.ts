// Runs one session of a sender: performs the effects of its state machine and feeds what happens back to it. What a phase knows is
// in the machine's state: Offering, then Sending.

import { DEFAULT_RECONNECT_TIMEOUT_MS, DEFAULT_WAIT_MS, type EnginePorts } from '../api/options.ts';
import { MOST_LANES } from '../flow/lane-steering.ts';
import { ERROR_TABLE } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import type { MetSession } from '../link/met-session.ts';
import { OutageNews } from '../link/outage.ts';
import { NO_STRANGERS } from '../machine/code-strangers.ts';
import type { Performers } from '../machine/machine.ts';
import { MachineRunner } from '../machine/machine-runner.ts';
import { senderEventOf } from '../machine/sender-events.ts';
import {
  type SENDER_TABLE,
  type SenderEffect,
  type SenderEvent,
  type SenderState,
  stepSender,
} from '../machine/sender-machine.ts';
import { CodeMeeting } from '../meeting/code-meeting.ts';
import { CodeValidity } from '../meeting/code-validity.ts';
import type { Outage } from '../ports/rendezvous.ts';
import { type LazyZstd, preparedZstd } from '../ports/zstd.ts';
import { DEFAULT_WORDS } from '../wire/code.ts';
import { CONFIRMATION_SEEK_MS } from '../wire/limits.ts';
import type { Record } from '../wire/record.ts';
import { Offering } from './offering.ts';
import { OpenedSession } from './opened-session.ts';
import type { Sending } from './sending.ts';
import {
  meetingAccess,
  meetLater,
  outageEvent,
  outcomeOf,
  type PassOptions,
  type SenderStart,
  type SessionOutcome,
  unconfirmed,
} from './session.ts';

type Phases = { offering: Offering; sending: Sending };
type State = SenderState<Phases>;
type Event = SenderEvent<Phases>;

/** One session of a sender: performs the effects of its state machine. */
export class SenderRun {
  readonly #ports: EnginePorts;
  readonly #options: PassOptions;
  readonly #start: SenderStart;
  readonly #ending = new AbortController();
  readonly #access: MeetingAccess;
  readonly #reconnectTimeoutMs: number;
  readonly #meeting: CodeMeeting;
  readonly #validity: CodeValidity;
  /** While the other end of a later session is sought. */
  readonly #news: OutageNews;
  readonly #machine: MachineRunner<State, Event, SenderEffect>;
  /** Once the ends have met. */
  #session: OpenedSession | null = null;
  #zstd: LazyZstd | null = null;

  constructor(ports: EnginePorts, options: PassOptions, start: SenderStart) {
    this.#ports = ports;
    this.#options = options;
    this.#start = start;
    this.#reconnectTimeoutMs = options.reconnectTimeoutMs ?? DEFAULT_RECONNECT_TIMEOUT_MS;
    const terms = { direct: options.direct, hasLinks: true };
    this.#access = meetingAccess(ports, options.relayUrl, terms, this.#ending.signal);
    const { code, words = DEFAULT_WORDS, lanes = MOST_LANES } = options;
    this.#meeting = new CodeMeeting(this.#access, {
      code,
      words,
      lanes,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      onOutage: (outage) => this.#tellOutage(outage),
    });
    const { clock } = this.#access;
    this.#validity = new CodeValidity(clock, options.waitMs ?? DEFAULT_WAIT_MS, () => this.#expire());
    this.#news = new OutageNews(clock, this.#reconnectTimeoutMs, (outage) => this.#tellOutage(outage));
    this.#machine = new MachineRunner<State, Event, SenderEffect>(
      start.by === 'code' ? { name: 'allocating', strangers: NO_STRANGERS } : { name: 'resuming' },
      stepSender<Phases>,
      this.#performers,
    );
  }

  /** @throws TransferError any */
  async run(): Promise<SessionOutcome> {
    const { signal, offered } = this.#options;
    offered.attend(
      () => this.#revise(),
      // A scan that fails while nobody has joined ends the wait.
      (error) => this.#machine.fail(error),
    );
    const end = await this.#machine.run(
      () => this.#begin(),
      () => this.#stop(),
      signal,
    );
    return outcomeOf(end.name, end.sending, this.#session);
  }

  /** What comes before an offer, by how the session begins. */
  async #begin(): Promise<void> {
    const preparing = this.#prepareZstd();
    if (this.#start.by === 'code') {
      await preparing;
      return this.#allocate(0);
    }
    const { isAcknowledged = false } = this.#options;
    const seekMs = isAcknowledged
      ? Math.min(CONFIRMATION_SEEK_MS, this.#reconnectTimeoutMs)
      : this.#reconnectTimeoutMs;
    const met = await meetLater(this.#access, 'sender', this.#start, seekMs, this.#news).catch(
      (error: unknown) => {
        throw isAcknowledged ? unconfirmed(error) : error;
      },
    );
    await preparing;
    this.#machine.dispatch({ type: 'resumed', offering: this.#open(met) });
  }

  /** What sending may need is here before anyone is offered anything. What can't be had is tried once more when the ends have met. */
  async #prepareZstd(): Promise<void> {
    if (this.#options.compress !== 'off') this.#zstd = await preparedZstd(this.#ports);
  }

  #tellOutage(outage: Outage | null): void {
    this.#options.onEvent(outageEvent(outage));
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    this.#validity.end();
    this.#news.close();
    await this.#session?.close();
    await this.#meeting.close();
  }

  readonly #performers: Performers<typeof SENDER_TABLE, State, Event, SenderEffect> = {
    allocate: (_event, { strangers }) => this.#allocate(strangers.burnedCodes),
    'await joiner': () => this.#awaitJoiner(),
    'wait again': async ({ code }) => {
      this.#options.onEvent({ type: 'left', code });
      await this.#meeting.leaveJoiner();
      await this.#awaitJoiner();
    },
    'shake hands': async () => {
      const proof = await this.#meeting.prove();
      if (proof.type !== 'proved') this.#machine.dispatch(proof);
      else this.#machine.dispatch({ type: 'proved', offering: this.#open(proof.met) });
    },
    // It is given up before the next one is asked for, or when the run ends.
    'burn code': async () => this.#options.onEvent({ type: 'code-burned' }),
    'tell lost code': async () => this.#options.onEvent({ type: 'code-lost' }),
    'release nameplate': async () => this.#meeting.release(),
    offer: (_event, { offering }) => offering.offer(() => this.#revise()),
    withdraw: (_event, { offering }) => offering.withdraw(),
    'note skipped': async (message, { offering }) => offering.leaveOut(message),
    'note compared': async ({ files }, { offering }) => offering.compare(files),
    'send content': async (_event, { sending }) =>
      this.#machine.dispatch({ type: 'content-sent', records: await sending.send() }),
    'note ack': async (ack, { sending }) => sending.noteAck(ack),
    'tell pause': async (event) => {
      if (event.type === 'continued') this.#options.onEvent({ type: 'continued' });
      else this.#options.onEvent({ ...event, message: ERROR_TABLE[event.code].sentence });
    },
    'send end': ({ records }, { sending }) => sending.session.say({ type: 'end', records }),
    'check receipt': async (receipt, { sending }) => this.#machine.dispatch(await sending.check(receipt)),
    'send bye': (_event, { sending }) => sending.session.say({ type: 'bye' }),
    'send again': async ({ files }) => this.#session?.say({ type: 'again', files }),
    'send abort': async ({ error }) => this.#session?.sayAbort(error, this.#options.signal),
    close: async () => {}, // when the run ends, after what is queued
  };

  async #allocate(burnedCodes: number): Promise<void> {
    const code = await this.#meeting.allocate(burnedCodes);
    this.#options.onEvent({ type: 'code', code, validMs: this.#validity.leftMs() });
    this.#machine.dispatch({ type: 'allocated' });
  }

  async #awaitJoiner(): Promise<void> {
    try {
      await this.#meeting.awaitJoiner();
    } catch (error) {
      const isLost = error instanceof TransferError && error.code === 'code-taken';
      if (!isLost || this.#meeting.hasChosenNumber) throw error;
      return this.#machine.dispatch({ type: 'code-lost' });
    }
    this.#options.onEvent({ type: 'joined' });
    this.#machine.dispatch({ type: 'joined' });
  }

  /** Nobody has come in time. False while somebody proves to know the code. */
  #expire(): boolean {
    const { name } = this.#machine.state;
    if (name === 'proving') return false;
    if (name === 'allocating' || name === 'waiting') this.#machine.fail(new TransferError('wait-expired'));
    return true;
  }

  #open(met: MetSession): Offering {
    this.#session = new OpenedSession(met, {
      access: this.#access,
      role: 'sender',
      direct: this.#options.direct,
      reconnectTimeoutMs: this.#reconnectTimeoutMs,
      isOnce: this.#options.isOnce ?? false,
      onRecord: (record, isFirst) => this.#take(record, isFirst),
      onEvent: this.#options.onEvent,
      onRestarted: () => this.#machine.dispatch({ type: 'restarted' }),
      onEnd: (error) => this.#lose(error),
    });
    if (this.#zstd === null) this.#machine.start(() => this.#prepareZstd());
    const { clock, bulk, signal } = this.#access;
    return new Offering(this.#session, {
      options: this.#options,
      clock,
      bulk,
      signal,
      zstd: () => this.#zstd,
      isFirst: this.#start.by === 'code',
      start: (task) => this.#machine.start(task),
    });
  }

  /** Answers about chunks go straight to the phase’s comparison, control messages to the machine. */
  #take({ kind, body }: Record, isFirstLane: boolean): void {
    // What still arrives after the end changes nothing.
    if (this.#machine.isOver) return;
    try {
      const { state } = this.#machine;
      const phase = 'offering' in state ? state.offering : 'sending' in state ? state.sending : null;
      if (phase === null || !isFirstLane || (kind !== 'control' && kind !== 'keep'))
        throw new TransferError('protocol-violation');
      if (kind === 'keep') {
        phase.keep(body);
        return;
      }
      const event = senderEventOf<Phases>(body, phase);
      if (event?.type === 'note-once') this.#session?.hear(event);
      else this.#machine.hear(event);
    } catch (error) {
      this.#machine.fail(error);
    }
  }

  #lose(error: unknown): void {
    const { state } = this.#machine;
    this.#machine.fail('sending' in state && state.sending !== null ? state.sending.failureOf(error) : error);
  }

  /** What is offered has changed. After the last offer that the receiver reads, the person is told at `accept`. */
  #revise(): void {
    const { state } = this.#machine;
    if (state.name === 'offering' && state.offering.mayBeWithdrawn)
      this.#machine.dispatch({ type: 'revised' });
  }
}
