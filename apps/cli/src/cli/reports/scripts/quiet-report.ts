// A report of what cannot go unsaid (`--quiet`): the code, a message, what does not arrive, and why a transfer failed.
import type { ErrorCode, ReceiveResult, SendResult, TransferEvent } from '../../../library/public-types.ts';
import { counted } from '../../../wording/amounts.ts';
import { shown } from '../../../wording/show-text.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { failedFileInWords } from '../failed-file.ts';
import { leftOutInLines, unsendableInLines, unsentInWords } from '../left-out-in-words.ts';
import type { Report } from '../report.ts';
import { standstillInWords } from '../standstill-in-words.ts';

export class QuietReport implements Report {
  readonly #terminal: Terminal;
  readonly #isSender: boolean;
  readonly #copies: boolean;

  /** @param options `copies`: whether the code is copied to the clipboard, too */
  constructor(terminal: Terminal, side: 'send' | 'receive', { copies = false }: { copies?: boolean } = {}) {
    this.#terminal = terminal;
    this.#isSender = side === 'send';
    this.#copies = copies;
  }

  event(event: TransferEvent): void {
    const say = (text: string) => this.#terminal.say(text);
    if (event.type === 'code') {
      say(`Code: ${event.code}\nLink: ${event.url}`);
      if (this.#copies) this.#terminal.copy(event.code);
    } else if (event.type === 'code-burned' || event.type === 'code-lost') {
      say('The code is void. A new one:');
    } else if (event.type === 'file-failed') {
      say(failedFileInWords(event));
    } else if (event.type === 'unsendable' && !event.isAll) {
      say(unsendableInLines(event));
    } else if (event.type === 'left-out') {
      const heading = this.#isSender
        ? 'They leave out:'
        : 'Left out, since such names could change settings or run here:';
      say(leftOutInLines(heading, event));
    } else if (event.type === 'paused') {
      say(standstillInWords(event));
    }
  }

  warning(sentence: string): void {
    this.#terminal.say(sentence);
  }

  text(text: string): void {
    this.#terminal.message(text);
  }

  failed(_code: ErrorCode, sentence: string, next: string): void {
    this.#terminal.say(`${shown(sentence)}\n${next}`);
  }

  meetsAt(): void {}

  kept(): void {}

  notKept(): void {}

  done(result: SendResult | ReceiveResult): void {
    if ('unsent' in result) this.#terminal.say(unsentInWords(result.unsent));
    const skipped = 'skipped' in result ? result.skipped.length : 0;
    if (skipped > 0) this.#terminal.say(`Left out because already there: ${counted(skipped, 'file')}.`);
  }

  stop(): void {}
}
