// German: a browser that refuses a call on a file or on its storage, by the name of its exception.
import type { RefusedCall } from '../refusal-words.ts';
import type { Words } from '../words.ts';

/** The same for both calls. */
const both = (reason: string, advice: string): Record<'read' | 'write', RefusedCall> => ({
  read: { reason, advice },
  write: { reason, advice },
});

export const refusals: Words['refusals'] = {
  quoted: (path) => `„${path}“`,
  storage: 'Der Speicher dieses Browsers',
  read: (what, reason) => `${what} lässt sich nicht lesen: ${reason}.`,
  write: (what, reason) => `${what} lässt sich nicht schreiben: ${reason}.`,
  again: 'Versuchen Sie es dann noch einmal.',
  goesOn: (advice) => `${advice} Geht es dann nicht weiter, halten Sie an, und beginnen Sie neu.`,
  refusedName: {
    reason: 'Dieser Browser nimmt den Namen nicht an',
    advice: 'Bitten Sie die sendende Seite, ihn zu ändern, oder empfangen Sie auf einem anderen Gerät.',
  },
  other: {
    reason: (exception) => `Der Browser meldet ${exception}`,
    advice:
      'Laden Sie die Seite neu. Kommt es wieder vor, nehmen Sie einen anderen Ort oder einen anderen Browser.',
  },
  rows: {
    AbortError: both(
      'Der Browser hat es angehalten, vielleicht sein Schutz vor gefährlichen Dateien',
      'Sehen Sie in den Downloads oder den Einstellungen des Browsers nach dem Grund.',
    ),
    InvalidStateError: both(
      'Der Browser hat den Zugriff darauf verloren, weil etwas anderes es geändert oder geschlossen hat',
      'Schließen Sie andere Tabs und Programme, die es benutzen.',
    ),
    NoModificationAllowedError: {
      read: {
        reason: 'Ein anderer Tab oder ein anderes Programm benutzt es gerade',
        advice: 'Schließen Sie andere Tabs und Programme, die es benutzen.',
      },
      write: {
        reason: 'Ein anderer Tab oder ein anderes Programm benutzt es gerade, oder es ist schreibgeschützt',
        advice: 'Schließen Sie andere Tabs und Programme, die es benutzen, und heben Sie den Schutz auf.',
      },
    },
    NotAllowedError: {
      read: {
        reason: 'Diese Seite darf es nicht mehr lesen',
        advice: 'Wählen Sie es noch einmal, und erlauben Sie es, wenn der Browser fragt.',
      },
      write: {
        reason: 'Diese Seite darf dort nicht mehr schreiben',
        advice:
          'Erlauben Sie es in den Einstellungen des Browsers für diese Seite, oder wenn der Browser fragt.',
      },
    },
    NotFoundError: {
      read: {
        reason:
          'Es ist nicht mehr da: verschoben, umbenannt oder gelöscht, oder der Datenträger wurde entfernt',
        advice: 'Legen Sie es zurück, oder wählen Sie es dort, wo es jetzt ist.',
      },
      write: {
        reason:
          'Die Datei oder der Ordner dafür wurde verschoben, umbenannt oder gelöscht, oder der Datenträger wurde entfernt',
        advice: 'Stellen Sie es wieder her. Mit einem neuen Code können Sie einen anderen Ordner wählen.',
      },
    },
    NotReadableError: {
      read: {
        reason:
          'Es hat sich verändert, seit es gewählt wurde, ein anderes Programm benutzt es, oder der Datenträger ist beschädigt',
        advice: 'Schließen Sie Programme, die es benutzen, und wählen Sie es noch einmal.',
      },
      write: {
        reason:
          'Der Browser kann es nicht öffnen; vielleicht benutzt es ein anderes Programm, oder der Datenträger ist beschädigt',
        advice: 'Schließen Sie Programme, die es benutzen, und prüfen Sie den Datenträger.',
      },
    },
    QuotaExceededError: both(
      'Der Datenträger ist voll, oder der Browser gibt dieser Seite nicht mehr Platz',
      'Schaffen Sie Platz auf diesem Gerät, oder löschen Sie Dateien, die diese Seite aufbewahrt.',
    ),
    SecurityError: {
      read: {
        reason: 'Der Browser lässt diese Seite dort nicht lesen',
        advice: 'Kopieren Sie es in einen anderen Ordner, und wählen Sie es dort.',
      },
      write: {
        reason: 'Der Browser lässt diese Seite dort nicht schreiben',
        advice: 'Wählen Sie mit einem neuen Code einen anderen Ordner oder den Speicher dieses Browsers.',
      },
    },
    TypeMismatchError: {
      read: {
        reason: 'Wo eine Datei war, ist jetzt ein Ordner, oder umgekehrt',
        advice: 'Wählen Sie es noch einmal.',
      },
      write: {
        reason: 'Ein Ordner heißt wie die Datei, oder eine Datei heißt wie ein Ordner',
        advice:
          'Benennen Sie um, was dort liegt. Mit einem neuen Code können Sie einen anderen Ordner wählen.',
      },
    },
  },
};
