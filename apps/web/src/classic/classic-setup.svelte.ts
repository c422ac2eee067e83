// What is agreed on before a transfer with the Python tool: who sends, the code, whether to encrypt.
import { drawSecret } from '@p2p-copy/core';
import type { ClassicTerms } from '../contract/messages.ts';
import type { Direction } from './classic-command.ts';

/** Whoever runs the server can try codes at leisure, so it takes more words than version 2: these are 66 bits. */
const SUGGESTED_WORDS = 6;
const SHORT_CODE_LENGTH = 12;

export class ClassicSetup {
  direction = $state<Direction>('send');
  /** As typed: the other side doesn't trim either. */
  code = $state('');
  encrypt = $state(true);
  /** Something was started without a code. */
  isCodeMissing = $state(false);

  get terms(): ClassicTerms {
    return { code: this.code, encrypt: this.encrypt };
  }

  /** Whether there is a code; asks for one where there is none. */
  demandCode(): boolean {
    this.isCodeMissing = this.code === '';
    return !this.isCodeMissing;
  }

  /** What to know about the code, if anything. */
  get advice(): 'short' | 'spaces' | null {
    if (this.code !== this.code.trim()) return 'spaces';
    return this.code !== '' && this.code.length < SHORT_CODE_LENGTH ? 'short' : null;
  }

  suggestCode(): void {
    this.isCodeMissing = false;
    this.code = drawSecret(SUGGESTED_WORDS, (length) => crypto.getRandomValues(new Uint8Array(length)));
  }
}
