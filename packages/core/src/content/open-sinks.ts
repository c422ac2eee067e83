// The sinks of a session's files: few are open at once, and one more waits until another file has ended.
import { Gate } from '../async/gate.ts';
import { TransferError } from '../foundation/errors.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import type { ManifestEntry } from '../ports/entry.ts';
import type { ReceiveContext } from './receive-context.ts';
import { createTextSink } from './text-sink.ts';

/** Files open at once, at most. */
const MAX_OPEN_FILES = 48;

/** Opens the sinks of a session’s files, 48 at once at most. */
export class OpenSinks {
  readonly #context: Pick<ReceiveContext, 'sink' | 'onText' | 'compared'>;
  readonly #gate = new Gate(MAX_OPEN_FILES);
  readonly #entered = new Set<number>();

  constructor(context: Pick<ReceiveContext, 'sink' | 'onText' | 'compared'>) {
    this.#context = context;
  }

  /**
   * Opens a file's sink, or what lies here of it already, when there is a place.
   * @throws TransferError those of the sink; `interrupted` once stopped
   */
  async open(entry: ManifestEntry): Promise<ByteSink> {
    await this.#gate.enter();
    this.#entered.add(entry.index);
    if (entry.kind === 'text') return createTextSink(entry.sizeBytes!, this.#context.onText);
    const existing = this.#context.compared.get(entry.index)?.content;
    return existing?.isFinal === false ? existing.adopt() : this.#context.sink.openFile(entry);
  }

  /** The file has ended, whether or not it had a place. */
  leave(index: number): void {
    if (this.#entered.delete(index)) this.#gate.leave();
  }

  /** Turns away those that wait. */
  stop(): void {
    this.#gate.clear(new TransferError('interrupted'));
  }
}
