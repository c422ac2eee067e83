// A report for programs: one JSON object a line on standard output. The sentence of an error also goes to standard
// error, where a log looks for it.
import type { ReceiveResult, SendResult, TransferEvent } from '../../../library/public-types.ts';
import { shown } from '../../../wording/show-text.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Moved, Report } from '../report.ts';

const PROGRESS_EVERY_MS = 250;
/** Changed names in a line, at most: the other end decides how many there are. */
const MOST_MAPPED = 1_000;

export class JsonReport implements Report {
  readonly #terminal: Terminal;
  readonly #label: object;
  #lastProgressMs = Number.NEGATIVE_INFINITY;
  /** The newest progress that was not told, because another was told just before. */
  #untold: object | null = null;

  /** @param label fields of every line, where several transfers run side by side */
  constructor(terminal: Terminal, label: object = {}) {
    this.#terminal = terminal;
    this.#label = label;
  }

  event(event: TransferEvent): void {
    switch (event.type) {
      case 'code':
        this.#line({ event: 'code', code: event.code, url: event.url, validMs: event.validMs });
        break;
      case 'verifier':
        this.#line({ event: 'verifier', words: event.words });
        break;
      case 'offer':
        this.#line({
          event: 'offer',
          files: event.files,
          bytes: event.bytes,
          ...event.names,
          ...(event.unsent !== undefined && { unsent: event.unsent }),
          ...(event.excluded !== undefined && { excluded: event.excluded }),
          ...(event.links !== undefined && { links: event.links }),
          ...(event.linksLeftOut !== undefined && { linksLeftOut: event.linksLeftOut }),
        });
        break;
      case 'unsendable':
        this.#line({ event: 'unsendable', count: event.count, entries: event.entries });
        break;
      case 'left-out':
        this.#line({ event: 'left-out', files: event.files, paths: event.paths });
        break;
      case 'progress':
        this.#progress({ event: 'progress', bytes: event.bytes, totalBytes: event.totalBytes });
        break;
      case 'path':
        this.#line({ event: 'path', path: event.kind, isLocal: event.isLocal });
        break;
      case 'file-failed':
        this.#line({ event: 'file-failed', path: event.path, code: event.code });
        break;
      case 'left':
        this.#line({ event: 'left', code: event.code });
        break;
      case 'code-burned':
      case 'code-lost':
      case 'joined':
      case 'offer-withdrawn':
      case 'continued':
      case 'unresumable':
        this.#line({ event: event.type });
        break;
      case 'reconnecting':
        this.#line({ event: 'reconnecting', missing: event.missing, leftMs: event.leftMs });
        break;
      case 'comparing':
        this.#progress({ event: 'comparing', bytes: event.bytes, totalBytes: event.totalBytes });
        break;
      case 'paused':
        this.#line({ event: 'paused', code: event.code, message: event.message });
        break;
      case 'again':
        this.#line({ event: 'again', files: event.files });
        break;
      case 'reconnected':
        this.#line({ event: 'reconnected', restarted: event.restarted });
        break;
      case 'accepted':
        this.#line({ event: 'accepted', files: event.files, bytes: event.bytes });
        break;
      case 'file-done':
        // One for each of a million files says no more than the progress.
        break;
    }
  }

  meetsAt(): void {}

  notKept(id: string): void {
    this.#line({ event: 'not-resumable', transfer: id });
  }

  kept(id: string): void {
    this.#line({ event: 'resumable', transfer: id });
  }

  warning(sentence: string): void {
    this.#line({ event: 'warning', message: sentence });
  }

  text(text: string): void {
    this.#line({ event: 'text', text });
  }

  done(result: SendResult | ReceiveResult, moved: Moved | null): void {
    const { files, bytes, leftOut } = result;
    this.#line({
      event: 'done',
      files,
      bytes,
      ...moved,
      ...(leftOut !== undefined && { leftOut: leftOut.files }),
      ...('unsendable' in result && { unsendable: result.unsendable.count }),
      ...('unsent' in result && { unsent: result.unsent }),
      ...('mapped' in result && { mapped: result.mapped?.slice(0, MOST_MAPPED) }),
      ...('grown' in result && { grown: result.grown }),
      ...('diskRefused' in result && { diskRefused: result.diskRefused }),
      ...('folder' in result && savedIn(result)),
    });
  }

  failed(code: string, sentence: string, next: string): void {
    this.#line({ event: 'error', code, message: sentence });
    this.#terminal.say(`${shown(sentence)}\n${next}`);
  }

  stop(): void {
    if (this.#untold !== null) this.#line(this.#untold);
    this.#untold = null;
  }

  #progress(line: object): void {
    const nowMs = performance.now();
    this.#untold = line;
    if (nowMs - this.#lastProgressMs < PROGRESS_EVERY_MS) return;
    this.#lastProgressMs = nowMs;
    this.stop();
  }

  #line(value: object): void {
    this.#terminal.outputJson({ ...value, ...this.#label });
  }
}

/** More renamed files than these are only counted. */
const MOST_RENAMED = 1000;

/** Where a receiver's files are. */
function savedIn({ folder, renamed, skipped, alreadyThere }: ReceiveResult): object {
  return {
    folder,
    ...(renamed.length > 0 && { renamedFiles: renamed.length, renamed: renamed.slice(0, MOST_RENAMED) }),
    ...(skipped.length > 0 && { skipped: skipped.length }),
    ...(alreadyThere > 0 && { alreadyThere }),
  };
}
