// German: names that a system obeys, and what another app or website hands over.
import type { Words } from '../words.ts';

export const trust: Pick<Words, 'risky' | 'changed' | 'shared'> = {
  risky: {
    title: (count) => `${count} könnten auf diesem Gerät Einstellungen ändern oder starten`,
    why: 'Dateien mit solchen Namen befolgen Systeme und Programme dort, wo sie liegen, ohne dass jemand sie öffnet.',
    list: 'Was Einstellungen ändern oder starten könnte',
    take: 'Ich erwarte diese Dateien: auch annehmen',
    left: 'Sie werden ausgelassen, und die andere Seite erfährt es.',
    taken: 'Sie werden mit den anderen empfangen.',
    offered: (files) =>
      `${files} könnten dort Einstellungen ändern oder starten. Danach wird gesondert gefragt.`,
    counted: (hidden, programs) => `Versteckte Dateien: ${hidden} · Programme oder Skripte: ${programs}`,
    leftOut: (files) => `Die andere Seite hat ausgelassen (${files}):`,
    more: (files) => `und ${files} mehr`,
  },
  changed: {
    title: (files) => `Beim Absender geändert, seit Sie angenommen haben: ${files}`,
    sizes: (now, accepted) => `jetzt ${now}, angenommen ${accepted}`,
    take: 'So nehmen, wie sie jetzt sind',
    leave: 'Auslassen',
  },
  shared: {
    title: 'Das senden?',
    lead: 'Eine andere App oder Website hat dies an p2p-copy übergeben. Nichts verlässt dieses Gerät, bevor Sie auf „Senden“ drücken.',
    list: 'Was übergeben wurde',
    send: 'Senden',
    discard: 'Verwerfen',
    expired: 'Das Geteilte ist nicht mehr da. Teilen Sie es noch einmal, oder wählen Sie es unten.',
    refused: (files, size) =>
      `Das Geteilte ist dafür zu viel: höchstens ${files} und ${size}. Wählen Sie es stattdessen unten.`,
  },
};
