// The classic receiver: announces itself, has the offer reviewed, tells what is there already if it is asked and may, and
// writes what comes. docs/CLASSIC.md.

import type { TransferResult } from '../api/events.ts';
import type { ReviewAnswer } from '../api/options.ts';
import { withDeadline } from '../async/deadline.ts';
import { OrderedQueue } from '../async/ordered-queue.ts';
import { Throttle } from '../async/throttle.ts';
import { webBulkCrypto } from '../crypto/web-bulk-crypto.ts';
import { type Bytes, utf8 } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import { manifestFault } from '../names/check-manifest.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import { type LazyZstd, preparedZstd } from '../ports/zstd.ts';
import { violation } from '../wire/fields.ts';
import { countContent, type Manifest } from '../wire/manifest.ts';
import { type ClassicCipher, createClassicCipher } from './classic-cipher.ts';
import { classicCipherKey, classicCodeHash } from './classic-keys.ts';
import { type Arrived, ClassicLink } from './classic-link.ts';
import {
  type ClassicMessage,
  type ExistingEntry,
  encodeClassicMessage,
  encryptionMismatch,
  type FileHeader,
  parseClassicMessage,
} from './classic-message.ts';
import type { ClassicPorts, ClassicReceiveOptions } from './classic-options.ts';
import { IncomingChunks } from './incoming-chunks.ts';
import { OfferedFiles } from './offered-files.ts';
import { FileWriter, type Step } from './write-files.ts';

const PROGRESS_INTERVAL_MS = 100;
/** Messages between socket and disk. */
const UNDER_WAY = { jobs: 64, bytes: 8 * 1024 * 1024 };
const CLOSE_DEADLINE_MS = 3_000;
/** After these, what has arrived is not worth keeping. */
const DISTRUSTED: ReadonlySet<ErrorCode> = new Set([
  'protocol-violation',
  'authentication-failed',
  'digest-mismatch',
]);

/**
 * Receives files in the classic format. Resolves when `eof` has come and every file is durable under its name.
 * @throws TransferError `relay-unreachable`, `not-a-relay`, `relay-refused`, `relay-full`, `code-in-use`,
 * `peer-gone`, `connection-lost`, `protocol-violation`, `authentication-failed`, `digest-mismatch`, `incomplete`,
 * `path-refused`, `name-impossible`, those of the sink, what `review` declines with, `interrupted`
 */
export async function receiveClassic(
  ports: ClassicPorts,
  options: ClassicReceiveOptions,
): Promise<TransferResult> {
  const run = new ClassicReceiver(ports, options);
  try {
    return await run.run();
  } catch (error) {
    const reason = options.signal.aborted ? new TransferError('interrupted') : error;
    await run.abandon(!(reason instanceof TransferError && DISTRUSTED.has(reason.code)));
    throw reason;
  } finally {
    run.stop();
  }
}

class ClassicReceiver {
  readonly #ports: ClassicPorts;
  readonly #options: ClassicReceiveOptions;
  readonly #progress: Throttle;
  readonly #bulk: BulkCrypto;
  readonly #queue: OrderedQueue<Step>;
  #link: ClassicLink | null = null;
  #cipher: ClassicCipher | null = null;
  #writer: FileWriter | null = null;
  #bytes = 0;
  #totalBytes = 0;
  #filesDone = 0;

  readonly #drop = () => this.#link?.drop();

