// German endings.

import type { AllProblems } from '../problem-words.ts';
import { deDeviceProblems } from './de-device-problems.ts';

const AGAIN = 'Beginnen Sie noch einmal, wenn beide bereit sind.';
const KEPT = 'Vollständig angekommene Dateien bleiben.';

export const problems: AllProblems = {
  'relay-unreachable': {
    sentence: 'Der Server dieser Seite ist nicht erreichbar.',
    next: 'Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.',
  },
  'not-a-relay': {
    sentence: 'Der Server dieser Seite antwortet nicht, wie er soll.',
    next: 'Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  },
  'relay-version': {
    sentence: 'Diese Seite ist älter oder neuer als ihr Server.',
    next: 'Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  },
  'relay-full': {
    sentence: 'Der Server hat gerade keinen Platz.',
    next: 'Versuchen Sie es in einigen Minuten noch einmal.',
  },
  'rate-limited': {
    sentence: 'Von hier kamen zu viele Versuche in kurzer Zeit.',
    next: 'Warten Sie eine Minute, und versuchen Sie es noch einmal.',
  },
  'relay-refused': {
    sentence: 'Der Server hat die Verbindung abgelehnt.',
    next: 'Laden Sie die Seite neu, und versuchen Sie es noch einmal.',
  },
  'relay-token-needed': {
    sentence: 'Auf diesem Server darf nur senden, wer ein Zugangstoken hat.',
    next: 'Bitten Sie den Betreiber dieses Servers um eines. Zum Empfangen mit einem Code brauchen Sie keines.',
  },
  'relay-token-refused': {
    sentence: 'Dieser Server kennt das Zugangstoken nicht, oder es wurde widerrufen.',
    next: 'Prüfen Sie, ob es vollständig und für diesen Server ist, oder bitten Sie den Betreiber um ein neues.',
  },
  'relay-token-expired': {
    sentence: 'Das Zugangstoken für diesen Server ist abgelaufen.',
    next: 'Bitten Sie den Betreiber dieses Servers um ein neues.',
  },
  'origin-refused': {
    sentence: 'Diese Adresse ist am Server nicht zugelassen.',
    next: 'Öffnen Sie die Seite unter der Adresse, unter der ihr Server bekannt ist, oder sagen Sie es seinem Betreiber: Im Protokoll des Servers steht, was einzustellen ist.',
  },
  'relay-without-rooms': {
    sentence: 'Dieser Server kennt keine Räume, in denen Geräte einander sehen.',
    next: 'Fragen Sie seinen Betreiber, ob er ihn aktualisiert, oder öffnen Sie die Seite eines anderen Servers.',
  },
  'room-full': {
    sentence: 'In diesem Raum am Server sind zu viele Geräte.',
    next: 'Versuchen Sie es später noch einmal, oder fragen Sie den Betreiber nach größeren Räumen.',
  },
  'redirect-refused': {
    sentence: 'Der Server hat diese Seite an eine Adresse verwiesen, die nicht sicher ist.',
    next: 'Sagen Sie es dem Betreiber dieses Servers.',
  },
  'relay-limit-transfer': {
    sentence: 'Der Server hat für eine Übertragung so viel durchgelassen, wie er durchlässt.',
    next: `${KEPT} Fragen Sie den Betreiber dieses Servers, oder senden Sie den Rest auf anderem Weg.`,
  },
  'relay-limit-day': {
    sentence: 'Das benutzte Zugangs-Token hat alles verbraucht, was der Server ihm am Tag durchlässt.',
    next: `${KEPT} Machen Sie morgen weiter, oder bitten Sie den Betreiber dieses Servers um mehr.`,
  },
  'relay-limit-time': {
    sentence: 'Der Server hält keine Verbindung länger, als diese gedauert hat.',
    next: `${KEPT} Beginnen Sie noch einmal, um den Rest zu senden.`,
  },
  'relay-limit-idle': {
    sentence: 'Der Server hat die Verbindung beendet, weil zu lange nichts gesendet wurde.',
    next: `${KEPT} Beginnen Sie noch einmal, wenn beide bereit sind.`,
  },
  'relay-limit-network': {
    sentence: 'Der Server nimmt aus diesem Netz keine Verbindungen an.',
    next: 'Benutzen Sie ein anderes Netz, oder fragen Sie den Betreiber dieses Servers.',
  },
  'unknown-code': {
    sentence: 'Diesen Code gibt es nicht: Er ist vertippt, verbraucht oder abgelaufen.',
    next: 'Vergleichen Sie ihn mit dem Bildschirm der sendenden Seite, oder bitten Sie um einen neuen.',
  },
  'code-in-use': {
    sentence: 'Jemand anderes benutzt diesen Code schon.',
    next: 'Bitten Sie um einen neuen Code.',
  },
  'sender-away': {
    sentence: 'Die sendende Seite ist gerade nicht verbunden.',
    next: 'Fragen Sie, ob p2p-copy dort noch wartet, und versuchen Sie es dann noch einmal.',
  },
  'code-taken': {
    sentence: 'Die Zahl dieses Codes ist vergeben.',
    next: 'Beginnen Sie noch einmal, um eine freie zu bekommen.',
  },
  'bad-code': {
    sentence: 'Das ist kein Code.',
    next: 'Er besteht aus einer Zahl und Wörtern, etwa 7-guitar-ocean.',
  },
  'wait-expired': {
    sentence: 'Es hat zu lange niemand den Code benutzt.',
    next: 'Beginnen Sie noch einmal, um einen neuen zu bekommen.',
  },
  'wrong-code': {
    sentence:
      'Die Wörter des Codes sind falsch, oder jemand hat geraten. Benutzen Sie ihn nicht noch einmal.',
    next: 'Benutzen Sie einen neuen Code.',
    ofSide: {
      send: 'Nichts wurde gesendet. Nennen Sie der anderen Seite den neuen Code, den diese Seite zeigt.',
      receive: 'Geben Sie den Code ein, den die sendende Seite jetzt zeigt.',
    },
  },
  'possible-guess': {
    sentence:
      'Nachdem die Wörter des Codes hier bestätigt waren, hat niemand für die sendende Seite geantwortet: Die Verbindung ist abgerissen, oder jemand dazwischen hat einmal geraten.',
    next: 'Fragen Sie, ob der Code dort noch wartet, bevor Sie es noch einmal versuchen. Kommt es wieder vor, bitten Sie um einen neuen.',
  },
  'code-spent': {
    sentence:
      'Dieser Code wurde hier dreimal ohne Antwort bestätigt und wird nicht mehr benutzt: Vielleicht versucht jemand, ihn zu erraten.',
    next: 'Bitten Sie um einen neuen Code, und nehmen Sie ein anderes Netz oder einen anderen Server, wenn es wieder geschieht.',
  },
  ...deDeviceProblems,
  'code-disturbed': {
    sentence:
      'Andere haben diesen Code zu oft geöffnet und sind mittendrin gegangen. Er wird nicht mehr angeboten.',
    next: 'Nichts wurde gesendet. Beginnen Sie noch einmal mit einem neuen Code, und nehmen Sie ein anderes Netz oder einen anderen Server, wenn es wieder geschieht.',
  },
  'peer-outdated': {
    sentence: 'Die andere Seite braucht dafür eine neuere Fassung.',
    next: 'Dort muss die Seite neu geladen oder p2p-copy aktualisiert werden. Beginnen Sie dann noch einmal.',
  },
  'load-failed': {
    sentence:
      'Ein Teil dieser Seite ließ sich nicht laden: Die Verbindung ist schlecht, oder ihr Server hat eine neuere Seite.',
    next: 'Laden Sie die Seite neu, und beginnen Sie noch einmal.',
  },
  'update-needed': {
    sentence: 'Die andere Seite verwendet etwas, das diese Seite noch nicht kennt.',
    next: 'Laden Sie diese Seite neu, damit Sie die neueste Fassung haben, und beginnen Sie noch einmal.',
  },
  'peer-version': {
    sentence: 'Die andere Seite hat eine Fassung, die zu dieser nicht passt.',
    next: 'Bringen Sie beide auf denselben Stand.',
  },
  declined: {
    sentence: 'Die andere Seite hat abgelehnt.',
    next: 'Nichts wurde übertragen.',
    ofSide: { receive: 'Nichts wurde gespeichert, und die sendende Seite weiß es.' },
  },
  cancelled: { sentence: 'Die andere Seite hat abgebrochen.', next: `${KEPT} ${AGAIN}` },
  stopped: { sentence: 'Die andere Seite hat vorerst angehalten.', next: `${KEPT} ${AGAIN}` },
  discarded: {
    sentence: 'Die andere Seite hat die Übertragung endgültig abgebrochen.',
    next: 'Sie kann nicht fortgesetzt werden. Um noch einmal zu senden, beginnen Sie mit einem neuen Code.',
    ofSide: { receive: `${KEPT} Bitten Sie die andere Seite, den Rest noch einmal zu senden.` },
  },
  interrupted: {
    sentence: 'Sie haben abgebrochen.',
    next: 'Nichts Unvollständiges wurde gespeichert. Beginnen Sie noch einmal, wenn Sie bereit sind.',
  },
  'no-direct-path': {
    sentence: 'Es fand sich kein direkter Weg zur anderen Seite, und eine Seite nimmt keinen anderen.',
    next: 'Die andere Seite verlangt einen direkten Weg. Beginnen Sie noch einmal, und lassen Sie dort auch den Weg über diesen Server zu.',
  },
  'no-quic': {
    sentence: 'Nur QUIC ist gewünscht, und dieses Gerät kann kein QUIC.',
    next: 'Wählen Sie einen anderen Weg.',
  },
  unconfirmed: {
    sentence: 'Alle Dateien sind angekommen, aber die Bestätigung der anderen Seite fehlt.',
    next: 'Wahrscheinlich ist alles da: Fragen Sie die andere Seite.',
  },
  'peer-gone': {
    sentence: 'Die Verbindung zur anderen Seite ist abgerissen.',
    next: `${KEPT} Beginnen Sie noch einmal, wenn beide online sind.`,
  },
  'connection-lost': {
    sentence: 'Die Verbindung ist abgerissen.',
    next: `${KEPT} Prüfen Sie Ihre Verbindung, und beginnen Sie noch einmal.`,
  },
  'peer-silent': {
    sentence: 'Die andere Seite antwortet nicht mehr.',
    next: `${KEPT} Beginnen Sie noch einmal, wenn beide online sind.`,
  },
  'protocol-violation': {
    sentence: 'Die andere Seite hat etwas gesendet, das nicht hierher gehört.',
    next: 'Bringen Sie beide auf denselben Stand, und beginnen Sie noch einmal.',
  },
  'authentication-failed': {
    sentence: 'Unterwegs wurden Daten verändert. Die Übertragung wurde angehalten.',
    next: 'Nichts Falsches wurde gespeichert. Beginnen Sie noch einmal, notfalls über ein anderes Netz.',
  },
  'digest-mismatch': {
    sentence: 'Eine Datei stimmt nicht mit ihrer Prüfsumme überein.',
    next: 'Nichts Falsches wurde gespeichert. Senden Sie sie noch einmal.',
    ofSide: { receive: 'Nichts Falsches wurde gespeichert. Bitten Sie darum, sie noch einmal zu senden.' },
  },
  'limit-exceeded': {
    sentence: 'Das ist mehr, als auf einmal übertragen werden kann.',
    next: 'Teilen Sie es auf, oder packen Sie es zuerst in eine Datei.',
    ofSide: { receive: 'Bitten Sie die sendende Seite, es aufzuteilen.' },
  },
  'source-unreadable': {
    sentence: 'Eine Datei lässt sich nicht lesen.',
    next: 'Prüfen Sie, ob sie noch da ist und ob Sie sie öffnen können.',
    ofSide: { receive: 'Bitten Sie die sendende Seite, sie zu prüfen und noch einmal zu senden.' },
  },
  'source-changed': {
    sentence: 'Eine Datei hat sich beim Senden verändert.',
    next: 'Senden Sie sie noch einmal, wenn niemand sie bearbeitet.',
    ofSide: { receive: 'Bitten Sie darum, sie noch einmal zu senden, wenn niemand sie bearbeitet.' },
  },
  incomplete: {
    sentence: 'Einige Dateien wurden nicht übertragen.',
    next: 'Die übrigen sind vollständig angekommen. Senden Sie die fehlenden noch einmal.',
    ofSide: {
      receive:
        'Die übrigen sind vollständig angekommen. Bitten Sie darum, die fehlenden noch einmal zu senden.',
    },
  },
  'nothing-to-send': {
    sentence: 'Es gibt nichts zu senden.',
    next: 'Wählen Sie eine Datei oder einen Ordner, oder schreiben Sie eine Nachricht.',
  },
  'path-refused': {
    sentence: 'Ein Dateiname ist gefährlich und wurde abgelehnt.',
    next: 'Die Datei braucht einen anderen Namen.',
    ofSide: {
      send: 'Benennen Sie die Datei um, und senden Sie noch einmal.',
      receive: 'Bitten Sie die sendende Seite, ihn zu ändern.',
    },
  },
  'name-impossible': {
    sentence: 'Einen der Namen kann es auf dem empfangenden Gerät nicht geben.',
    next: 'Die Datei braucht einen anderen Namen.',
    ofSide: {
      send: 'Benennen Sie die Datei um, oder senden Sie sie an ein anderes Gerät.',
      receive: 'Bitten Sie die sendende Seite, ihn zu ändern, oder empfangen Sie auf einem anderen Gerät.',
    },
  },
  'no-space': {
    sentence: 'Auf dem empfangenden Gerät ist nicht genug Platz.',
    next: 'Schaffen Sie dort Platz, und beginnen Sie noch einmal.',
    ofSide: { send: 'Bitten Sie die empfangende Seite, Platz zu schaffen, und senden Sie noch einmal.' },
  },
  'sink-failed': {
    sentence: 'Das empfangende Gerät konnte eine Datei nicht speichern.',
    next: 'Prüfen Sie den Ordner und seine Rechte, und beginnen Sie noch einmal.',
    ofSide: { send: 'Bitten Sie die empfangende Seite, den Ordner zu prüfen, und senden Sie noch einmal.' },
  },
  'part-changed': {
    sentence: 'Ein anderes Programm hat eine Datei geändert, bevor sie vollständig war.',
    next: 'Sie hat ihren Namen nicht bekommen. Sehen Sie nach, was in den Ordner schreibt, und beginnen Sie noch einmal.',
    ofSide: {
      send: 'Bitten Sie die empfangende Seite nachzusehen, was in den Ordner schreibt, und senden Sie noch einmal.',
    },
  },
  exists: {
    sentence: 'Eine Datei dieses Namens gibt es schon.',
    next: 'Wählen Sie einen anderen Ort.',
    ofSide: {
      send: 'Fragen Sie die empfangende Seite, was mit der vorhandenen Datei geschehen soll, und senden Sie noch einmal.',
    },
  },
};
