// The classic wire in the library. Its engine is loaded when one of these is called, so that no other transfer loads it.
import type { ReceiveResult } from '../public-types.ts';
import type { ClassicReceiveOptions } from './receive-classic.ts';
import type { ClassicSendOptions, ClassicSendResult } from './send-classic.ts';

export type { ClassicReceiveOptions, ClassicSendOptions, ClassicSendResult };

/**
 * Sends files to one receiver, which may be the Python tool's, in its format. Resolves when everything has been
 * passed on and the other side has left in an orderly way.
 * @throws rejects with a TransferError. `source-unreadable`, `path-refused`, `nothing-to-send` and `limit-exceeded`
 * come before the relay is asked
 */
export async function sendClassic(options: ClassicSendOptions): Promise<ClassicSendResult> {
  return (await import('./send-classic.ts')).sendClassic(options);
}

/**
 * Receives files from one sender, which may be the Python tool's, in its format. A sender that resumes sends
 * everything, unless `continue` is set. Resolves when the sender has said that all was sent, and every file is
 * durable under its name.
 * @throws rejects with a TransferError
 */
export async function receiveClassic(options: ClassicReceiveOptions): Promise<ReceiveResult> {
  return (await import('./receive-classic.ts')).receiveClassic(options);
}
