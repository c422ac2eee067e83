// The sending side of a transfer, told to a person.

import { terminalLine } from '@p2p-copy/core';
import { DEFAULT_RELAY } from '../../constants/relay-address.ts';
import type { ErrorCode, SendResult, TransferEvent } from '../../library/public-types.ts';
import { isOnlyLocal } from '../../node/network/only-local.ts';
import { counted, movedInWords, offerInWords, sizeInWords } from '../../wording/amounts.ts';
import { timeInWords } from '../../wording/clock-times.ts';
import { forShell } from '../../wording/for-shell.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { failedFileInWords, systemReasonOf } from './failed-file.ts';
import {
  excludedInWords,
  leftOutInLines,
  leftOutInSentence,
  linksLeftOutInWords,
  unsendableInLines,
  unsendableInSummary,
} from './left-out-in-words.ts';
import type { Phase } from './outage/outage-in-words.ts';
import { OutageReport } from './outage/outage-report.ts';
import { pathInWords } from './outage/path-in-words.ts';
import { ProgressDisplay } from './progress-display.ts';
import type { Moved, Report } from './report.ts';
import { qrCode, qrColumns, relayInWords } from './show-code.ts';
import { linksInWords, namesInWords } from './show-offer.ts';
import { standstillInWords } from './standstill-in-words.ts';

/** More files than these are only counted. */
const NAMES_SHOWN = 20;
/** Strangers who come and go that are shown; more are counted. */
const MOST_VISITS_SHOWN = 10;

export interface SenderReportOptions {
  /** Makes a new code for the same files, where that is possible. */
  newCode?(): void;
  /** Whether what is sent can be read only once. */
  isOnce?: boolean;
  phase?: Phase;
  /** Whether the link is drawn as a QR code. Default: where standard error is a terminal that is wide enough. */
  qr?: boolean;
  /** Whether the code is copied to the clipboard. */
  copies?: boolean;
}

export class SenderReport implements Report {
  readonly #terminal: Terminal;
  #progress: ProgressDisplay | null = null;
  #acceptedFiles = 0;
  #offeredFiles = 0;
  #isBurned = false;
  /** Times that someone opened the code. */
  #visits = 0;
  #relay = '';
  readonly #outage: OutageReport;
  readonly #qr: boolean | undefined;
  readonly #copies: boolean;

  constructor(terminal: Terminal, relay: string, options: SenderReportOptions = {}) {
    this.#terminal = terminal;
    const { newCode, qr, copies = false, ...how } = options;
    this.#qr = qr;
    this.#copies = copies;
    this.#outage = new OutageReport({
      side: 'send',
      say: (sentence) => terminal.say(sentence),
      ...how,
      ...(newCode && { offerNewCode: (isOver) => this.#offerNewCode(newCode, isOver) }),
    });
    this.meetsAt(relay);
  }

  meetsAt(relay: string): void {
    this.#relay = relayInWords(relay);
    this.#outage.meetsAt(this.#relay);
  }

