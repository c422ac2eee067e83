// German: how a running transfer is stopped, or slowed down.
import type { Words } from '../words.ts';

export const stop: Words['stop'] = {
  button: 'Anhalten…',
  limit: 'Höchstens',
  noLimit: 'unbegrenzt',
  stopping: 'Wird angehalten…',
  title: 'Diese Übertragung anhalten?',
  goesOn: 'Sie läuft weiter, bis Sie antworten.',
  cannotResume:
    'Sie kann nicht fortgesetzt werden: Was unvollständig ist, müsste noch einmal gesendet werden.',
  goOn: 'Weitermachen',
  keep: 'Angekommenes behalten und später weitermachen',
  remove: 'Unvollständige Dateien löschen',
  endSending: 'Endgültig abbrechen',
  stop: 'Abbrechen',
  stopped: 'Sie haben angehalten.',
  deleted: 'Unvollständige Dateien wurden gelöscht. Vollständig angekommene Dateien bleiben.',
  notDeleted: (files) =>
    `Vollständig angekommene Dateien bleiben. Nicht gelöscht werden konnten: ${files}; ihre Namen enden auf .p2p.part.`,
  ended:
    'Vollständig angekommene Dateien bleiben. Der Rest muss mit einem neuen Code noch einmal gesendet werden.',
  endedSending:
    'Was angekommen ist, bleibt bei der anderen Seite. Um noch einmal zu senden, beginnen Sie mit einem neuen Code.',
  nothingSent: 'Nichts wurde gesendet. Beginnen Sie noch einmal, wenn beide bereit sind.',
  nothingReceived: 'Nichts wurde empfangen. Beginnen Sie noch einmal, wenn beide bereit sind.',
  nothingYet: 'Noch wurde nichts gesendet. Setzen Sie es auf der ersten Seite fort, wenn beide online sind.',
};
