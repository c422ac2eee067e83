// The receiver's side of a meeting by code: joining the sender's nameplate, and the handshake, which ends either with
// the sender or with what may have been a guess at the code. docs/PROTOCOL.md section 6.

import type { Attempt } from '../async/seek.ts';
import { deriveSessionName, deriveTransferSecret } from '../crypto/derive-keys.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import { meetAnew } from '../link/meet-anew.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import { type FirstSession, firstSession } from '../link/met-session.ts';
import { OutageNews } from '../link/outage.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { secureChannel } from '../link/secure-channel.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import type { Outage } from '../ports/rendezvous.ts';
import { type Code, formatCode } from '../wire/code.ts';
import { ANSWER_SEEK_MS, MAX_LOST_HANDSHAKES } from '../wire/limits.ts';
import { mayBeReachedLater, type SeekMeetingOptions, seekMeeting } from './seek-meeting.ts';
import { unansweredConfirmations } from './unanswered-confirmations.ts';

interface JoiningOptions {
  code: Code;
  /** Most lanes this end wants. */
  lanes: number;
  /** What both ends meet for. Default `code`: a transfer. */
  purpose?: 'code' | 'pair';
  reconnectTimeoutMs: number;
  /** Whether a sender that is away when this end first joins is waited for. Default true. */
  awaitsSender?: boolean;
  /** There is no connection, and one is sought; null when it is there. */
  onOutage(outage: Outage | null): void;
}

/** Errors after which a receiver whose connection was lost in the handshake joins again. */
const LOST: ReadonlySet<ErrorCode> = new Set(['connection-lost', 'peer-gone', 'peer-silent']);
/** Those that may pass for one that comes back: the relay may not have noticed yet that the older connection is lost. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  ...LOST,
  'sender-away',
  'code-in-use',
  'relay-full',
  'rate-limited',
]);

/** One attempt of a receiver with one code. */
export class CodeJoining {
  readonly #access: MeetingAccess;
  readonly #options: JoiningOptions;
  readonly #name: string;
  readonly #seeking: Pick<SeekMeetingOptions, 'reconnectTimeoutMs' | 'news'>;
  #channel: Channel | null = null;

  constructor(access: MeetingAccess, options: JoiningOptions) {
    this.#access = access;
    this.#options = options;
    this.#name = formatCode(options.code);
    const { reconnectTimeoutMs, onOutage } = options;
    const news = new OutageNews(access.clock, reconnectTimeoutMs, onOutage);
    this.#seeking = { reconnectTimeoutMs, news };
  }

  /**
   * Joins the sender, once the relay can be reached and the sender is back.
   * @throws TransferError `code-spent`; those of `Nameplates.join` that no waiting mends
   */
  join(): Promise<void> {
    const { awaitsSender = true } = this.#options;
    // A join whose answer was lost may have been taken.
    let wasLost = false;
    const mayPass = (error: TransferError) => {
      wasLost ||= error.code === 'connection-lost';
      const mayWait = awaitsSender && error.code === 'sender-away';
      return mayWait || mayBeReachedLater(error) || (wasLost && PASSING.has(error.code));
    };
    return seekMeeting(({ signal }) => this.#joinOnce(signal), this.#access, { ...this.#seeking, mayPass });
  }

  /**
   * The session with the sender, which has proved itself.
   * @throws TransferError those of `exchangeShares`; `wrong-code` when the sender says so; `code-spent`;
   * `possible-guess`, when who heard this end's confirmation had no right answer
   */
  async prove(): Promise<FirstSession> {
    const prs = await stretchSecret(this.#options.code.secret);
    try {
      return await this.#proveOnce(prs);
    } catch (error) {
      if (!(error instanceof TransferError && LOST.has(error.code)) || this.#access.signal.aborted)
        throw error;
      let handshakes = 0;
      const joinAndProve = async ({ signal }: Pick<Attempt, 'signal'>) => {
        await this.#closeChannel();
        await this.#joinOnce(signal);
        handshakes += 1;
        return this.#proveOnce(prs);
      };
      // Whoever knows the code and sits in between could try for equal verifiers with each share that it gets.
      const mayPass = (cause: TransferError) =>
        handshakes < MAX_LOST_HANDSHAKES && (PASSING.has(cause.code) || mayBeReachedLater(cause));
      return seekMeeting(joinAndProve, this.#access, { ...this.#seeking, mayPass }, error);
    }
  }

  async close(): Promise<void> {
    this.#seeking.news.close();
    await this.#closeChannel();
  }

  async #closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = null;
    if (channel !== null) await closeChannel(channel, this.#access.clock);
  }

  async #joinOnce(untilGivenUp: AbortSignal): Promise<void> {
    unansweredConfirmations.expectUsable(this.#name);
    const { rendezvous, signal } = this.#access;
    this.#channel = await rendezvous.nameplates.join(this.#options.code.nameplate, untilGivenUp);
    // The run may have ended meanwhile; nobody would close this channel.
    if (signal.aborted) this.#channel.terminate();
  }

  async #proveOnce(prs: Bytes): Promise<FirstSession> {
    const { code, lanes, purpose = 'code' } = this.#options;
    const { features } = this.#access;
    const inputs = { role: 'receiver', purpose, key: code.nameplate, prs, lanes, features } as const;
    let confirmed: Bytes | null = null;
    const secured = await secureChannel(this.#channel!, inputs, this.#access, (sessionKey) => {
      unansweredConfirmations.count(this.#name);
      confirmed = sessionKey;
    }).catch(async (error: unknown) => {
      if (confirmed === null) throw error;
      return { sessionKey: confirmed, connection: await this.#answerAfter(error, confirmed) };
    });
    unansweredConfirmations.answered(this.#name);
    return firstSession(secured.connection, secured.sessionKey);
  }

  /** The confirmation had no right answer. A sender that heard it and lost the connection is where only it can be. */
  async #answerAfter(error: unknown, sessionKey: Bytes): Promise<SealedConnection> {
    if (!(error instanceof TransferError) || error.code === 'wrong-code') throw error;
    this.#channel!.terminate();
    if (this.#access.signal.aborted) throw error;
    const reconnectTimeoutMs = Math.min(this.#options.reconnectTimeoutMs, ANSWER_SEEK_MS);
    if (error.code !== 'peer-gone' || reconnectTimeoutMs === 0) throw possibleGuess(error);
    const news = new OutageNews(this.#access.clock, reconnectTimeoutMs, this.#options.onOutage);
    news.begin(error);
    try {
      const connection = await this.#seekSender(sessionKey, reconnectTimeoutMs);
      news.end();
      return connection;
    } catch (cause) {
      news.close();
      if (cause instanceof TransferError && cause.code !== 'interrupted') throw possibleGuess(cause);
      throw cause;
    }
  }

  async #seekSender(sessionKey: Bytes, reconnectTimeoutMs: number): Promise<SealedConnection> {
    const secret = await deriveTransferSecret(sessionKey);
    const session = await deriveSessionName(sessionKey);
    return meetAnew(this.#access, 'receiver', secret, reconnectTimeoutMs, session);
  }
}

function possibleGuess(cause: unknown): TransferError {
  return new TransferError('possible-guess', undefined, { cause });
}
