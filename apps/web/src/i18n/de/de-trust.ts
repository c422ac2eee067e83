// German: names that a system obeys, what can’t be sent, and what another app or website hands over.
import type { Words } from '../words.ts';
import { refusals } from './de-refusals.ts';

export const trust: Pick<Words, 'risky' | 'changed' | 'changes' | 'unsendable' | 'shared' | 'refusals'> = {
  refusals,
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
  changes: {
    new: 'neu',
    changed: 'geändert',
    since: (added, changed) =>
      `Der Absender hat das Angebot geändert. Seit der ersten Liste neu: ${added}, geändert: ${changed}.`,
  },
  unsendable: {
    title: (count) => `${count} von dem, was Sie gewählt haben, kann nicht gesendet werden.`,
    rest: 'Der Rest wird angeboten.',
    notSent: (count) => `Nicht gesendet, ${count} von dem, was Sie gewählt haben:`,
    more: (count) => `und ${count} mehr`,
    unsent: (count) =>
      `Der Absender meldet: ${count} seiner Dateien oder Ordner konnten nicht gesendet werden.`,
    reasons: {
      'control-character': 'der Name enthält ein Steuerzeichen',
      'direction-mark': 'der Name enthält ein unsichtbares Zeichen, das die Schreibrichtung ändert',
      'not-unicode': 'der Name ist kein gültiges Unicode',
      'unfinished-part': 'das ist der unfertige Teil einer anderen Übertragung',
      'too-long': 'der Name ist zu lang',
      'too-deep': 'liegt in zu vielen Ordnern',
      'impossible-name': 'unter diesem Namen lässt es sich nicht senden',
      'same-name':
        'unter demselben Namen wird schon etwas gesendet; die Namen unterscheiden sich nur in der Unicode-Form',
      'no-permission': 'Ihr Browser darf es nicht lesen',
      unreadable: 'lässt sich nicht lesen',
      'special-file': 'ist weder Datei noch Ordner',
      'dangling-link': 'ist ein Verweis ins Leere',
      'leads-out': 'ist ein Verweis, der aus dem Gesendeten hinausführt',
      'impossible-target': 'ist ein Verweis auf einen Namen, der sich nicht senden lässt',
    },
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
