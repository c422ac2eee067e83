// `p2p-copy send SERVER CODE FILES…`: the Python tool's form.

import { TransferTally } from '@p2p-copy/core';
import { sendClassic } from '../../../library/classic/send-classic.ts';
import type { SendResult, TransferEvent } from '../../../library/public-types.ts';
import { TransferError } from '../../../library/transfer-error.ts';
import { nodeClock } from '../../../node/time/clock.ts';
import { counted, movedInWords, sizeInWords } from '../../../wording/amounts.ts';
import { shown } from '../../../wording/show-text.ts';
import { unsendableInLines, unsendableInSummary } from '../../reports/left-out-in-words.ts';
import { ProgressDisplay } from '../../reports/progress-display.ts';
import type { Moved, Report } from '../../reports/report.ts';
import { JsonReport } from '../../reports/scripts/json-report.ts';
import { runTransfer } from '../../runs/run-transfer.ts';
import type { Context } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { classicNotice, classicSteps, expectOnlyClassicOptions } from './form.ts';

interface Options {
  skipUnsendable?: boolean;
  compress: 'auto' | 'on' | 'off';
  encrypt?: boolean;
  resume?: boolean;
  json?: boolean;
  caFile?: string;
  exclude: string[];
}

export function runClassicSend(
  [server = '', code = '', ...paths]: string[],
  options: Options,
  { terminal, signal }: Context,
): Promise<number> {
  const { exclude, ...others } = options;
  expectOnlyClassicOptions(
    { ...others, ...(exclude.length > 0 && { exclude }) },
    [
      'relay',
      'code',
      'words',
      'text',
      'textFile',
      'name',
      'wait',
      'exclude',
      'copy',
      'quiet',
      'gitignore',
      'follow',
      'list',
      'limitRate',
      'qr',
    ],
    'send',
  );
  if (code === '' || paths.length === 0) {
    throw new UsageError(
      'After the relay a code and at least one file are needed.',
      'For example: p2p-copy send wss://copy.example.org CODE photo.jpg',
    );
  }
  terminal.say(classicNotice('send', server));
  const report = options.json ? new JsonReport(terminal) : new ClassicSenderReport(terminal);
  const { skipUnsendable = false } = options;
  const tally = new TransferTally(nodeClock);
  return runTransfer('send', report, transfer, { steps: classicSteps('send'), skipUnsendable, tally });

  async function transfer(): Promise<SendResult> {
    const result = await sendClassic({
      server,
      code,
      paths,
      encrypt: options.encrypt ?? false,
      compress: options.compress,
      resume: options.resume ?? false,
      ...(options.caFile !== undefined && { caFile: options.caFile }),
      signal,
      onEvent(event) {
        tally.note(event);
        report.event(event);
      },
      onWarning: (warning) => report.warning(warning),
    }).catch((error: unknown) => {
      // The Python tool counts it as a failed sending, not as a wrong call.
      if (!(error instanceof TransferError && error.code === 'nothing-to-send')) throw error;
      throw new TransferError(
        'source-unreadable',
        'There is no file to send: empty folders are not carried.',
      );
    });
    return { ...result, failed: [] };
  }
}

class ClassicSenderReport implements Report {
  readonly #terminal: Terminal;
  #progress: ProgressDisplay | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.say('Waiting for the receiver; Ctrl-C stops.');
  }

  event(event: TransferEvent): void {
    switch (event.type) {
      case 'joined':
        this.#terminal.say('The receiver is there.');
        break;
      case 'accepted':
        this.#progress = new ProgressDisplay(this.#terminal);
        break;
      case 'progress':
        this.#progress?.update(event);
        break;
      case 'unsendable':
        if (event.count > 0 && !(event.isAll && event.count === 1))
          this.#terminal.say(unsendableInLines(event));
        break;
      case 'code':
      case 'code-burned':
      case 'left':
      case 'comparing':
      case 'paused':
      case 'continued':
      case 'again':
      case 'reconnecting':
      case 'reconnected':
      case 'verifier':
      case 'offer':
      case 'file-failed':
      case 'file-done':
        break;
    }
  }

  kept(): void {}

  notKept(): void {}

  meetsAt(): void {}

  warning(sentence: string): void {
    this.#terminal.say(sentence);
  }

  text(): void {}

  done({ files, bytes, unsendable }: SendResult, moved: Moved | null): void {
    if (moved !== null) this.#terminal.say(movedInWords(moved));
    this.#terminal.say(
      `Sent; the classic format has no confirmation: ${counted(files, 'file')}, ${sizeInWords(bytes)}.`,
    );
    if (unsendable !== undefined) this.#terminal.say(unsendableInSummary(unsendable));
  }

  failed(_code: string, sentence: string, next: string): void {
    this.#terminal.say(`${shown(sentence)}\n${next}`);
  }

  stop(): void {
    this.#progress?.stop();
    this.#progress = null;
  }
}
