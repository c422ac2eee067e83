// What an app keeps of the group of its device: values without behaviour, which it writes as it likes. docs/PROTOCOL.md section 20.
import type { Bytes } from '../foundation/bytes.ts';
import type { ObservedAge } from '../foundation/observed-age.ts';

/** The secret of an epoch. */
export interface EpochSecret {
  epoch: number;
  /** 32 bytes. */
  secret: Bytes;
}

/** An epoch's secret as this device holds it. */
export interface HeldSecret extends EpochSecret {
  /** Since a later epoch was seen; null while there is none. */
  age: ObservedAge | null;
}

/** All that an app keeps of a group. */
export interface GroupNote {
  chain: Bytes;
  secrets: readonly HeldSecret[];
  /** Keys in hex that the person of this device paired with here. */
  paired: readonly string[];
  /** Names in place of the chain's, by key in hex. */
  names: readonly (readonly [publicKey: string, name: string])[];
  /** Signers, and hashes of statements, in hex, that lead to no question any more. */
  refused: readonly string[];
  /** The other chain of a fork that the person hasn't decided; null where there is none. */
  fork: Bytes | null;
}
