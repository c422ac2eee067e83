// The receiver's side of a meeting by code: joining the sender's nameplate, and the handshake, which ends either with
// the sender or with what may have been a guess at the code. docs/PROTOCOL.md section 6.

import { Backoff } from '../async/backoff.ts';
import { seek } from '../async/seek.ts';
import { deriveSessionName, deriveTransferSecret } from '../crypto/derive-keys.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { type Bytes, equalBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { connectLane, inTime, type MeetingAccess } from '../link/connect-lane.ts';
import { exchangeResume } from '../link/exchange-resume.ts';
import { confirmKey, exchangeShares } from '../link/handshake.ts';
import { SealedConnection } from '../link/sealed-connection.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import { type Code, formatCode } from '../wire/code.ts';
import { violation } from '../wire/fields.ts';
import { ANSWER_SEEK_MS } from '../wire/limits.ts';
import { unansweredConfirmations } from './unanswered-confirmations.ts';

/** A meeting by code that the sender has proved itself in. */
export interface Joined {
  /** Of the first meeting. */
  sessionKey: Bytes;
  /** Names the session, whichever connection it goes on over. */
  session: Bytes;
  connection: SealedConnection;
}

interface JoiningOptions {
  code: Code;
  /** Most lanes this end wants. */
  lanes: number;
  reconnectTimeoutMs: number;
  /** The connection was lost after this end's confirmation, and the sender is sought; or it is found. */
  onConnected(isConnected: boolean): void;
}

/** One attempt of a receiver with one code. */
export class CodeJoining {
  readonly #access: MeetingAccess;
  readonly #options: JoiningOptions;
  readonly #name: string;
  #channel: Channel | null = null;

  constructor(access: MeetingAccess, options: JoiningOptions) {
    this.#access = access;
    this.#options = options;
    this.#name = formatCode(options.code);
  }

  /** Errors: `code-spent`; those of `Nameplates.join`. */
  async join(): Promise<void> {
    unansweredConfirmations.expectUsable(this.#name);
    const { rendezvous, signal } = this.#access;
    this.#channel = await rendezvous.nameplates.join(this.#options.code.nameplate, signal);
    // The run may have ended meanwhile; nobody would close this channel.
    if (signal.aborted) this.#channel.terminate();
  }

  /**
   * Errors: those of `exchangeShares`; `wrong-code` when the sender says so; `code-spent`; `possible-guess`, when who
   * heard this end's confirmation had no right answer.
   */
  async prove(): Promise<Joined> {
    const { code, lanes } = this.#options;
    const channel = this.#channel!;
    const { clock, bulk } = this.#access;
    const prs = await stretchSecret(code.secret);
    const inputs = { role: 'receiver', purpose: 'code', key: code.nameplate, prs, lanes } as const;
    const unconfirmed = await inTime(clock, channel, exchangeShares(channel, inputs));
    unansweredConfirmations.count(this.#name);
    const { sessionKey } = unconfirmed;
    const session = await deriveSessionName(sessionKey);
    const connection = await inTime(clock, channel, confirmKey(channel, unconfirmed)).then(
      () => SealedConnection.create(channel, 'receiver', sessionKey, bulk),
      (error: unknown) => this.#answerAfter(error, sessionKey, session),
    );
    unansweredConfirmations.answered(this.#name);
    return { sessionKey, session, connection };
  }

  async close(): Promise<void> {
    if (this.#channel !== null) await closeChannel(this.#channel, this.#access.clock);
  }

  /** The confirmation had no right answer. A sender that heard it and lost the connection is where only it can be. */
  async #answerAfter(error: unknown, sessionKey: Bytes, session: Bytes): Promise<SealedConnection> {
    if (!(error instanceof TransferError) || error.code === 'wrong-code') throw error;
    this.#channel!.terminate();
    if (this.#access.signal.aborted) throw error;
    const reconnectTimeoutMs = Math.min(this.#options.reconnectTimeoutMs, ANSWER_SEEK_MS);
    if (error.code !== 'peer-gone' || reconnectTimeoutMs === 0) throw possibleGuess(error);
    this.#options.onConnected(false);
    const connection = await this.#seekSender(sessionKey, session, reconnectTimeoutMs).catch(
      (cause: unknown) => {
        if (cause instanceof TransferError && cause.code !== 'interrupted') throw possibleGuess(cause);
        throw cause;
      },
    );
    this.#options.onConnected(true);
    return connection;
  }

  async #seekSender(
    sessionKey: Bytes,
    session: Bytes,
    reconnectTimeoutMs: number,
  ): Promise<SealedConnection> {
    const { clock, signal } = this.#access;
    const secret = await deriveTransferSecret(sessionKey);
    const attempt = async (untilGivenUp: AbortSignal) => {
      const lane = await connectLane({ ...this.#access, signal: untilGivenUp }, 'receiver', secret, 0);
      const theirs = await exchangeResume(lane, { session, received: 0 }, clock);
      if (theirs.received === 0 && theirs.session !== null && equalBytes(theirs.session, session))
        return lane;
      lane.terminate();
      throw violation('another session before the first has begun');
    };
    const options = { clock, backoff: new Backoff(), reconnectTimeoutMs, signal };
    return seek(attempt, new TransferError('peer-gone'), options);
  }
}

function possibleGuess(cause: unknown): TransferError {
  return new TransferError('possible-guess', undefined, { cause });
}
