// The receiver's side of a meeting by code: joining the sender's nameplate, and the handshake, which ends either with
// the sender or with what may have been a guess at the code. docs/PROTOCOL.md section 6.

import { deriveSessionName, deriveTransferSecret } from '../crypto/derive-keys.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/connect-lane.ts';
import { meetAnew } from '../link/meet-anew.ts';
import { firstSession, type MetSession } from '../link/met-session.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import { secureChannel } from '../link/secure-channel.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import { type Code, formatCode } from '../wire/code.ts';
import { ANSWER_SEEK_MS } from '../wire/limits.ts';
import { unansweredConfirmations } from './unanswered-confirmations.ts';

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

  /** @throws TransferError `code-spent`; those of `Nameplates.join` */
  async join(): Promise<void> {
    unansweredConfirmations.expectUsable(this.#name);
    const { rendezvous, signal } = this.#access;
    this.#channel = await rendezvous.nameplates.join(this.#options.code.nameplate, signal);
    // The run may have ended meanwhile; nobody would close this channel.
    if (signal.aborted) this.#channel.terminate();
  }

  /**
   * The session with the sender, which has proved itself.
   * @throws TransferError those of `exchangeShares`; `wrong-code` when the sender says so; `code-spent`;
   * `possible-guess`, when who heard this end's confirmation had no right answer
   */
  async prove(): Promise<MetSession> {
    const { code, lanes } = this.#options;
    const prs = await stretchSecret(code.secret);
    const inputs = { role: 'receiver', purpose: 'code', key: code.nameplate, prs, lanes } as const;
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

  async close(): Promise<void> {
    if (this.#channel !== null) await closeChannel(this.#channel, this.#access.clock);
  }

  /** The confirmation had no right answer. A sender that heard it and lost the connection is where only it can be. */
  async #answerAfter(error: unknown, sessionKey: Bytes): Promise<SealedConnection> {
    if (!(error instanceof TransferError) || error.code === 'wrong-code') throw error;
    this.#channel!.terminate();
    if (this.#access.signal.aborted) throw error;
    const reconnectTimeoutMs = Math.min(this.#options.reconnectTimeoutMs, ANSWER_SEEK_MS);
    if (error.code !== 'peer-gone' || reconnectTimeoutMs === 0) throw possibleGuess(error);
    this.#options.onConnected(false);
    const connection = await this.#seekSender(sessionKey, reconnectTimeoutMs).catch((cause: unknown) => {
      if (cause instanceof TransferError && cause.code !== 'interrupted') throw possibleGuess(cause);
      throw cause;
    });
    this.#options.onConnected(true);
    return connection;
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
