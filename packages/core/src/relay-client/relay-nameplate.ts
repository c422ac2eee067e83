// A nameplate that a sender holds at a relay: one connection at a time waits under it, each for one joiner.
// docs/PROTOCOL.md section 4.
import { TransferError } from '../foundation/errors.ts';
import type { Channel } from '../ports/channel.ts';
import { closeChannel } from '../ports/close-channel.ts';
import type { HeldNameplate } from '../ports/rendezvous.ts';
import { RELEASE_MESSAGE } from '../relay-protocol/messages.ts';
import type { Allocation } from './allocate-nameplate.ts';
import type { AnnouncedSocket } from './announced-socket.ts';
import { announce, awaitReady, type RelayAccess } from './meet-relay.ts';
import { RelayChannel } from './relay-channel.ts';

/** A nameplate under which this sender waits at a relay, over one connection after the other. */
export class RelayNameplate implements HeldNameplate {
  readonly digits: string;
  readonly #access: RelayAccess;
  readonly #token: string;
  #socket: AnnouncedSocket;
  #isWaiting = true;

  constructor(access: RelayAccess, { socket, nameplate, token }: Allocation) {
    this.digits = nameplate;
    this.#access = access;
    this.#token = token;
    this.#socket = socket;
  }

  async nextJoiner(): Promise<Channel> {
    if (!this.#isWaiting) await this.#waitAgain();
    const socket = this.#socket;
    try {
      await awaitReady(this.#access, socket);
      return new RelayChannel(socket);
    } finally {
      this.#isWaiting = false;
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
    const socket = await announce(this.#access, hello);
    if (this.#access.signal.aborted) {
      socket.terminate();
      throw new TransferError('interrupted');
    }
    this.#socket = socket;
    this.#isWaiting = true;
  }
}
