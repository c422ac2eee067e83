// Why the relay closes a connection: the names that operators count, each with its code and its sentence.
import { InvariantError } from '@p2p-copy/core/foundation';
import { CLOSE_CODES, type CloseName, GOING_AWAY_CODE } from '@p2p-copy/core/relay-protocol';
import type { ClassicCloseName } from './classic-codes.ts';

/** Each name belongs to one dialect, so that an effect can't be put in the words of the other, or to both. */
export type Ending = CloseName | ClassicCloseName | keyof typeof OF_THE_RELAY;

/** What newcomers are refused with when there is no room for them. */
export type CapName = 'relay-full' | 'rate-limited';

/** Close codes and sentences of one dialect, by the names of its endings. */
export type Endings = Readonly<Partial<Record<Ending, { code: number; reason: string }>>>;

/** In both dialects, with a code of RFC 6455. */
export const OF_THE_RELAY = {
  flood: { code: 1008, reason: 'Too many pings, pongs or empty frames in a minute.' },
} as const;

/** To everybody, when the relay stops. */
export const GOING_AWAY = {
  code: GOING_AWAY_CODE,
  reason: 'The relay shuts down. Connect again in a moment.',
};

/** Those of our own dialect. */
export const OWN_ENDINGS: Endings = { ...CLOSE_CODES, ...OF_THE_RELAY };

/** @throws InvariantError for an ending of another dialect */
export function closeOf(endings: Endings, ending: Ending): { code: number; reason: string } {
  const close = endings[ending];
  if (close === undefined) throw new InvariantError(`${ending} is an ending of another dialect`);
  return close;
}
