// The classic sender: announces itself, offers, asks what the receiver has if that is wished, sends.
// docs/CLASSIC.md.

import type { TransferResult } from '../api/events.ts';
import { withDeadline } from '../async/deadline.ts';
import { OrderedQueue } from '../async/ordered-queue.ts';
import { Throttle } from '../async/throttle.ts';
import { webBulkCrypto } from '../crypto/web-bulk-crypto.ts';
import { type Bytes, equalBytes, randomBytes, utf8 } from '../foundation/bytes.ts';
import { TransferError } from '../foundation/errors.ts';
import { nothingLeft, partGathered } from '../names/unsendable.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ByteSource, SourceEntry } from '../ports/byte-source.ts';
import { hasContent } from '../ports/entry.ts';
import { type LazyZstd, preparedZstd } from '../ports/zstd.ts';
import { violation } from '../wire/fields.ts';
import { type BuildOptions, FileMessages, type Outgoing } from './build-messages.ts';
import { type ClassicCipher, createClassicCipher } from './classic-cipher.ts';
import { classicCipherKey, classicCodeHash } from './classic-keys.ts';
import { ClassicLink, sized } from './classic-link.ts';
import {
  type ClassicEntry,
  type ClassicMessage,
  type ExistingEntry,
  encodeClassicMessage,
  encryptionMismatch,
  parseClassicMessage,
} from './classic-message.ts';
import type { ClassicPorts, ClassicSendOptions } from './classic-options.ts';
import { LINK_BYTES } from './constants.ts';
import { chainOver } from './hash-chain.ts';

const PROGRESS_INTERVAL_MS = 100;
/** Messages between disk and socket. */
const UNDER_WAY = { jobs: 32, bytes: 8 * 1024 * 1024 };
/** How long the other side may take to leave after `eof`, once all has been written to the network. */
const LEAVE_DEADLINE_MS = 60_000;

/** A file that classic can carry. */
type SizedFile = SourceEntry & { sizeBytes: number };

/**
 * Sends files in the classic format. Resolves when the other side has left after `eof` was passed on to it: the
 * format has no confirmation, so nothing says that it has written anything.
 * @throws TransferError `nothing-to-send`, `limit-exceeded`, `relay-unreachable`, `not-a-relay`, `relay-refused`,
 * `relay-full`, `code-in-use`, `peer-gone`, `connection-lost`, `protocol-violation`, `authentication-failed`,
 * `source-unreadable`, `source-changed`, `interrupted`
 */
export async function sendClassic(ports: ClassicPorts, options: ClassicSendOptions): Promise<TransferResult> {
  const run = new ClassicSender(ports, options);
  try {
    return await run.run();
  } catch (error) {
    if (options.signal.aborted) throw new TransferError('interrupted');
    throw error;
  } finally {
    await run.stop();
  }
}

class ClassicSender {
  readonly #ports: ClassicPorts;
  readonly #options: ClassicSendOptions;
  readonly #progress: Throttle;
  readonly #bulk: BulkCrypto;
  readonly #queue: OrderedQueue<Outgoing>;
  /** Opened and not yet closed, each with what still reads from it. */
  readonly #open = new Map<Promise<ByteSource>, Promise<unknown>>();
  #link: ClassicLink | null = null;
  #doneBytes = 0;
  #totalBytes = 0;
  #isEnded = false;

  readonly #drop = () => this.#link?.drop();

  constructor(ports: ClassicPorts, options: ClassicSendOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#bulk = ports.bulk ?? webBulkCrypto;
    this.#progress = new Throttle(ports.clock, PROGRESS_INTERVAL_MS);
    this.#queue = new OrderedQueue(UNDER_WAY, (outgoing) => this.#send(outgoing));
  }

