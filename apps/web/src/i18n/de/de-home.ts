// German: the first screen.
import type { Words } from '../words.ts';

export const home: Words['home'] = {
  title: 'Dateien an ein anderes Gerät senden',
  lead: 'Beliebig groß, ohne Installation. Sie bekommen einen kurzen Code. Die andere Seite gibt ihn ein, sieht, was Sie senden, und nimmt es an.',
  offline: 'Dieses Gerät ist offline.',
  offlineMore:
    'Zum Senden und Empfangen muss es das andere erreichen. Früher Empfangenes lässt sich schon jetzt speichern.',
  refused: (title) =>
    `Ohne Ihre Erlaubnis für den Ordner kann „${title}“ nicht weitergehen. Setzen Sie es noch einmal fort, und erlauben Sie es.`,
  send: 'Senden',
  receive: 'Empfangen',
  badLink: 'Dieser Link enthält keinen Code. Bitten Sie noch einmal darum, oder geben Sie den Code ein.',
  toClassic: (program) => `Die andere Seite benutzt das Python-Programm ${program}?`,
  drop: 'Loslassen zum Senden',
  dropHere: 'Dateien oder einen Ordner hier ablegen',
  chooseFiles: 'Dateien wählen',
  chooseFolder: 'Ordner wählen',
  orMessage: 'Oder eine Nachricht senden',
  messageHint: 'Text, ein Link, ein Passwort…',
  sendMessage: 'Nachricht senden',
  messageTooLong: (size) =>
    `Eine Nachricht kann ${size} haben. Speichern Sie sie als Datei, und senden Sie diese.`,
  haveCode: 'Haben Sie einen Code?',
  notACode: 'Das ist kein Code. Er besteht aus einer Zahl und Wörtern, etwa 7-guitar-ocean.',
  enterCode: 'Geben Sie ihn ein, oder fügen Sie den Link ein, den Sie bekommen haben.',
  languageMissing: (name) =>
    `${name} lässt sich gerade nicht laden: Der Server ist nicht erreichbar oder hat eine neuere Seite. Diese Seite bleibt, wie sie ist; wählen Sie es später noch einmal.`,
};
