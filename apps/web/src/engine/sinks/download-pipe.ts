// The engine's end of a streamed download: hands bytes to the service worker as fast as the browser takes them.
import { TransferError } from '@p2p-copy/core';
import type { DownloadChannels } from '../../contract/messages.ts';
import type { DownloadCommand, DownloadReport } from '../../offline/download-messages.ts';

/** A browser ends a service worker that hears nothing for half a minute, and a download with it. */
const AWAKE_MS = 5000;

export class DownloadPipe {
  readonly #channels: DownloadChannels;
  readonly #waking: ReturnType<typeof setInterval>;
  /** Pieces that the browser has asked for. */
  #wanted = 0;
  #failure: { error: unknown } | null = null;
  #wake = () => {};

  constructor(channels: DownloadChannels, onCancelled: (error: TransferError) => void) {
    this.#channels = channels;
    this.#waking = setInterval(() => channels.awake.postMessage(null), AWAKE_MS);
    channels.data.onmessage = ({ data: report }: MessageEvent<DownloadReport>) => {
      if (report.type === 'cancelled') {
        onCancelled(new TransferError('sink-failed', 'The download was cancelled in this browser.'));
        return;
      }
      this.#wanted += 1;
      this.#wake();
    };
  }

  /**
   * One piece after the other; resolves when the browser has asked for it.
   * @throws TransferError those of `fail`
   */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#asked();
    this.#wanted -= 1;
    // What is posted must be all of its buffer, which other pieces may share.
    const copy = bytes.slice();
    this.#post({ type: 'bytes', bytes: copy }, [copy.buffer]);
  }

  /**
   * Ends it well, once the browser has asked for more than there is.
   * @throws TransferError those of `fail`
   */
  async end(): Promise<void> {
    await this.#asked();
    clearInterval(this.#waking);
    this.#post({ type: 'end' });
  }

  /** The browser shows the download as failed. */
  fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    clearInterval(this.#waking);
    this.#post({ type: 'fail' });
    this.#wake();
  }

  async #asked(): Promise<void> {
    while (this.#failure === null && this.#wanted === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== null) throw this.#failure.error;
  }

  #post(command: DownloadCommand, transfer: Transferable[] = []): void {
    this.#channels.data.postMessage(command, transfer);
  }
}
