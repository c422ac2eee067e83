// A device of one's own as a transfer gets it: whoever asked it, and found out who it is, says how the two meet; and while the transfer
// runs, whether it is one's own.
import type { EnginePorts, MetSession } from '@p2p-copy/core';
import { TransferError } from '../../library/transfer-error.ts';

export interface MetDevice {
  /** Its public key, in hex. */
  key: string;
  /** Those that the meeting uses, too. */
  ports: EnginePorts;
  /** @param features of this end */
  meet(features: readonly string[]): Promise<MetSession>;
  /** What is done where it asked and then never came, in place of telling an error; gives the exit code. */
  unmet?(): Promise<number>;
}

/** The two signals that end a transfer, as one. */
export function endingBy(
  signal: AbortSignal | undefined,
  leaving: AbortSignal | undefined,
): { signal?: AbortSignal } {
  const signals = [signal, leaving].filter((each) => each !== undefined);
  return signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
}

/**
 * Runs a transfer with a device.
 * @param leaving aborted once it is none of one's own; undefined for whoever has a code
 * @throws TransferError `not-in-group` in place of `interrupted` then; those of the transfer
 */
export async function whileMember<R>(leaving: AbortSignal | undefined, run: () => Promise<R>): Promise<R> {
  try {
    return await run();
  } catch (error) {
    if (!leaving?.aborted || !(error instanceof TransferError) || error.code !== 'interrupted') throw error;
    throw new TransferError(
      'not-in-group',
      'One of the two devices was removed from the group, so this transfer ends here.',
      { cause: error },
    );
  }
}
