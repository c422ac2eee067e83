// Why the relay closes a connection: the names that operators count, each with its code and its sentence.
import {
  CLASSIC_CLOSE_CODES,
  CLOSE_CODES,
  type ClassicCloseName,
  type CloseName,
} from '@p2p-copy/core/relay-protocol';

/** Each name belongs to one dialect: an effect can't be put in the words of the other. */
export type Ending = CloseName | ClassicCloseName;

/** What newcomers are refused with when there is no room for them. */
export type CapName = 'relay-full' | 'rate-limited';

export const ENDINGS: Readonly<Record<Ending, { code: number; reason: string }>> = {
  ...CLOSE_CODES,
  ...CLASSIC_CLOSE_CODES,
};
