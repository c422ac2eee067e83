// What is offered, in a line: "Holiday · 214 files · 3.2 GB".

import { spoken } from '../i18n/spoken.svelte.ts';
import { OfferContent } from './offer-content.ts';
import { formatBytes, formatFiles } from './quantities.ts';

export class OfferSummary extends OfferContent {
  /** The one file or folder that holds all, or a count. */
  get title(): string {
    if (this.isMessage) return spoken.words.aMessage;
    if (this.topName !== '') return this.topName;
    return this.files > 0 ? formatFiles(this.files) : spoken.words.folders(this.folders);
  }

  /** Counts and size, without what the title says already. */
  get details(): string {
    const parts: string[] = [];
    const title = this.title;
    if (this.files > 1 && title !== formatFiles(this.files)) parts.push(formatFiles(this.files));
    if (this.files === 0 && this.texts === 0) parts.push(spoken.words.empty);
    else parts.push(this.unsized ? spoken.words.unsized : formatBytes(this.bytes));
    return parts.join(' · ');
  }
}
