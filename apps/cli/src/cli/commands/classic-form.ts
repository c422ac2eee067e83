// What tells the Python tool's command line, SERVER CODE … in front, from ours. The room `classic` holds the rest.
import { type Side, UsageError } from '../terminal/exit-codes.ts';

/** Whether an argument is a relay's WebSocket address, which only the Python tool's form begins with. */
export function isServer(argument: string | undefined): argument is string {
  return argument !== undefined && /^wss?:\/\//i.test(argument);
}

/** @throws UsageError for what only the Python tool's form has */
export function expectNoClassicOptions(options: { encrypt?: boolean; resume?: boolean }, side: Side): void {
  if (options.encrypt) {
    throw new UsageError(
      '--encrypt belongs to the form with a relay and a code in front; without them everything is always encrypted.',
      `Leave it out, or see p2p-copy ${side} --help.`,
    );
  }
  if (options.resume) {
    throw new UsageError(
      '--resume belongs to the form with a relay and a code in front.',
      `Leave it out, or see p2p-copy ${side} --help.`,
    );
  }
}
