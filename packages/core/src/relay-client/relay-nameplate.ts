// A nameplate that a sender holds at a relay: one connection at a time waits under it, each for one joiner.
// docs/PROTOCOL.md section 4.
import { Backoff } from '../async/backoff.ts';
import { noticeSleep } from '../async/notice-sleep.ts';
import { seek } from '../async/seek.ts';
import { withTimeLimit } from '../async/time-limit.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import type { HeldNameplate } from '../ports/rendezvous.ts';
import { NAMEPLATE_RESERVED_MS } from '../relay-protocol/constants.ts';
import { RELEASE_MESSAGE } from '../relay-protocol/messages.ts';
import { type Allocation, reclaimNameplate } from './allocate-nameplate.ts';
import type { AnnouncedSocket } from './announced-socket.ts';
import { isCleanClose, leaveNameplate } from './leave-nameplate.ts';
import { announce, awaitReady, type PairingAccess } from './meet-relay.ts';
import { RelayChannel } from './relay-channel.ts';

/** How long the end of a `send` may take to give its nameplate up, in ms. */
const GIVE_UP_DEADLINE_MS = 3_000;
/** A connection that lives this long after a release, in ms, has brought it: the other end leaves when it hears nothing for 30 s. */
const RELEASE_HEARD_MS = 60_000;

/** A nameplate under which this sender waits at a relay, over one connection after the other. */
export class RelayNameplate implements HeldNameplate {
  readonly digits: string;
  readonly #access: PairingAccess;
  #token: string;
  #socket: AnnouncedSocket;
  /** What the socket is for. `left`: the joiner's channel has ended, or the wait was lost. */
  #stage: 'waiting' | 'joined' | 'left' = 'waiting';
  /** Whether a relay has said that somebody has this nameplate: an older one means this sender itself, perhaps. */
  #mayBeTaken = false;
  /** When the nameplate was used up, by the clock; null before. */
  #releasedMs: number | null = null;
  /** Whether the relay may not have heard so. */
  #isUnheard = false;

  constructor(access: PairingAccess, { socket, nameplate, token }: Allocation) {
    this.digits = nameplate;
    this.#access = access;
    this.#token = token;
    this.#socket = socket;
  }

  async nextJoiner(): Promise<Channel> {
    if (this.#stage !== 'waiting') await this.#waitAgain();
    const socket = this.#socket;
    const stop = noticeSleep(this.#access.clock, () => socket.terminate());
    try {
      await awaitReady(this.#access, socket);
      this.#stage = 'joined';
      return new RelayChannel(socket, (code) => this.#joinerLeft(code));
    } catch (error) {
      this.#stage = 'left';
      const isTaken = this.#mayBeTaken && codeOf(error) === 'unknown-code';
      throw isTaken ? new TransferError('code-taken') : error;
    } finally {
      stop();
    }
  }

  async reclaim(): Promise<void> {
    if (this.#stage === 'waiting') return;
    try {
      const { socket, token } = await reclaimNameplate(this.#access, this.digits, this.#token);
      this.#token = token;
      this.#mayBeTaken = false;
      this.#hold(socket);
    } catch (error) {
      if (codeOf(error) !== 'code-taken') throw error;
      // An older relay knows the token in a hello only, and refuses a wrong one.
      this.#mayBeTaken = true;
      await this.#waitAgain();
    }
  }

  release(): void {
    this.#socket.send(RELEASE_MESSAGE);
    this.#releasedMs = this.#access.clock.nowMs();
    if (this.#stage === 'left') this.#releaseAgain();
  }

  async close(): Promise<void> {
    if (await this.#isLeft()) return;
    const { clock } = this.#access;
    const untilOver = { clock, signal: new AbortController().signal, limitMs: GIVE_UP_DEADLINE_MS };
    // Whoever joins just then costs an attempt.
    const giveUp = (signal: AbortSignal) =>
      this.#giveUp(signal).catch(() => (signal.aborted ? undefined : this.#giveUp(signal)));
    await withTimeLimit(giveUp, untilOver).catch(() => {});
  }

  /** Whether the relay has heard on the present connection that the nameplate is given up, or has given it to another. */
  async #isLeft(): Promise<boolean> {
    const stage = this.#stage;
    this.#stage = 'left';
    if (this.#releasedMs !== null) return !this.#isUnheard;
    if (stage === 'left') return this.#mayBeTaken;
    if (stage === 'joined') this.#socket.send(RELEASE_MESSAGE);
    return leaveNameplate(this.#socket, this.#access.clock, { isJoined: stage === 'joined' });
  }

  /** After this, the end of the channel is the other end's, or that of the session on it. */
  #joinerLeft(closeCode: number): void {
    this.#stage = 'left';
    const { clock, signal } = this.#access;
    if (this.#releasedMs === null || isCleanClose(closeCode) || signal.aborted) return;
    if (clock.nowMs() - this.#releasedMs < RELEASE_HEARD_MS) this.#releaseAgain();
  }

  /** The connection broke on which the relay was told: the nameplate would be kept for a sender that comes back. */
  #releaseAgain(): void {
    if (this.#isUnheard) return;
    this.#isUnheard = true;
    const { clock, signal } = this.#access;
    seek((attempt) => this.#giveUp(attempt.signal), new TransferError('relay-unreachable'), {
      clock,
      backoff: new Backoff(),
      reconnectTimeoutMs: NAMEPLATE_RESERVED_MS,
      signal,
      isFinal: ({ code }) => code === 'code-taken',
    }).then(
      () => (this.#isUnheard = false),
      () => {},
    );
  }

  /** Takes the nameplate again, and gives it up by an orderly end of the wait. */
  async #giveUp(signal: AbortSignal): Promise<void> {
    const access = { ...this.#access, signal };
    const { socket, token } = await reclaimNameplate(access, this.digits, this.#token);
    this.#token = token;
    if (await leaveNameplate(socket, access.clock, { isJoined: false })) return;
    throw new TransferError('connection-lost');
  }

  async #waitAgain(): Promise<void> {
    const hello = { type: 'hello', role: 'sender', key: this.digits, token: this.#token } as const;
    this.#hold(await announce(this.#access, hello));
  }

  #hold(socket: AnnouncedSocket): void {
    if (this.#access.signal.aborted) {
      socket.terminate();
      throw new TransferError('interrupted');
    }
    this.#socket = socket;
    this.#stage = 'waiting';
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof TransferError ? error.code : null;
}
