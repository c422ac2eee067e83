// Content that goes to a terminal: `receive --stdout` with nothing behind it. A screen is not a copy, so what a terminal
// would obey is escaped there; into a pipe or a file the bytes go as they are.
import { Writable } from 'node:stream';
import { shownMessage } from '../../wording/show-text.ts';

/** A stream that shows UTF-8 on a terminal. Bytes that are no text become U+FFFD. `terminal` is not ended. */
export function screenStream(terminal: Writable): Writable {
  const decoder = new TextDecoder();
  /** A carriage return that may be half of a line's end. */
  let held = '';
  const show = (text: string, done: (error?: Error | null) => void) => {
    const whole = held + text;
    held = whole.endsWith('\r') ? '\r' : '';
    terminal.write(shownMessage(whole.slice(0, whole.length - held.length)), done);
  };
  return new Writable({
    write(piece: Buffer, _encoding, done) {
      show(decoder.decode(piece, { stream: true }), done);
    },
  });
}
