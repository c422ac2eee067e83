// What stands in the fields of the first screen: typed there, or pasted anywhere on it.
import { readCode } from '../format/typed-code.ts';

export class Draft {
  code = $state('');
  message = $state('');

  /** A code or a link is there to receive with; anything else is a message to send. Nothing happens by itself. */
  paste(text: string): void {
    const code = readCode(text);
    if (code === null) this.message = text;
    else this.code = code;
  }
}
