// The sender's side of a meeting by code: a nameplate, a wait, a handshake, and all of it again for the next joiner.

import { Backoff } from '../async/backoff.ts';
import { pause } from '../async/seek.ts';
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { asTransferError, TransferError } from '../foundation/errors.ts';
import type { MeetingAccess } from '../link/connect-lane.ts';
import { firstSession, type MetSession } from '../link/met-session.ts';
import { secureChannel } from '../link/secure-channel.ts';
import { wordsOfNext } from '../machine/code-strangers.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import type { HeldNameplate } from '../ports/rendezvous.ts';
import { drawSecret, formatCode, parseChosenCode } from '../wire/code.ts';
import { MAX_QUICK_WAITS, WAIT_INTERVAL_MS } from '../wire/limits.ts';
import { isReadAsChosen } from './typed-code.ts';

/** What came of a joiner, as the sender's machine takes it. */
export type Proof =
  | { type: 'proved'; met: MetSession }
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
}

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

  /** @throws TransferError `bad-code` for a chosen code that isn't one */
  constructor(access: MeetingAccess, options: CodeOptions) {
    this.#access = access;
    this.#options = options;
    this.#chosen = options.code === undefined ? null : parseChosenCode(options.code);
    if (this.#chosen !== null) expectReadAsChosen(this.#chosen);
  }

  /**
   * Reserves a nameplate and returns the code.
   * @throws TransferError those of `Nameplates.allocate`
   */
  async allocate(burnedCodes: number): Promise<string> {
    await this.close();
    this.#words = this.#chosen === null ? wordsOfNext(this.#options.words, burnedCodes) : null;
    const secret = this.#chosen?.secret ?? drawSecret(this.#words!, randomBytes);
    const { rendezvous, signal } = this.#access;
    this.#nameplate = await rendezvous.nameplates.allocate(this.#chosen?.nameplate ?? null, signal);
    this.#secret = secret;
    this.#prs = null;
    return formatCode({ nameplate: this.#nameplate.digits, secret });
  }

  /**
   * Resolves when someone has joined.
   * @throws TransferError those of `HeldNameplate.nextJoiner`, but `rate-limited`
   */
  async awaitJoiner(): Promise<void> {
    // While nobody is there yet, and the code is told.
    this.#prs ??= stretchSecret(this.#secret);
    const backoff = new Backoff();
    while (!(await this.#isJoined())) {
      await pause(backoff.next(), this.#access.clock, this.#access.signal);
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
      purpose: 'code',
      key: this.#nameplate!.digits,
      prs,
      lanes: this.#options.lanes,
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

  /** Says that the nameplate is used up. */
  release(): void {
    this.#nameplate?.release();
  }

  async close(): Promise<void> {
    await this.#closeChannel();
    await this.#nameplate?.close();
  }

  async #closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = null;
    if (channel !== null) await closeChannel(channel, this.#access.clock);
  }

  /** False when this end is refused because strangers had it come back too often. */
  async #isJoined(): Promise<boolean> {
    try {
      this.#channel = await this.#nameplate!.nextJoiner();
      // The run may have ended meanwhile; nobody would close this channel.
      if (this.#access.signal.aborted) this.#channel.terminate();
      return true;
    } catch (error) {
      if (error instanceof TransferError && error.code === 'rate-limited') return false;
      throw error;
    }
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
