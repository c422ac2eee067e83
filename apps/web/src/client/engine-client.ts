// The page's end of the engine: starts jobs in the worker and passes on what they report.
import { TransferError, toErrorRecord } from '@p2p-copy/core';
import { pageAddress } from '../capabilities/page-address.ts';
import { hasRtc, pathChoice } from '../capabilities/path-choice.svelte.ts';
import { fromFailureRecord } from '../contract/browser-refusal.ts';
import type {
  Job,
  JobPaths,
  KeptFiles,
  ListedTransfer,
  ReceiveCommand,
  ReceiveReport,
  ReceiveWire,
  SendCommand,
  SendReport,
  SendWire,
  StorageReport,
  Strays,
  ToEngine,
} from '../contract/messages.ts';
import type { RtcWanted } from '../contract/rtc-messages.ts';
import { accessToken } from './access-token.svelte.ts';
import { EngineWorker } from './engine-worker.ts';
import { hostConnection, prepareRtc } from './rtc-hosts.ts';

type Crash =
  | { type: 'crashed'; message: string }
  | { type: 'failed'; error: ReturnType<typeof toErrorRecord> };

/** A job's commands; `close` stops listening to it. */
export interface JobHandle<Command> {
  tell(command: Command, transfer?: Transferable[]): void;
  close(): void;
}

export class EngineClient {
  readonly #worker = new EngineWorker(
    () => new Worker(new URL('../engine/engine.worker.ts', import.meta.url), { type: 'module' }),
    {
      onMissing: () => this.#end({ type: 'failed', error: toErrorRecord(new TransferError('load-failed')) }),
      onCrash: (message) => {
        this.#crash = { type: 'crashed', message };
        this.#end(this.#crash);
      },
    },
    afterPaint,
  );
  /** Told when the worker itself fails, so that no job waits for ever. */
  readonly #onCrash = new Set<(crash: Crash) => void>();
  #crash: Crash | null = null;
  #jobs = 0;

  /** Starts to send what it is told then. */
  send(wire: SendWire, onReport: (report: SendReport) => void): JobHandle<SendCommand> {
    if (wire.wire !== 'classic') prepareRtc();
    return this.#start(
      { type: 'send', relayUrl: pageAddress(), accessToken: accessToken.token, ...paths(), ...wire },
      onReport,
    );
  }

  receive(wire: ReceiveWire, onReport: (report: ReceiveReport) => void): JobHandle<ReceiveCommand> {
    if (wire.wire !== 'classic') prepareRtc();
    return this.#start({ type: 'receive', relayUrl: pageAddress(), ...paths(), ...wire }, onReport);
  }

  /** Packs what a transfer left here into one file. */
  zip(transferId: string, onProgress: (bytes: number) => void): Promise<File> {
    return this.#fileOf({ type: 'zip', transferId }, onProgress);
  }

  openKept(transferId: string, path: string): Promise<File> {
    return this.#fileOf({ type: 'open-kept', transferId, path });
  }

  async deleteKept(transferId: string): Promise<void> {
    await this.#ask({ type: 'delete-kept', transferId });
  }

  async releaseKept(transferId: string): Promise<void> {
    await this.#ask({ type: 'release-kept', transferId });
  }

  /** What an earlier tab received; null when another tab has it. */
  async reopenKept(transferId: string): Promise<KeptFiles | null> {
    const report = await this.#ask({ type: 'reopen-kept', transferId });
    return report.type === 'kept' ? report.kept : null;
  }

  async listTransfers(): Promise<{ listed: ListedTransfer[]; strays: Strays }> {
    const report = await this.#ask({ type: 'list-transfers' });
    if (report.type !== 'transfers') throw new Error(`no transfers but ${report.type}`);
    return report;
  }

  async deleteListed(transferId: string): Promise<void> {
    await this.#ask({ type: 'delete-listed', transferId });
  }

  async deleteStrays(): Promise<void> {
    await this.#ask({ type: 'delete-strays' });
  }

  async #fileOf(job: Job, onProgress?: (bytes: number) => void): Promise<File> {
    const report = await this.#ask(job, onProgress);
    if (report.type !== 'file') throw new Error(`no file but ${report.type}`);
    return report.file;
  }

  /** A job with one answer. Throws TransferError, or Error for a crash. */
  #ask(
    job: Job,
    onProgress: (bytes: number) => void = () => {},
  ): Promise<Exclude<StorageReport, { type: 'failed' | 'crashed' }>> {
    return new Promise((resolve, reject) => {
      const handle = this.#start<never, StorageReport>(job, (report) => {
        if (report.type === 'zip-progress') return onProgress(report.bytes);
        handle.close();
        if (report.type === 'failed') reject(fromFailureRecord(report.error));
        else if (report.type === 'crashed') reject(new Error(report.message));
        else resolve(report);
      });
    });
  }

  #end(crash: Crash): void {
    for (const tell of [...this.#onCrash]) tell(crash);
  }

  #start<Command, Report>(job: Job, onReport: (report: Report | Crash) => void): JobHandle<Command> {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Report | RtcWanted>) => {
      if (isRtcWanted(data)) void hostConnection(data.port);
      else onReport(data);
    };
    const crash = this.#crash;
    if (crash !== null) queueMicrotask(() => onReport(crash));
    this.#onCrash.add(onReport);
    this.#jobs += 1;
    const id = this.#jobs;
    const post = (message: ToEngine<Command>, transfer: Transferable[]) =>
      this.#worker.post(message, transfer);
    post({ id, job }, [port2]);
    return {
      tell: (command, transfer = []) => post({ id, command }, transfer),
      close: () => {
        port1.onmessage = null;
        this.#onCrash.delete(onReport);
      },
    };
  }
}

/** Shown in the background, a page isn't painted: then as soon as the browser likes. */
const MOST_WAIT_MS = 200;

/** Once the first screen stands: on a slow phone the engine would take the network and the processor from it. */
function afterPaint(begin: () => void): void {
  let isBegun = false;
  const once = () => {
    if (!isBegun) begin();
    isBegun = true;
  };
  requestAnimationFrame(() => setTimeout(once));
  setTimeout(once, MOST_WAIT_MS);
}

function paths(): JobPaths {
  return { path: pathChoice.isRelayOnly ? 'relay' : 'auto', hasRtc };
}

function isRtcWanted(report: unknown): report is RtcWanted {
  return typeof report === 'object' && report !== null && 'type' in report && report.type === 'rtc';
}
