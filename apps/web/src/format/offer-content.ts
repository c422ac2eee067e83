// What is offered, in figures. The engine stores them; the page puts them into words.
import type { EntryKind } from '@p2p-copy/core';
import { splitTop } from './top-of.ts';

export class OfferContent {
  files = 0;
  folders = 0;
  texts = 0;
  bytes = 0;
  unsized = false;
  #topName: string | null = null;
  #hasOneTop = true;

  add(kind: EntryKind, path: string, sizeBytes: number | null): void {
    if (kind === 'file') this.files++;
    else if (kind === 'folder') this.folders++;
    else if (kind === 'text') this.texts++;
    if (sizeBytes === null) this.unsized = true;
    else this.bytes += sizeBytes;
    if (this.#hasOneTop && !this.#isBelowTop(path)) this.#noteTop(splitTop(path)[0]);
  }

  /** What another one has counted is offered too. */
  merge(other: OfferContent): void {
    this.files += other.files;
    this.folders += other.folders;
    this.texts += other.texts;
    this.bytes += other.bytes;
    this.unsized ||= other.unsized;
    this.#hasOneTop &&= other.#hasOneTop;
    if (other.#topName !== null) this.#noteTop(other.#topName);
  }

  /** Whether there is nothing to save. */
  get isMessage(): boolean {
    return this.texts > 0 && this.files + this.folders === 0;
  }

  /** The one file or folder that holds all; '' where there is none. */
  get topName(): string {
    return (this.#hasOneTop && this.#topName) || '';
  }

  #isBelowTop(path: string): boolean {
    const top = this.#topName;
    return top !== null && path.startsWith(top) && (path.length === top.length || path[top.length] === '/');
  }

  #noteTop(top: string): void {
    this.#topName ??= top;
    if (top !== this.#topName) this.#hasOneTop = false;
  }
}
