// The sender's side of a meeting by code: a nameplate, a wait, a handshake, and all of it again for the next joiner.

import { Backoff } from '../async/backoff.ts';
import { pause } from '../async/seek.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { asTransferError, TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import { type FirstSession, firstSession } from '../link/met-session.ts';
import { OutageNews } from '../link/outage.ts';
import { secureChannel } from '../link/secure-channel.ts';
import { wordsOfNext } from '../machine/code-strangers.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import type { HeldNameplate, Outage } from '../ports/rendezvous.ts';
import { drawSecret, formatCode, parseChosenCode } from '../wire/code.ts';
import { MAX_QUICK_WAITS, WAIT_INTERVAL_MS } from '../wire/limits.ts';
import { mayBeReachedLater, type SeekMeetingOptions, seekMeeting } from './seek-meeting.ts';
import { isReadAsChosen } from './typed-code.ts';

/** What came of a joiner, as the sender's machine takes it. */
export type Proof =
  | { type: 'proved'; met: FirstSession }
  /** Who joined left, fell silent or said what isn't a handshake's. `opened`: after the sender's share was opened. */
  | { type: 'joiner-left'; opened: boolean; code: ErrorCode }
  /** Who joined confirmed another code, one of `words` words; null for a code that a person chose. */
  | { type: 'guessed-wrong'; words: number | null };

/** The code that a sender wants. */
export interface CodeOptions {
  /** A code or its secret part, chosen by the person. */
  code: string | undefined;
  words: number;
  lanes: number;
  /** What both ends meet for. Default `code`: a transfer. */
  purpose?: 'code' | 'pair';
  /** How long the relay is sought, in ms, whenever this end has no connection to it. 0: not at all. */
  reconnectTimeoutMs: number;
  /** There is no connection to the relay, and one is sought; null when it is there. */
  onOutage(outage: Outage | null): void;
}

/** Ends of a wait after which the same nameplate is asked for again. A relay that was started anew knows none. */
const LOST_WAITS: ReadonlySet<ErrorCode> = new Set([
  'connection-lost',
  'relay-unreachable',
  'relay-full',
  'not-a-relay',
  'unknown-code',
  'wait-expired',
]);
/** A wait of this length, in ms, was no part of a series of losses. */
const STEADY_WAIT_MS = 15_000;

/** Waits under a code for the receiver, under another one after a wrong guess. */
export class CodeMeeting {
  readonly #access: MeetingAccess;
  readonly #options: CodeOptions;
  readonly #chosen: { nameplate: string | null; secret: string } | null;
  #nameplate: HeldNameplate | null = null;
  #channel: Channel | null = null;
  #secret = '';
  #words: number | null = null;
  #prs: Promise<Bytes> | null = null;
  /** Until when the waits so far take, at their lasting rate. */
  #paidUntilMs = Number.NEGATIVE_INFINITY;
  readonly #seeking: Pick<SeekMeetingOptions, 'reconnectTimeoutMs' | 'news'>;
  /** Between a wait that was lost and the next one. */
  readonly #backoff = new Backoff();