  constructor(ports: ClassicPorts, options: ClassicReceiveOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#bulk = ports.bulk ?? webBulkCrypto;
    this.#progress = new Throttle(ports.clock, PROGRESS_INTERVAL_MS);
    this.#queue = new OrderedQueue(
      UNDER_WAY,
      (step) => this.#writer!.take(step),
      () => this.#drop(),
    );
  }

  async run(): Promise<TransferResult> {
    const { code, encrypt, signal, onEvent, relayUrl } = this.#options;
    const [codeHash, zstd] = await Promise.all([classicCodeHash(code, encrypt), preparedZstd(this.#ports)]);
    // The sender decides whether it compresses, and can't be asked not to.
    if (zstd === null) throw new TransferError('load-failed');
    const link = await ClassicLink.open({ dial: this.#ports.dial, relayUrl, signal }, 'receiver', codeHash);
    this.#link = link;
    signal.addEventListener('abort', this.#drop, { once: true });
    if (signal.aborted) link.drop();

    const { entries, resume } = await this.#openManifest(await link.awaitFirst());
    onEvent({ type: 'joined' });
    const offered = new OfferedFiles(entries);
    const { sink, skip } = await this.#review(offered.manifest);
    const wanted = countContent(offered.manifest.entries.filter(({ index }) => !skip.has(index)));
    this.#totalBytes = wanted.bytes;
    onEvent({ type: 'accepted', ...wanted });
    if (resume) {
      const { tellsExisting = false } = this.#options;
      await this.#tellExisting(link, tellsExisting ? await offered.findExisting(sink, skip, this.#bulk) : []);
    }

    const writer = new FileWriter({
      offered,
      sink,
      skip,
      onBytes: (bytes) => this.#count(bytes),
      onFileDone: (entry) => this.#fileDone(entry),
      onFailed: (error) => this.#queue.fail(error),
    });
    this.#writer = writer;
    await this.#receiveAll(link, zstd);
    await writer.finish();
    this.#queue.expectSound();
    link.close();
    await withDeadline(link.ended(), CLOSE_DEADLINE_MS, this.#ports.clock);
    return { files: wanted.files, bytes: wanted.bytes, failed: [] };
  }

  /** Closes what is open; parts stay where `keep` is set. */
  async abandon(keep: boolean): Promise<void> {
    this.#drop();
    this.#queue.fail(new TransferError('interrupted'));
    await this.#queue.idle();
    await this.#writer?.abandon(keep);
  }

  stop(): void {
    this.#options.signal.removeEventListener('abort', this.#drop);
    this.#drop();
  }

  async #openManifest(first: Arrived): Promise<ClassicMessage & { type: 'manifest' }> {
    const { encrypt, code } = this.#options;
    if (first.kind === 'chunk') throw violation('a chunk came before the list of files');
    let { message } = first;
    if (message.type === 'enc_manifest') {
      if (!encrypt) throw encryptionMismatch('encrypted');
      this.#cipher = await createClassicCipher(await classicCipherKey(code), message.nonce, this.#bulk);
      message = parseClassicMessage(await this.#cipher.next().open(message.sealed));
    } else if (encrypt) throw encryptionMismatch('plain');
    if (message.type !== 'manifest') throw violation('the list of files did not come first');
    return message;
  }

  /** @throws TransferError `path-refused`, `name-impossible`, what `review` declines with */
  async #review(manifest: Manifest): Promise<ReviewAnswer & { accept: true }> {
    const { nameRules, onEvent, review, signal } = this.#options;
    const fault = manifestFault(manifest.entries, nameRules);
    if (fault !== null) throw fault.error;
    const { files, bytes, unsized } = manifest;
    onEvent({ type: 'offer', files, bytes, unsized });
    const answer = await review(manifest, signal);
    if (!answer.accept) throw new TransferError(answer.code, answer.message);
    return answer;
  }

  async #tellExisting(link: ClassicLink, entries: ExistingEntry[]): Promise<void> {
    const plain = { type: 'receiver_manifest', entries } as const;
    if (this.#cipher === null) {
      await link.send(plain);
      return;
    }
    const text = encodeClassicMessage(plain);
    const message = {
      type: 'enc_receiver_manifest',
      sealed: await this.#cipher.next().seal(utf8(text)),
    } as const;
    await link.send(message);
  }

  /** Takes messages until `eof`. What only the order of arrival can tell is checked here, the rest by the queue. */
  async #receiveAll(link: ClassicLink, zstd: LazyZstd): Promise<void> {
    let chunks: IncomingChunks | null = null;
    for (;;) {
      const arrived = await this.#nextOf(link);
      if (arrived.kind === 'chunk') {
        if (chunks === null) throw violation('a chunk came outside a file');
        await this.#queue.push(contentOf(chunks, arrived.bytes), arrived.bytes.length);
        continue;
      }
      const { message } = arrived;
      switch (message.type) {
        case 'file':
        case 'enc_file': {
          if (chunks !== null) throw violation('a file began inside another');
          const header = this.#openHeader(message);
          header.catch(() => {});
          chunks = new IncomingChunks(header, this.#cipher, zstd, this.#bulk);
          await this.#queue.push(
            header.then((known) => ({ kind: 'begin', header: known })),
            0,
          );
          break;
        }
        case 'file_eof':
          if (chunks === null) throw violation('a file ended that had not begun');
          chunks = null;
          await this.#queue.push(Promise.resolve({ kind: 'end of file' }), 0);
          break;
        case 'eof':
          if (chunks !== null) throw violation('the transfer ended inside a file');
          await this.#queue.drained();
          return;
        case 'manifest':
        case 'enc_manifest':
        case 'receiver_manifest':
        case 'enc_receiver_manifest':
          throw violation('a list of files came twice');
      }
    }
  }

  /** The next message. Once the queue has failed the connection is dropped, and that failure is the reason. */
  async #nextOf(link: ClassicLink): Promise<Arrived> {
    try {
      return await link.receive();
    } catch (error) {
      this.#queue.expectSound();
      throw error;
    }
  }

  async #openHeader(message: ClassicMessage & { type: 'file' | 'enc_file' }): Promise<FileHeader> {
    if (message.type === 'file') {
      if (this.#cipher !== null) throw encryptionMismatch('plain');
      return message;
    }
    if (this.#cipher === null) throw encryptionMismatch('encrypted');
    const opened = parseClassicMessage(await this.#cipher.next().open(message.sealed));
    if (opened.type !== 'file') throw violation('a sealed message does not begin a file');
    return opened;
  }

  #fileDone(entry: ManifestEntry): void {
    this.#filesDone += 1;
    this.#options.onEvent({ type: 'file-done', index: entry.index });
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    const event = {
      type: 'progress',
      bytes: this.#bytes,
      keptBytes: 0,
      totalBytes: this.#totalBytes,
      filesDone: this.#filesDone,
    } as const;
    this.#progress.pass(() => this.#options.onEvent(event), this.#bytes === this.#totalBytes);
  }
}

async function contentOf(chunks: IncomingChunks, message: Bytes): Promise<Step> {
  return { kind: 'content', content: await chunks.open(message) };
}
