// A nameplate that a sender holds at a relay: one connection at a time waits under it, each for one joiner.
// docs/PROTOCOL.md section 4.
import { noticeSleep } from '../async/notice-sleep.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import type { HeldNameplate } from '../ports/rendezvous.ts';
import { RELEASE_MESSAGE } from '../relay-protocol/messages.ts';
import { type Allocation, reclaimNameplate } from './allocate-nameplate.ts';
import type { AnnouncedSocket } from './announced-socket.ts';
import { announce, awaitReady, type RelayAccess } from './meet-relay.ts';
import { RelayChannel } from './relay-channel.ts';

/** A nameplate under which this sender waits at a relay, over one connection after the other. */
export class RelayNameplate implements HeldNameplate {
  readonly digits: string;
  readonly #access: RelayAccess;
  #token: string;
  #socket: AnnouncedSocket;
  #isWaiting = true;
  /** Whether a relay has said that somebody has this nameplate: an older one means this sender itself, perhaps. */
  #mayBeTaken = false;

  constructor(access: RelayAccess, { socket, nameplate, token }: Allocation) {
    this.digits = nameplate;
    this.#access = access;
    this.#token = token;
    this.#socket = socket;
  }

  async nextJoiner(): Promise<Channel> {
    if (!this.#isWaiting) await this.#waitAgain();
    const socket = this.#socket;
    const stop = noticeSleep(this.#access.clock, () => socket.terminate());
    try {
      await awaitReady(this.#access, socket);
      return new RelayChannel(socket);
    } catch (error) {
      const isTaken = this.#mayBeTaken && codeOf(error) === 'unknown-code';
      throw isTaken ? new TransferError('code-taken') : error;
    } finally {
      stop();
      this.#isWaiting = false;
    }
  }

  async reclaim(): Promise<void> {
    if (this.#isWaiting) return;
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
  }

  async close(): Promise<void> {
    if (!this.#isWaiting) return;
    // A redirect that comes now isn't followed.
    await closeChannel(new RelayChannel(this.#socket), this.#access.clock).catch(() => {});
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
    this.#isWaiting = true;
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof TransferError ? error.code : null;
}
