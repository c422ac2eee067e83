// German: a connection that is missing, what can be done about it, and how long a transfer took.
import type { Words } from '../words.ts';

export const waits: Pick<Words, 'outage' | 'code' | 'ended' | 'took' | 'reviewed'> = {
  outage: {
    connecting: 'Wird verbunden…',
    reconnecting: 'Wird neu verbunden…',
    offline: 'Dieses Gerät ist offline.',
    relay: 'Der Server ist nicht erreichbar.',
    peer: 'Die andere Seite ist gerade nicht da.',
    relayDetails: (since, until) =>
      `Keine Verbindung seit ${since}. Es geht von selbst weiter, sobald es eine gibt, bis ${until}.`,
    peerDetails: (since, until) =>
      `Nicht verbunden seit ${since}. Es geht von selbst weiter, sobald sie wieder da ist, bis ${until}.`,
    peerOnceDetails: (since, until) =>
      `Nicht verbunden seit ${since}. Es geht von selbst weiter, wenn p2p-copy dort noch läuft, bis ${until}. Wurde es dort geschlossen, kann es nicht fortgesetzt werden.`,
    kept: 'Was angekommen ist, bleibt.',
    codeRests: 'Solange kann niemand den Code benutzen. Lassen Sie diesen Tab offen.',
    acceptLater: 'Annehmen können Sie, sobald die andere Seite wieder da ist.',
    newCode: 'Neuer Code, dieselben Dateien',
    newCodeHint: 'Ein neuer Code beendet, was dort von diesem zu sehen ist.',
    putOff: 'Später',
    putOffHint:
      '„Später“ legt es auf die erste Seite: Dort kann es angesehen werden, solange die sendende Seite wartet.',
    declinedUntold: 'Nichts wurde empfangen. Die andere Seite ist nicht verbunden und hat es nicht erfahren.',
    opened:
      'Sie haben diesen Code schon einmal geöffnet; die Liste wird deshalb von derselben sendenden Seite geholt.',
    openAnew: 'Es ist ein anderer Code',
    relayEnded: (since) => `Der Server war seit ${since} nicht erreichbar.`,
    offlineEnded: (since) => `Dieses Gerät war seit ${since} offline.`,
    relayAgain:
      'Prüfen Sie die Verbindung dieses Geräts. Sobald es eine gibt, genügt ein Tippen für einen neuen Code.',
    relayJoin: 'Prüfen Sie die Verbindung dieses Geräts, und geben Sie den Code noch einmal ein.',
    tryAgain: 'Code noch einmal versuchen',
    relayResume:
      'Prüfen Sie die Verbindung dieses Geräts. Sobald es eine gibt, setzen Sie es auf der ersten Seite fort, falls die andere Seite noch wartet.',
    peerEnded: (since) => `Die andere Seite kam nicht zurück; zuletzt war sie um ${since} da.`,
    receiverResume:
      'Wenn p2p-copy dort wieder geöffnet und fortgesetzt wird, setzen Sie es hier auf der ersten Seite fort. Geht das nicht, senden Sie dieselben Dateien mit einem neuen Code.',
    receiverAgain:
      'Fragen Sie, ob die andere Seite bereit ist, und nennen Sie einen neuen Code für dieselben Dateien.',
    senderResume:
      'Bitten Sie die sendende Seite, p2p-copy wieder zu öffnen und dort fortzusetzen. Setzen Sie es dann hier auf der ersten Seite fort.',
    senderAgain: 'Nichts wurde empfangen. Bitten Sie die sendende Seite um einen neuen Code.',
    senderLost:
      'Es kann nicht fortgesetzt werden. Dateien, die vollständig ankamen, bleiben. Bitten Sie um einen neuen Code.',
  },
  code: {
    validUntil: (time) => `Der Code gilt einmal, bis ${time}.`,
    lost: 'Der Server wurde neu gestartet, und die Zahl des letzten Codes gehört inzwischen jemand anderem. Hier ist ein neuer Code für dieselben Dateien.',
  },
  ended: {
    finish: 'Abschließen',
    finishOf: (title) => `Abschließen: ${title}`,
    probablyThere:
      'Alles war dort angekommen, als dies geschlossen wurde; nur die Bestätigung fehlt. Fragen Sie zuerst die andere Seite: Wahrscheinlich ist nichts mehr zu tun. Oder wählen Sie die Dateien noch einmal: Dann wird die andere Seite 20 Sekunden lang gesucht.',
  },
  took: {
    seconds: (seconds) => `${seconds} s`,
    minutes: (minutes, seconds) => `${minutes} min ${seconds} s`,
    hours: (hours, minutes) => `${hours} h ${minutes} min`,
    time: (duration) => `Dauer: ${duration}.`,
    average: (duration, rate) => `Dauer: ${duration}, im Mittel ${rate}.`,
  },
  reviewed: {
    notAccepted: 'Noch nicht angenommen',
    resume: 'Ansehen',
    resumeOf: (title) => `${title} ansehen`,
    unknownOffer: 'Ein Angebot',
  },
};
