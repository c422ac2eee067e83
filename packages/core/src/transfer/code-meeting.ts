// The sender's side of a meeting by code: a nameplate, a wait, a handshake, and all of it again for the next joiner.
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { allocateNameplate } from '../relay-client/allocate-nameplate.ts';
import { announce, awaitReady, type RelayAccess } from '../relay-client/meet-relay.ts';
import { RELEASE_MESSAGE } from '../relay-protocol/messages.ts';
import { Backoff } from '../stream/backoff.ts';
import { inTime } from '../stream/connect-lane.ts';
import { confirmKey, exchangeShares } from '../stream/handshake.ts';
import { pause } from '../stream/seek.ts';
import { drawSecret, formatCode, parseChosenCode } from '../wire/code.ts';
import { MAX_QUICK_WAITS, WAIT_INTERVAL_MS } from '../wire/limits.ts';
import { wordsOfNext } from './code-strangers.ts';
import { asTransferError, closeSocket } from './run.ts';
import type { SenderEvent } from './sender-machine.ts';

/** What came of a joiner, as the sender's machine takes it. */
export type Proof =
  | { type: 'proved'; sessionKey: Bytes }
  | Extract<SenderEvent, { type: 'guessed-wrong' | 'joiner-left' }>;

/** The code that a sender wants. */
export interface CodeWishes {
  /** A code or its secret part, chosen by the person. */
  code: string | undefined;
  words: number;
  lanes: number;
}

/** Waits under a code for the receiver, under another one after a wrong guess. */
export class CodeMeeting {
  readonly #access: RelayAccess;
  readonly #wishes: CodeWishes;
  readonly #chosen: { nameplate: string | null; secret: string } | null;
  #socket: RelaySocket | null = null;
  #nameplate = '';
  #token = '';
  #secret = '';
  #words: number | null = null;
  #prs: Promise<Bytes> | null = null;
  /** Until when the waits so far take, at their lasting rate. */
  #paidUntilMs = Number.NEGATIVE_INFINITY;

  /** Errors: `bad-code` for a chosen code that isn't one. */
  constructor(access: RelayAccess, wishes: CodeWishes) {
    this.#access = access;
    this.#wishes = wishes;
    this.#chosen = wishes.code === undefined ? null : parseChosenCode(wishes.code);
  }

  /** The connection, once there is one. */
  get socket(): RelaySocket | null {
    return this.#socket;
  }

  /** Reserves a nameplate and returns the code. Errors: those of `allocateNameplate`. */
  async allocate(burnedCodes: number): Promise<string> {
    await this.close();
    this.#words = this.#chosen === null ? wordsOfNext(this.#wishes.words, burnedCodes) : null;
    const secret = this.#chosen?.secret ?? drawSecret(this.#words!, randomBytes);
    const { socket, nameplate, token } = await allocateNameplate(
      this.#access,
      this.#chosen?.nameplate ?? null,
    );
    this.#adopt(socket);
    this.#secret = secret;
    this.#prs = null;
    this.#nameplate = nameplate;
    this.#token = token;
    return formatCode({ nameplate, secret });
  }

  /** Resolves when someone has joined. Errors: those of `announce` and `awaitReady`. */
  async awaitJoiner(): Promise<void> {
    // While nobody is there yet, and the code is told.
    this.#prs ??= stretchSecret(this.#secret);
    const backoff = new Backoff();
    while (!(await this.#isJoined())) {
      await pause(backoff.next(), this.#access.clock, this.#access.signal);
      await this.#announceAgain();
    }
  }

  /** Waits under the same nameplate for the next one. */
  async waitAgain(): Promise<void> {
    await this.close();
    await this.#rest();
    await this.#announceAgain();
  }

  /** Finds out whether who joined knows the code. */
  async prove(): Promise<Proof> {
    const { clock } = this.#access;
    const socket = this.#socket!;
    const prs = await this.#prs!;
    const inputs = {
      role: 'sender',
      purpose: 'code',
      key: this.#nameplate,
      prs,
      lanes: this.#wishes.lanes,
    } as const;
    let opened = false;
    try {
      const unconfirmed = await inTime(clock, socket, exchangeShares(socket, inputs));
      opened = true;
      await inTime(clock, socket, confirmKey(socket, unconfirmed));
      return { type: 'proved', sessionKey: unconfirmed.sessionKey };
    } catch (error) {
      const { code } = asTransferError(error);
      if (opened && code === 'wrong-code') return { type: 'guessed-wrong', words: this.#words };
      return { type: 'joiner-left', opened, code: code === 'wrong-code' ? 'peer-gone' : code };
    }
  }

  /** Tells the relay that the nameplate is used up. */
  release(): void {
    this.#socket?.send(RELEASE_MESSAGE);
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) await closeSocket(socket, this.#access.clock);
  }

  /** False when the relay refuses this end because strangers had it come back too often. */
  async #isJoined(): Promise<boolean> {
    try {
      await awaitReady(this.#socket!);
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

  async #announceAgain(): Promise<void> {
    const hello = { type: 'hello', role: 'sender', key: this.#nameplate, token: this.#token } as const;
    this.#adopt(await announce(this.#access, hello));
  }

  #adopt(socket: RelaySocket): void {
    this.#socket = socket;
    // The run may have ended while the connection was being made.
    if (this.#access.signal.aborted) socket.terminate();
  }
}
