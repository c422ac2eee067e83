// A device of one's own as a transfer gets it: whoever asked it, and found out who it is, says how the two meet.
import type { EnginePorts, MetSession } from '@p2p-copy/core';

export interface MetDevice {
  /** Its public key, in hex. */
  key: string;
  /** Those that the meeting uses, too. */
  ports: EnginePorts;
  /** @param features of this end */
  meet(features: readonly string[]): Promise<MetSession>;
}
