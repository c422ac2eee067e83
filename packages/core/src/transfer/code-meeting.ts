// The sender's side of a meeting by code: a nameplate, a wait, a handshake, and all of it again for the next joiner.
import { stretchSecret } from '../crypto/stretch-secret.ts';
import { type Bytes, randomBytes } from '../foundation/bytes.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { RELEASE_MESSAGE } from '../relay-protocol/messages.ts';
import { shakeHandsInTime } from '../stream/connect-lane.ts';
import type { Handshake } from '../stream/handshake.ts';
import { allocateNameplate, announce, awaitReady, type RelayAccess } from '../stream/meet-relay.ts';
import { drawSecret, formatCode, parseChosenCode } from '../wire/code.ts';
import { closeSocket } from './run.ts';

export interface CodeWishes {
  /** A code or its secret part, chosen by the person. */
  code: string | undefined;
  words: number;
  lanes: number;
}

export class CodeMeeting {
  readonly #access: RelayAccess;
  readonly #wishes: CodeWishes;
  readonly #chosen: { nameplate: string | null; secret: string } | null;
  #socket: RelaySocket | null = null;
  #nameplate = '';
  #token = '';
  #secret = '';
  #prs: Promise<Bytes> | null = null;

  /** Errors: `bad-code` for a chosen code that isn't one. */
  constructor(access: RelayAccess, wishes: CodeWishes) {
    this.#access = access;
    this.#wishes = wishes;
    this.#chosen = wishes.code === undefined ? null : parseChosenCode(wishes.code);
  }

  /** Whether a burned code can be replaced by a new one: a chosen one can't. */
  get canDrawAnother(): boolean {
    return this.#chosen === null;
  }

  /** The connection, once there is one. */
  get socket(): RelaySocket | null {
    return this.#socket;
  }

  /** Reserves a nameplate and returns the code. Errors: `code-taken`, those of `announce`. */
  async allocate(): Promise<string> {
    await this.close();
    const secret = this.#chosen?.secret ?? drawSecret(this.#wishes.words, randomBytes);
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

  /** Resolves when someone has joined. */
  awaitJoiner(): Promise<void> {
    // While nobody is there yet, and the code is told.
    this.#prs ??= stretchSecret(this.#secret);
    return awaitReady(this.#socket!);
  }

  /** Waits under the same nameplate for the next one. */
  async waitAgain(): Promise<void> {
    await this.close();
    const hello = { type: 'hello', role: 'sender', key: this.#nameplate, token: this.#token } as const;
    this.#adopt(await announce(this.#access, hello));
  }

  /** Errors: those of `shakeHands`. */
  async shakeHands(): Promise<Handshake> {
    const prs = await this.#prs!;
    const inputs = { role: 'sender', purpose: 'code', prs, lanes: this.#wishes.lanes } as const;
    return shakeHandsInTime(this.#access.clock, this.#socket!, inputs);
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

  #adopt(socket: RelaySocket): void {
    this.#socket = socket;
    // The run may have ended while the connection was being made.
    if (this.#access.signal.aborted) socket.terminate();
  }
}