  async run(): Promise<TransferResult> {
    const { code, encrypt, compress, signal, onEvent, relayUrl } = this.#options;
    const [files, codeHash, zstd] = await Promise.all([
      this.#files(),
      classicCodeHash(code, encrypt),
      compress === 'off' ? null : preparedZstd(this.#ports),
    ]);
    const entries = files.map(({ path, sizeBytes }) => ({ path, size: sizeBytes }));
    const { manifest, cipher } = await this.#manifest(entries);

    const link = await ClassicLink.open({ dial: this.#ports.dial, relayUrl, signal }, 'sender', codeHash);
    this.#link = link;
    signal.addEventListener('abort', this.#drop, { once: true });
    if (signal.aborted) link.drop();
    await link.awaitReady();
    onEvent({ type: 'joined' });

    const offer = { files: files.length, bytes: this.#totalBytes, unsized: false };
    await link.send(manifest);
    onEvent({ type: 'offer', ...offer });
    const existing = this.#options.resume ? await this.#hearExisting(link, cipher) : new Map();
    onEvent({ type: 'accepted', ...offer });

    const ended = this.#watch(link);
    await this.#sendAll(files, existing, cipher, zstd);
    await this.#finish(link, ended);
    this.#report(true);
    return { files: files.length, bytes: this.#totalBytes, failed: [] };
  }

  async stop(): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#drop);
    this.#drop();
    this.#queue.fail(new TransferError('interrupted'));
    await Promise.all([...this.#open.keys()].map((source) => this.#close(source)));
  }

  async #files(): Promise<SizedFile[]> {
    const { offered, unsendable } = partGathered(await this.#options.entries);
    if (unsendable.count > 0) {
      const isAll = offered.every(({ kind }) => !hasContent(kind));
      this.#options.onEvent({ type: 'unsendable', ...unsendable, isAll });
    }
    const files = offered
      .filter(({ kind }) => hasContent(kind))
      .map((entry) => {
        if (entry.sizeBytes === null) {
          throw new TransferError(
            'source-unreadable',
            'A file does not state how long it is, which the Python tool’s format needs: save a copy of it, and send that.',
          );
        }
        return entry as SizedFile;
      });
    if (files.length === 0)
      throw unsendable.count > 0 ? nothingLeft(unsendable) : new TransferError('nothing-to-send');
    this.#totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return files;
  }

  /** @throws TransferError `limit-exceeded` */
  async #manifest(
    entries: ClassicEntry[],
  ): Promise<{ manifest: ClassicMessage; cipher: ClassicCipher | null }> {
    const { code, encrypt, resume } = this.#options;
    const plain = { type: 'manifest', resume, entries } as const;
    if (!encrypt) {
      sized(encodeClassicMessage(plain));
      return { manifest: plain, cipher: null };
    }
    const nonce = randomBytes(LINK_BYTES);
    const cipher = await createClassicCipher(await classicCipherKey(code), nonce, this.#bulk);
    const sealed = await cipher.next().seal(utf8(encodeClassicMessage(plain)));
    const manifest = { type: 'enc_manifest', nonce, sealed } as const;
    sized(encodeClassicMessage(manifest));
    return { manifest, cipher };
  }

  /** What the receiver says that it has, by path. */
  async #hearExisting(link: ClassicLink, cipher: ClassicCipher | null): Promise<Map<string, ExistingEntry>> {
    const arrived = await link.receive();
    if (arrived.kind === 'chunk') throw violation('a chunk came from a receiver');
    let { message } = arrived;
    if (message.type === 'enc_receiver_manifest') {
      if (cipher === null) throw encryptionMismatch('encrypted');
      message = parseClassicMessage(await cipher.next().open(message.sealed));
    } else if (cipher !== null) throw encryptionMismatch('plain');
    if (message.type !== 'receiver_manifest')
      throw violation('a receiver said something else than what it has');
    return new Map(message.entries.map((entry) => [entry.path, entry]));
  }

  /** Notes when the other side leaves. */
  #watch(link: ClassicLink): Promise<boolean> {
    const ended = link.ended();
    void ended.then(() => {
      this.#isEnded = true;
      this.#queue.fail(leftEarly(link));
    });
    return ended;
  }

  async #sendAll(
    files: readonly SizedFile[],
    existing: ReadonlyMap<string, ExistingEntry>,
    cipher: ClassicCipher | null,
    zstd: LazyZstd | null,
  ): Promise<void> {
    const options: BuildOptions = {
      cipher,
      compress: this.#options.compress,
      zstd,
      bulk: this.#bulk,
    };
    for (const file of files) {
      const appendFrom = await this.#keptBytes(file, existing.get(file.path));
      this.#doneBytes += appendFrom;
      if (appendFrom === file.sizeBytes && appendFrom > 0) continue;
      const source = file.open();
      this.#open.set(source, source);
      const plan = { path: file.path, size: file.sizeBytes, appendFrom };
      for (const { job, contentBytes } of new FileMessages(plan, source, options).jobs()) {
        this.#open.set(source, settled(this.#open.get(source), job));
        await this.#queue.push(job, contentBytes);
      }
      void this.#close(source);
    }
    await this.#queue.drained();
  }

  /** How many of the receiver's bytes are those of the file: all that it has, or none. */
  async #keptBytes(file: SizedFile, existing: ExistingEntry | undefined): Promise<number> {
    if (existing === undefined || existing.size === 0 || existing.size > file.sizeBytes) return 0;
    const source = await file.open();
    try {
      const link = await chainOver(source, existing.size, this.#bulk);
      return link !== null && equalBytes(link, existing.chain) ? existing.size : 0;
    } finally {
      await source.close();
    }
  }

  async #send({ messages, contentBytes }: Outgoing): Promise<void> {
    const link = this.#link!;
    for (const message of messages) {
      if (message instanceof Uint8Array) await link.sendChunk(message as Bytes);
      else await link.send(message);
    }
    this.#doneBytes += contentBytes;
    this.#report(false);
  }

  /**
   * Resolves when the other side has left after `eof`.
   * @throws TransferError `peer-gone`, `relay-limit-…`
   */
  async #finish(link: ClassicLink, ended: Promise<boolean>): Promise<void> {
    if (this.#isEnded) throw leftEarly(link);
    await link.send({ type: 'eof' });
    await link.written();
    await withDeadline(ended, LEAVE_DEADLINE_MS, this.#ports.clock);
    // An end that stays is left; what is in flight still arrives.
    link.close();
    if (!(await ended)) throw leftEarly(link);
  }

  #report(isEnd: boolean): void {
    const bytes = isEnd ? this.#totalBytes : Math.max(0, this.#doneBytes - this.#link!.queuedBytes);
    const event = {
      type: 'progress',
      bytes,
      keptBytes: 0,
      totalBytes: this.#totalBytes,
      filesDone: 0,
    } as const;
    this.#progress.pass(() => this.#options.onEvent(event), isEnd);
  }

  /** Closes a source once, when nothing reads from it any more. */
  async #close(opening: Promise<ByteSource>): Promise<void> {
    const reading = this.#open.get(opening);
    if (reading === undefined) return;
    this.#open.delete(opening);
    await reading.catch(() => {});
    const source = await opening.catch(() => null);
    await source?.close();
  }
}

/** Resolves when all have settled, and keeps nothing of what they resolved with: a job's messages would stay in memory. */
async function settled(...promises: (Promise<unknown> | undefined)[]): Promise<void> {
  for (const promise of promises) await promise?.catch(() => {});
}

function leftEarly({ limit }: ClassicLink): TransferError {
  if (limit !== null) return new TransferError(limit);
  return new TransferError('peer-gone', 'The other side left before everything had been sent to it.');
}