  /** @throws TransferError `bad-code` for a chosen code that isn't one */
  constructor(access: MeetingAccess, options: CodeOptions) {
    this.#access = access;
    this.#options = options;
    this.#chosen = options.code === undefined ? null : parseChosenCode(options.code);
    if (this.#chosen !== null) expectReadAsChosen(this.#chosen);
    const { reconnectTimeoutMs, onOutage } = options;
    const news = new OutageNews(access.clock, reconnectTimeoutMs, onOutage);
    this.#seeking = { reconnectTimeoutMs, news };
  }

  /** Whether its person chose the number: then no other one does. */
  get hasChosenNumber(): boolean {
    return this.#chosen !== null && this.#chosen.nameplate !== null;
  }

  /**
   * Reserves a nameplate and returns the code, once the relay can be reached.
   * @throws TransferError those of `Nameplates.allocate`
   */
  async allocate(burnedCodes: number): Promise<string> {
    await this.close();
    this.#words = this.#chosen === null ? wordsOfNext(this.#options.words, burnedCodes) : null;
    const secret = this.#chosen?.secret ?? drawSecret(this.#words!, randomBytes);
    const { nameplates } = this.#access.rendezvous;
    const chosen = this.#chosen?.nameplate ?? null;
    this.#nameplate = await seekMeeting(
      // The nameplate outlives the attempt, so it gets the run's signal.
      () => nameplates.allocate(chosen, this.#access.signal),
      this.#access,
      { ...this.#seeking, mayPass: mayBeReachedLater },
    );
    this.#secret = secret;
    this.#prs = null;
    return formatCode({ nameplate: this.#nameplate.digits, secret });
  }

  /**
   * Resolves when someone has joined, over as many connections to the relay as it takes.
   * @throws TransferError `code-taken` when the relay forgot the code, and its number is somebody else's by now; those of
   * `HeldNameplate.nextJoiner` that no waiting mends
   */
  async awaitJoiner(): Promise<void> {
    // While nobody is there yet, and the code is told.
    this.#prs ??= stretchSecret(this.#secret);
    const { clock, signal } = this.#access;
    const backoff = new Backoff();
    for (;;) {
      const startedMs = clock.nowMs();
      const ended = await this.#joined();
      if (ended === null) return;
      // Strangers had this end come back too often.
      if (ended.code === 'rate-limited') await pause(backoff.next(), clock, signal);
      else await this.#comeBack(ended, startedMs);
    }
  }

  /** Leaves who joined, and rests before the wait for the next one. */
  async leaveJoiner(): Promise<void> {
    await this.#closeChannel();
    await this.#rest();
  }

  /** Finds out whether who joined knows the code. */
  async prove(): Promise<Proof> {
    const prs = await this.#prs!;
    const inputs = {
      role: 'sender',
      purpose: this.#options.purpose ?? 'code',
      key: this.#nameplate!.digits,
      prs,
      lanes: this.#options.lanes,
      features: this.#access.features,
    } as const;
    let opened = false;
    try {
      const { connection, sessionKey } = await secureChannel(this.#channel!, inputs, this.#access, () => {
        opened = true;
      });
      return { type: 'proved', met: await firstSession(connection, sessionKey) };
    } catch (error) {
      const { code } = asTransferError(error);
      if (opened && code === 'wrong-code') return { type: 'guessed-wrong', words: this.#words };
      return { type: 'joiner-left', opened, code: code === 'wrong-code' ? 'peer-gone' : code };
    }
  }

  /** Who joined is whom the code was for: the session has the channel from now on, and nobody else comes by this code. */
  release(): void {
    this.#channel = null;
    this.#nameplate?.release();
  }

  /** Gives the code up for good. */
  async close(): Promise<void> {
    this.#seeking.news.close();
    // Otherwise the rendezvous keeps it for a sender that comes back, and a receiver waits.
    await this.#nameplate?.close();
    await this.#closeChannel();
  }

  async #closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = null;
    if (channel !== null) await closeChannel(channel, this.#access.clock);
  }

  /** Null once someone has joined; else why the wait is over, if it can go on. */
  async #joined(): Promise<TransferError | null> {
    try {
      this.#channel = await this.#nameplate!.nextJoiner();
      // The run may have ended meanwhile; nobody would close this channel.
      if (this.#access.signal.aborted) this.#channel.terminate();
      return null;
    } catch (error) {
      const { signal } = this.#access;
      if (!(error instanceof TransferError) || signal.aborted) throw error;
      if (error.code === 'rate-limited') return error;
      if (this.#options.reconnectTimeoutMs === 0 || !LOST_WAITS.has(error.code)) throw error;
      return error;
    }
  }

  /** Waits under the same nameplate again. */
  async #comeBack(lost: TransferError, startedMs: number): Promise<void> {
    const { clock, signal } = this.#access;
    if (clock.nowMs() - startedMs >= STEADY_WAIT_MS) this.#backoff.reset();
    this.#seeking.news.begin(lost);
    await pause(this.#backoff.next(), clock, signal);
    const mayPass = ({ code }: TransferError) => code !== 'code-taken';
    await seekMeeting(() => this.#nameplate!.reclaim(), this.#access, { ...this.#seeking, mayPass }, lost);
  }

  /** Strangers that come and go don't keep this end busy for ever. */
  async #rest(): Promise<void> {
    const { clock, signal } = this.#access;
    const nowMs = clock.nowMs();
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs) + WAIT_INTERVAL_MS;
    const restMs = this.#paidUntilMs - nowMs - MAX_QUICK_WAITS * WAIT_INTERVAL_MS;
    if (restMs > 0) await pause(restMs, clock, signal);
  }
}

/** Whoever types the code reads it as a drawn one otherwise, and uses it up. */
function expectReadAsChosen({ nameplate, secret }: { nameplate: string | null; secret: string }): void {
  if (isReadAsChosen({ nameplate: nameplate ?? '1', secret })) return;
  throw new TransferError('bad-code', 'A receiver would read that code as another one.');
}
