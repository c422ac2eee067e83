// A channel after its handshake: records in, records out, in order. Sealing and opening overlap with the network.
import { deriveRecordKey, deriveSessionName } from '../crypto/derive-keys.ts';
import { createOpener, createSealer, type RecordOpener, type RecordSealer } from '../crypto/record-cipher.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Channel } from '../ports/channel.ts';
import type { Role } from '../ports/rendezvous.ts';
import { decodeRecord, type Record } from '../wire/record.ts';
import { channelError } from './channel-error.ts';

/** Records that may be opening while the one before them is handled. */
const OPEN_AHEAD = 4;

/**
 * A connection whose records are sealed with the keys of its handshake; a changed, lost, repeated or moved
 * record ends it.
 */
export class SealedConnection {
  readonly #channel: Channel;
  readonly #sealer: RecordSealer;
  readonly #opener: RecordOpener;
  #sent: Promise<void> = Promise.resolve();
  #arrived = 0;
  #isWaiting = false;
  #markClosed: () => void = () => {};

  /** Resolves when the connection has ended, whoever ended it. Needs `receiveAll` to run. */
  readonly closed: Promise<void>;

  /** Names the session that begins on this connection, if one does. 16 bytes. */
  readonly sessionName: Bytes;

  /** What both ends can do beyond the version. */
  readonly features: readonly string[];

  private constructor(
    channel: Channel,
    sealer: RecordSealer,
    opener: RecordOpener,
    sessionName: Bytes,
    features: readonly string[],
  ) {
    this.sessionName = sessionName;
    this.features = features;
    this.#channel = channel;
    this.#sealer = sealer;
    this.#opener = opener;
    this.closed = new Promise((resolve) => {
      this.#markClosed = resolve;
    });
  }

  /** @param sessionKey The handshake's; every connection has its own. */
  static async create(
    channel: Channel,
    role: Role,
    sessionKey: Bytes,
    bulk: BulkCrypto,
    features: readonly string[] = [],
  ): Promise<SealedConnection> {
    const toReceiver = await deriveRecordKey(sessionKey, 'sender to receiver');
    const toSender = await deriveRecordKey(sessionKey, 'receiver to sender');
    const [out, back] = role === 'sender' ? [toReceiver, toSender] : [toSender, toReceiver];
    const sessionName = await deriveSessionName(sessionKey);
    return new SealedConnection(
      channel,
      await createSealer(out, bulk),
      await createOpener(back, bulk),
      sessionName,
      features,
    );
  }

  /**
   * A count that grows with each message, and with the bytes of one that a slow line takes long for; and whether this end waits for
   * the next message: who waits long, and sees no growth, hears nothing.
   */
  get arrivals(): { count: number; isWaiting: boolean } {
    return { count: this.#arrived + (this.#channel.arrivedBytes ?? 0), isWaiting: this.#isWaiting };
  }

  /** Bytes in the channel's queue. */
  get bufferedBytes(): number {
    return this.#channel.bufferedBytes;
  }

  drained(bytes: number): Promise<void> {
    return this.#channel.drained(bytes);
  }

  /** Seals and queues a record; resolves when it is in the channel's queue. Order follows the calls. */
  send(plaintext: Bytes): Promise<void> {
    const sealed = this.#sealer.seal(plaintext);
    const before = this.#sent;
    this.#sent = (async () => {
      const message = await sealed;
      await before;
      this.#channel.send(message);
    })();
    return this.#sent;
  }

  /**
   * The first record, before `receiveAll`.
   * @throws TransferError those that a connection's end means, `protocol-violation`
   */
  async receiveFirst(): Promise<Record> {
    const event = await this.#channel.receive();
    if (event.kind === 'closed') throw channelError(event.why);
    return decodeRecord(await this.#opener.open(event.bytes));
  }

  /**
   * Hands every record to `handle`, in order, until the connection ends; while a promise of it is open, no more are
   * taken. `onEnd` is told once, with the error that the end means: the connection closed, a record didn't open, or
   * `handle` threw. Afterwards records are thrown away.
   */
  async receiveAll(
    handle: (record: Record) => void | Promise<void>,
    onEnd: (error: unknown) => void,
  ): Promise<void> {
    let ended = false;
    const end = (error: unknown) => {
      if (!ended) onEnd(error);
      ended = true;
    };
    const open = async (sealed: Bytes, before: Promise<void>) => {
      const plaintext = await this.#opener.open(sealed).catch((error: unknown) => error);
      await before;
      if (ended) return;
      try {
        if (!(plaintext instanceof Uint8Array)) throw plaintext;
        await handle(decodeRecord(plaintext as Bytes));
      } catch (error) {
        end(error);
      }
    };

    let last = Promise.resolve();
    const opening: Promise<void>[] = [];
    for (;;) {
      this.#isWaiting = true;
      const event = await this.#channel.receive();
      this.#isWaiting = false;
      this.#arrived += 1;
      if (event.kind === 'closed') {
        await last;
        end(channelError(event.why));
        this.#markClosed();
        return;
      }
      if (ended) continue;
      last = open(event.bytes, last);
      opening.push(last);
      if (opening.length >= OPEN_AHEAD) await opening.shift();
    }
  }

  /** Closes after what is queued has been sent. */
  async close(): Promise<void> {
    await this.#sent.catch(() => {});
    this.#channel.close();
  }

  terminate(): void {
    this.#channel.terminate();
  }
}
