// What a sender tells its own person of the offer that it makes.

import type { TransferEvent } from '../api/events.ts';
import type { Clock } from '../foundation/clock.ts';
import { nameCounts, surveyNames } from '../names/survey-names.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import { countContent } from '../wire/manifest.ts';

/**
 * Amounts and names. Lets the event loop turn while it looks at many names.
 * @param linksLeftOut links that aren't offered, since the receiver takes none
 */
export async function offerEvent(
  entries: readonly SourceEntry[],
  linksLeftOut: number,
  clock: Clock,
): Promise<TransferEvent & { type: 'offer' }> {
  const turn = () => new Promise<void>((resolve) => void clock.after(0, resolve));
  const names = nameCounts(await surveyNames(entries, null, turn));
  const links = entries.reduce((count, { kind }) => (kind === 'link' ? count + 1 : count), 0);
  return {
    type: 'offer',
    ...countContent(entries),
    names,
    ...(links > 0 && { links }),
    ...(linksLeftOut > 0 && { linksLeftOut }),
  };
}
