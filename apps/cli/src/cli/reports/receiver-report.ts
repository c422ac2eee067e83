// The receiving side of a transfer, told to a person.
import type { ErrorCode, ReceiveResult, SendResult, TransferEvent } from '../../library/public-types.ts';
import { counted, movedInWords, sizeInWords } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { failedFileInWords } from './failed-file.ts';
import { leftOutInLines, leftOutInSentence, unsentInWords } from './left-out-in-words.ts';
import type { Phase } from './outage/outage-in-words.ts';
import { OutageReport } from './outage/outage-report.ts';
import { pathInWords } from './outage/path-in-words.ts';
import { ProgressDisplay } from './progress-display.ts';
import type { Moved, Report } from './report.ts';
import { relayInWords } from './show-code.ts';
import { standstillInWords } from './standstill-in-words.ts';

/** More renamed files than this are only counted. */
const MOST_RENAMED_SHOWN = 20;

export interface ReceiverReportOptions {
  /** Whether it goes to a stream, which can't begin anew. */
  isOnce?: boolean;
  phase?: Phase;
}

export class ReceiverReport implements Report {
  readonly #terminal: Terminal;
  #progress: ProgressDisplay | null = null;
  #acceptedFiles = 0;
  #isComparing = false;
  #relay = '';
  readonly #outage: OutageReport;

  constructor(terminal: Terminal, options: ReceiverReportOptions = {}) {
    this.#terminal = terminal;
    this.#outage = new OutageReport({
      side: 'receive',
      say: (sentence) => terminal.say(sentence),
      ...options,
    });
  }

  meetsAt(relay: string): void {
    this.#relay = relayInWords(relay);
    this.#outage.meetsAt(this.#relay);
  }

  event(event: TransferEvent): void {
    this.#outage.event(event);
    switch (event.type) {
      case 'joined':
        this.#terminal.say('Found the sender. Checking the words of the code.');
        break;
      case 'verifier':
        this.#terminal.say(`Verifier: ${event.words.join(' ')} (the sender must show the same words)`);
        break;
      case 'accepted':
        this.#acceptedFiles = event.files;
        // Another session has a display of its own.
        this.#stopProgress();
        this.#isComparing = false;
        this.#progress = new ProgressDisplay(this.#terminal);
        break;
      case 'comparing':
        this.#tellComparing(event.totalBytes);
        break;
      case 'path':
        this.#terminal.say(pathInWords(event, this.#relay));
        break;
      case 'offer-withdrawn':
        this.#terminal.say('\nThe sender is changing what it offers. Wait for the new list.');
        break;
      case 'paused':
      case 'continued':
      case 'again':
        this.#terminal.say(standstillInWords(event));
        break;
      case 'progress':
        this.#progress?.update(event);
        break;
      case 'left-out':
        this.#terminal.say(
          leftOutInLines('Left out, since such names could change settings or run here:', event),
        );
        break;
      case 'file-failed':
        // Of a single file the last line says it.
        if (this.#acceptedFiles > 1) this.#terminal.say(failedFileInWords(event));
        break;
      case 'reconnecting':
      case 'reconnected':
      case 'code':
      case 'code-burned':
      case 'code-lost':
      case 'left':
      case 'offer':
      case 'unsendable':
      case 'file-done':
        // The offer is shown where it is reviewed; the others happen at a sender, or too often.
        break;
    }
  }

  #tellComparing(totalBytes: number): void {
    if (this.#isComparing) return;
    this.#isComparing = true;
    this.#terminal.say(`Comparing ${sizeInWords(totalBytes)} that are here already.`);
  }

  kept(): void {}

  notKept(): void {}

  warning(sentence: string): void {
    this.#terminal.say(sentence);
  }

  text(text: string): void {
    this.#terminal.message(text);
  }

  done(result: SendResult | ReceiveResult, moved: Moved | null): void {
    const { files, bytes } = result;
    const { folder, renamed, mapped = [], skipped, alreadyThere, leftOut, unsent } = result as ReceiveResult;
    for (const { path, savedAs } of renamed.slice(0, MOST_RENAMED_SHOWN)) {
      this.#terminal.say(`${quoted(path)} was already there; what came is saved as ${quoted(savedAs)}.`);
    }
    const more = renamed.length - MOST_RENAMED_SHOWN;
    if (more > 0) this.#terminal.say(`${counted(more, 'more file')} got another name in the same way.`);
    for (const { path, savedAs } of mapped.slice(0, MOST_RENAMED_SHOWN))
      this.#terminal.say(`${quoted(path)} cannot have that name here; it is saved as ${quoted(savedAs)}.`);
    const moreMapped = mapped.length - MOST_RENAMED_SHOWN;
    if (moreMapped > 0)
      this.#terminal.say(`${counted(moreMapped, 'more name')} were changed in the same way.`);
    if (alreadyThere > 0) this.#terminal.say(`Already there and equal: ${counted(alreadyThere, 'file')}.`);
    if (skipped.length > 0)
      this.#terminal.say(`Left out because already there: ${counted(skipped.length, 'file')}.`);
    if (leftOut !== undefined) {
      const advice = leftOut.unasked ? ' To take such names too: --allow-risky.' : '';
      this.#terminal.say(`Left out, not received: ${leftOutInSentence(leftOut)}.${advice}`);
    }
    if (moved !== null) this.#terminal.say(movedInWords(moved));
    const place = folder === null || isOnlyText(result as ReceiveResult) ? '' : ` in ${quoted(folder)}`;
    this.#terminal.say(
      `Done: ${counted(files, 'file')}, ${sizeInWords(bytes)}, received and verified${place}.`,
    );
    if (unsent !== undefined) this.#terminal.say(unsentInWords(unsent));
  }

  failed(code: ErrorCode, sentence: string, next: string): void {
    this.#terminal.say(`${shown(this.#outage.ending(code) ?? sentence)}\n${next}`);
  }

  stop(): void {
    this.#outage.stop();
    this.#stopProgress();
  }

  #stopProgress(): void {
    this.#progress?.stop();
    this.#progress = null;
  }
}

function isOnlyText({ text, files }: ReceiveResult): boolean {
  return text !== null && files === 1;
}
