// What stands in the fields of the first screen: typed there, or pasted anywhere on it.
import { type Code, formatCode, readTypedCode, type SlippedCode } from '@p2p-copy/core';
import { isThisSite } from '../capabilities/page-address.ts';

/** A code of another site's link. */
interface ElsewhereCode {
  code: Code;
  /** `https://host/path` of that site. */
  site: string;
}

export class Draft {
  /** The text of the code's field. It stays beside whatever is wrong with it. */
  code = $state('');
  message = $state('');
  /** Why the text wasn't used, and which codes may be meant by it. */
  slip = $state.raw<SlippedCode | null>(null);
  /** Asked about before it is used here. */
  elsewhere = $state.raw<ElsewhereCode | null>(null);

  /** A code or a link is there to receive with; anything else is a message to send. Nothing happens by itself. */
  paste(text: string): void {
    if (!this.pasteCode(text)) this.message = text;
  }

  /** Whether `text` is one code with what may surround it: the field then shows the code alone. */
  pasteCode(text: string): boolean {
    const reading = readTypedCode(text);
    if (reading.kind === 'slip') return false;
    this.#show(reading.code, reading.site);
    return true;
  }

  /** The text of the field was changed. A link is shown as the code that it holds. */
  edited(): void {
    this.slip = null;
    this.elsewhere = null;
    if (/#|:\/\//.test(this.code)) this.pasteCode(this.code);
  }

  /** The code to receive with; null when the person has to choose or to type first. */
  submit(): string | null {
    if (this.elsewhere !== null) return null;
    const reading = readTypedCode(this.code);
    if (reading.kind === 'code') return this.choose(reading.code, reading.site);
    this.slip = reading;
    return null;
  }

  /** The same for one of the codes that may be meant. */
  choose(code: Code, site: string | null): string | null {
    if (site === null || isThisSite(site)) return formatCode(code);
    this.#show(code, site);
    return null;
  }

  /** A link was opened whose code has a slip. */
  showSlip(text: string, slip: SlippedCode): void {
    this.code = text;
    this.slip = slip;
    this.elsewhere = null;
  }

  clearCode(): void {
    this.code = '';
    this.slip = null;
    this.elsewhere = null;
  }

  #show(code: Code, site: string | null): void {
    this.code = formatCode(code);
    this.slip = null;
    this.elsewhere = site === null || isThisSite(site) ? null : { code, site };
  }
}
