// What is offered, in a line: "Holiday · 214 files · 3.2 GB".

import { spoken } from '../words/spoken.svelte.ts';
import { formatBytes, formatFiles } from './quantities.ts';
import { splitTop } from './top-of.ts';

export class OfferSummary {
  files = 0;
  folders = 0;
  texts = 0;
  bytes = 0;
  unsized = false;
  #topName: string | null = null;
  #hasOneTop = true;

  add(kind: 'file' | 'folder' | 'text', path: string, sizeBytes: number | null): void {
    if (kind === 'file') this.files++;
    else if (kind === 'folder') this.folders++;
    else this.texts++;
    if (sizeBytes === null) this.unsized = true;
    else this.bytes += sizeBytes;
    this.#noteTop(splitTop(path)[0]);
  }

  /** What another one has counted is offered too. */
  merge(other: OfferSummary): void {
    this.files += other.files;
    this.folders += other.folders;
    this.texts += other.texts;
    this.bytes += other.bytes;
    this.unsized ||= other.unsized;
    this.#hasOneTop &&= other.#hasOneTop;
    if (other.#topName !== null) this.#noteTop(other.#topName);
  }

  #noteTop(top: string): void {
    this.#topName ??= top;
    if (top !== this.#topName) this.#hasOneTop = false;
  }

  /** Whether there is nothing to save. */
  get isMessage(): boolean {
    return this.texts > 0 && this.files + this.folders === 0;
  }

  /** The one file or folder that holds all, or a count. */
  get title(): string {
    if (this.isMessage) return spoken.words.aMessage;
    if (this.#hasOneTop && this.#topName !== null) return this.#topName;
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
