// One key of a terminal, as the answer to a question.
import { emitKeypressEvents, type Key } from 'node:readline';

/**
 * The first of `keys` that is pressed, the first of them for Enter; null when the input ended or the signal was aborted. Keys come one
 * at a time, unseen, and Ctrl-C as one of them.
 */
export function pressedKey(
  stdin: NodeJS.ReadStream,
  keys: readonly string[],
  signal: AbortSignal,
  interrupt: () => void,
): Promise<string | null> {
  return new Promise((resolve) => {
    const finish = (answer: string | null) => {
      signal.removeEventListener('abort', abort);
      stdin.off('keypress', press).off('end', abort).off('error', abort);
      stdin.pause();
      try {
        stdin.setRawMode(false);
      } catch {
        // The terminal was closed.
      }
      resolve(answer);
    };
    const abort = () => finish(null);
    const press = (_text: string | undefined, { name = '', ctrl }: Key) => {
      if (ctrl && name === 'c') interrupt();
      else if (name === 'return' || name === 'enter') finish(keys[0]!);
      else if (keys.includes(name)) finish(name);
    };
    signal.addEventListener('abort', abort, { once: true });
    emitKeypressEvents(stdin);
    stdin.on('keypress', press).on('end', abort).on('error', abort);
    stdin.setRawMode(true);
    stdin.resume();
  });
}
