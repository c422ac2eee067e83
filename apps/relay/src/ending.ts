// Why the relay closes a connection: the names that operators count, each with its code and its sentence.
import {
  CLASSIC_CLOSE_CODES,
  CLOSE_CODES,
  type ClassicCloseName,
  type CloseName,
} from '@p2p-copy/core/relay-protocol';

/** Each name belongs to one dialect, so that an effect can't be put in the words of the other, or to both. */
export type Ending = CloseName | ClassicCloseName | keyof typeof OF_THE_RELAY;

/** In both dialects, with a code of RFC 6455. */
const OF_THE_RELAY = {
  flood: { code: 1008, reason: 'Too many pings, pongs or empty frames in a minute.' },
} as const;

/** What newcomers are refused with when there is no room for them. */
export type CapName = 'relay-full' | 'rate-limited';

export const ENDINGS: Readonly<Record<Ending, { code: number; reason: string }>> = {
  ...CLOSE_CODES,
  ...CLASSIC_CLOSE_CODES,
  ...OF_THE_RELAY,
};
