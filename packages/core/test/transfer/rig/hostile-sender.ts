// A sender made of the engine's own parts that says whatever a test wants after its handshake.

import type { EnginePorts } from '../../../src/api/options.ts';
import { webBulkCrypto } from '../../../src/crypto/web-bulk-crypto.ts';
import type { SealedConnection } from '../../../src/link/sealed-connection.ts';
import { CodeMeeting } from '../../../src/meeting/code-meeting.ts';
import { type ControlMessage, parseControlMessage } from '../../../src/wire/control-message.ts';
import { encodeRecord, type RecordKind } from '../../../src/wire/record.ts';

type Ports = Pick<EnginePorts, 'rendezvousAt' | 'clock' | 'bulk'>;

export class HostileSender {
  readonly #lane: SealedConnection;
  /** What the receiver said, in order. */
  readonly heard: ControlMessage[] = [];
  #wake: () => void = () => {};
  #isClosed = false;

  private constructor(lane: SealedConnection) {
    this.#lane = lane;
    void lane.receiveAll(
      ({ kind, body }) => {
        const message = kind === 'control' ? parseControlMessage(body) : null;
        if (message !== null) this.heard.push(message);
        this.#wake();
      },
      () => {
        this.#isClosed = true;
        this.#wake();
      },
    );
  }

  /** Waits at the relay; `joined` resolves when the receiver has proved that it knows the code. */
  static async wait(
    { rendezvousAt, clock, bulk = webBulkCrypto }: Ports,
    relayUrl: string,
    features: readonly string[] = [],
  ) {
    const { signal } = new AbortController();
    const access = { rendezvous: rendezvousAt(relayUrl), clock, bulk, features, signal };
    const steady = { reconnectTimeoutMs: 0, onOutage: () => {} };
    const meeting = new CodeMeeting(access, { code: undefined, words: 2, lanes: 1, ...steady });
    const code = await meeting.allocate(0);
    const join = async () => {
      await meeting.awaitJoiner();
      const proof = await meeting.prove();
      if (proof.type !== 'proved') throw new Error(`the receiver ${proof.type}`);
      meeting.release();
      return new HostileSender(proof.met.connection);
    };
    return { code, joined: join() };
  }

  /** Sends JSON as a control message, and waits while more than 1 MiB is queued. */
  async say(message: object): Promise<void> {
    await this.#lane.send(encodeRecord('control', new TextEncoder().encode(JSON.stringify(message))));
    await this.#lane.drained(1024 * 1024);
  }

  /** Sends any record. */
  record(kind: RecordKind, body: Uint8Array): Promise<void> {
    return this.#lane.send(encodeRecord(kind, body));
  }

  /** Sends a manifest of `entries` files: the path of each by its number, in pages. */
  async list(entries: number, pathOf: (index: number) => string, pageEntries = 2000): Promise<void> {
    for (let start = 0; start < entries && !this.#isClosed; start += pageEntries) {
      const page = Array.from({ length: Math.min(pageEntries, entries - start) }, (_, i) => ({
        path: pathOf(start + i),
        size: 1,
      }));
      await this.say({ type: 'manifest', entries: page });
    }
  }

  /** The next message of one of the types; null when the connection ended without. One caller at a time. */
  async hears(...types: ControlMessage['type'][]): Promise<ControlMessage | null> {
    for (;;) {
      const found = this.heard.findIndex((message) => types.includes(message.type));
      if (found >= 0) return this.heard.splice(found, 1)[0]!;
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  leave(): void {
    this.#lane.terminate();
  }
}
