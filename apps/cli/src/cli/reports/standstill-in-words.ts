// What a person is told while a transfer stands still, and when it goes on.
import type { TransferEvent } from '../../library/public-types.ts';
import { counted } from '../../wording/amounts.ts';
import { shown } from '../../wording/show-text.ts';

type StandstillEvent = Extract<TransferEvent, { type: 'paused' | 'continued' | 'again' }>;

export function standstillInWords(event: StandstillEvent): string {
  switch (event.type) {
    case 'paused':
      return `Paused: ${shown(event.message)} It goes on by itself once that is over; Ctrl-C stops.`;
    case 'continued':
      return 'Going on.';
    case 'again':
      return `${counted(event.files, 'file')} changed meanwhile. Sending again what changed.`;
  }
}
