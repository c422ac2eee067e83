// German: which way content takes, and what a transfer waits for.
import type { Words } from '../words.ts';

export const flow: Words['flow'] = {
  through: (host) => `Läuft über ${host}; dort kann man mitlesen.`,
  throughSealed: (host) => `Läuft über ${host}; dort kann niemand mitlesen.`,
  direct: 'Läuft direkt zwischen den Geräten.',
  directWithin: 'Läuft direkt, in Ihrem Netz.',
  files: 'Dateien',
  arrived: 'Angekommen',
  notYet: 'Noch nicht da',
  reconnected: 'Wieder verbunden',
  comparing: 'Wird mit dem verglichen, was schon da ist',
  comparingMore: (percent) => `${percent} % · Nur was fehlt, wird gesendet.`,
  pausedHere: (message) => `Pause: ${message}`,
  pausedThere: 'Pause: Das andere Gerät kann gerade nicht speichern.',
  noRoomThere: 'Pause: Auf dem anderen Gerät ist kein Platz mehr.',
  noRoomHere: 'Pause: Auf diesem Gerät ist kein Platz mehr.',
  moreRoom: (size) => `Pause: Auf diesem Gerät fehlen noch ${size}.`,
  solvedThere: 'Nichts ist verloren. Es geht von selbst weiter, sobald das dort gelöst ist.',
  makeRoom: 'Schaffen Sie Platz. Geht es dann nicht weiter, halten Sie an, und beginnen Sie neu.',
  checkFolder:
    'Prüfen Sie den Ordner und seine Rechte. Geht es dann nicht weiter, halten Sie an, und beginnen Sie neu.',
};