  event(event: TransferEvent): void {
    const say = (text: string) => this.#terminal.say(text);
    this.#outage.event(event);
    switch (event.type) {
      case 'code':
        this.#code(event);
        break;
      case 'code-burned':
        say('\nSomeone used wrong words with this code, so it is void. Nothing was sent.');
        this.#isBurned = true;
        break;
      case 'code-lost':
        say(
          '\nThe relay was started anew, and somebody else has the number of this code by now, so it is void.',
        );
        this.#isBurned = true;
        break;
      case 'joined':
        this.#visits += 1;
        if (this.#visits <= MOST_VISITS_SHOWN)
          say('Someone opened the code. Checking that they know its words.');
        break;
      case 'left':
        this.#left(event.code);
        break;
      case 'verifier':
        say(`Verifier: ${event.words.join(' ')} (the other side must show the same words)`);
        break;
      case 'offer':
        this.#offeredFiles = event.files;
        say(
          `Offered: ${offerInWords(event)}${linksInWords(event.links)}${namesInWords(event.names)}. Waiting for them to accept.`,
        );
        if (event.linksLeftOut !== undefined) say(linksLeftOutInWords(event.linksLeftOut));
        if (event.excluded !== undefined) say(excludedInWords(event.excluded));
        if (event.names !== undefined && event.names.risky > 0) {
          say(
            `${counted(event.names.risky, 'file')} could change settings or run there: they are asked about apart.`,
          );
        }
        break;
      case 'accepted':
        this.#accepted(event);
        break;
      case 'unsendable':
        // Of a single thing the error says it.
        if (event.count > 0 && !(event.isAll && event.count === 1)) say(unsendableInLines(event));
        break;
      case 'left-out':
        say(leftOutInLines('They leave out:', { ...event, paths: event.paths.slice(0, NAMES_SHOWN) }));
        break;
      case 'comparing':
        break;
      case 'paused':
      case 'continued':
      case 'again':
        say(standstillInWords(event));
        break;
      case 'progress':
        this.#progress?.update(event);
        break;
      case 'path':
        say(pathInWords(event, this.#relay));
        break;
      case 'file-failed':
        // Of a single file the last line says it, but for what the system said.
        if (this.#acceptedFiles > 1 || systemReasonOf(event) !== null) say(failedFileInWords(event));
        break;
      case 'reconnecting':
      case 'reconnected':
      case 'unresumable':
      case 'file-done':
        break;
    }
  }

  kept(): void {}

  notKept(): void {}

  warning(sentence: string): void {
    this.#terminal.say(sentence);
  }

  text(): void {}

  done({ files, bytes, grown = [], leftOut, unsendable }: SendResult, moved: Moved | null): void {
    if (grown.length > 0) this.#terminal.say(grownInWords(grown));
    if (leftOut !== undefined)
      this.#terminal.say(`Left out by the other side: ${leftOutInSentence(leftOut)}.`);
    if (moved !== null) this.#terminal.say(movedInWords(moved));
    this.#terminal.say(`Done: ${counted(files, 'file')}, ${sizeInWords(bytes)}, received and verified.`);
    if (unsendable !== undefined && unsendable.count > 0) this.#terminal.say(unsendableInSummary(unsendable));
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

  #left(code: ErrorCode): void {
    if (this.#visits > MOST_VISITS_SHOWN) return;
    const why =
      code === 'peer-version'
        ? 'They use another version of p2p-copy: update it on both sides.'
        : 'They left before that was clear.';
    this.#terminal.say(`${why} Waiting again under the same code.`);
    if (this.#visits === MOST_VISITS_SHOWN)
      this.#terminal.say('Others keep opening this code and leaving; further ones are not shown.');
  }

  /** Asks for a key on a terminal; elsewhere says what to do. */
  #offerNewCode(newCode: () => void, isOver: AbortSignal): string {
    if (!this.#terminal.isInteractive || this.#terminal.isAsking)
      return 'For a new code for the same files, stop this and send again.';
    const question = 'Wait for them, or make a new code for the same files? [W/n] ';
    void this.#terminal.askKey(question, ['w', 'n'], { signal: isOver }).then((key) => {
      if (key === 'n') newCode();
    });
    return '';
  }

  #code({ code, url, relay, validMs }: Extract<TransferEvent, { type: 'code' }>): void {
    if (this.#isBurned) this.#terminal.say('A new code, which the other side needs instead:');
    this.#isBurned = false;
    this.#terminal.say(`Code: ${code}\nLink: ${url}\nValid until ${timeInWords(Date.now() + validMs)}.`);
    if (this.#copies) this.#terminal.copy(code);
    this.#drawQr(url);
    const { address, fingerprint, command } = relay;
    const given = address === DEFAULT_RELAY ? '' : ` --relay ${forShell(address)}`;
    const pinned = fingerprint === null ? '' : ` --relay-fingerprint ${fingerprint}`;
    this.#terminal.say('\nOn the other device, open the link, or run:');
    this.#terminal.sayWhole(`  p2p-copy receive${given}${pinned}`);
    if (isOnlyLocal(address)) {
      const { host } = new URL(address);
      this.#terminal.say(
        `The relay ${quoted(host)} is this device; for another device, give --relay an address it can reach.`,
      );
    } else if (command !== null) {
      const site = address.replace(/^ws/i, 'http');
      this.#terminal.say('or, with nothing installed but Node 20 or later:');
      this.#terminal.sayWhole(`  ${terminalLine(site, code, { fingerprint, command })}`);
    }
    this.#terminal.say('Waiting for the other side; Ctrl-C stops.');
  }

  /** A log has no use for a picture, and one that is broken by the edge can't be scanned. */
  #drawQr(url: string): void {
    const { columns, hasScreen, hasColors } = this.#terminal;
    if (!(this.#qr ?? hasScreen)) return;
    const picture = qrCode(url, { colors: hasColors });
    const isWhole = !hasScreen || qrColumns(url) <= columns;
    if (isWhole) this.#terminal.sayPainted(`\n${picture}`);
    else if (this.#qr) this.#terminal.say('The QR code of the link is wider than this terminal.');
  }

  #accepted(event: { files: number; bytes: number; unsized: boolean }): void {
    this.#acceptedFiles = event.files;
    const left = this.#offeredFiles - event.files;
    const note = left > 0 ? `; they leave out ${counted(left, 'file')}` : '';
    this.#terminal.say(`Accepted: ${offerInWords(event)}${note}.`);
    // Another session has a display of its own.
    this.#stopProgress();
    this.#progress = new ProgressDisplay(this.#terminal);
  }
}

function grownInWords([first, ...others]: readonly string[]): string {
  const more = others.length > 0 ? ` and ${counted(others.length, 'more file')}` : '';
  return `${quoted(first!)}${more} changed meanwhile; what was offered was still in there, and is what arrived.`;
}
