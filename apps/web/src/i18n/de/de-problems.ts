// German endings.
import type { AllProblems, Problems } from '../problem-words.ts';

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
  'redirect-refused': {
    sentence: 'Der Server hat diese Seite an eine Adresse verwiesen, die nicht sicher ist.',
    next: 'Sagen Sie es dem Betreiber dieses Servers.',
  },
  'unknown-code': {
    sentence: 'Diesen Code gibt es nicht: Er ist vertippt, verbraucht oder abgelaufen.',
    next: 'Vergleichen Sie ihn mit dem Bildschirm der sendenden Seite, oder bitten Sie um einen neuen.',
  },
  'code-in-use': {
    sentence: 'Jemand anderes benutzt diesen Code schon.',
    next: 'Bitten Sie um einen neuen Code.',
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
    next: 'Geben Sie den Code ein, den die sendende Seite jetzt zeigt.',
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
  'code-disturbed': {
    sentence:
      'Andere haben diesen Code zu oft geöffnet und sind mittendrin gegangen. Er wird nicht mehr angeboten.',
    next: 'Nichts wurde gesendet. Beginnen Sie noch einmal mit einem neuen Code, und nehmen Sie ein anderes Netz oder einen anderen Server, wenn es wieder geschieht.',
  },
  'peer-outdated': {
    sentence: 'Die andere Seite braucht dafür eine neuere Fassung.',
    next: 'Dort muss die Seite neu geladen oder p2p-copy aktualisiert werden. Beginnen Sie dann noch einmal.',
  },
  'update-needed': {
    sentence: 'Die andere Seite verwendet etwas, das diese Seite noch nicht kennt.',
    next: 'Laden Sie diese Seite neu, damit Sie die neueste Fassung haben, und beginnen Sie noch einmal.',
  },
  'peer-version': {
    sentence: 'Die andere Seite hat eine Fassung, die zu dieser nicht passt.',
    next: 'Bringen Sie beide auf denselben Stand.',
  },
  declined: { sentence: 'Die andere Seite hat abgelehnt.', next: 'Nichts wurde übertragen.' },
  cancelled: { sentence: 'Die andere Seite hat abgebrochen.', next: `${KEPT} ${AGAIN}` },
  interrupted: {
    sentence: 'Sie haben abgebrochen.',
    next: 'Nichts Unvollständiges wurde gespeichert. Beginnen Sie noch einmal, wenn Sie bereit sind.',
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
  },
  'limit-exceeded': {
    sentence: 'Das ist mehr, als auf einmal übertragen werden kann.',
    next: 'Teilen Sie es auf, oder packen Sie es zuerst in eine Datei.',
  },
  'source-unreadable': {
    sentence: 'Eine Datei lässt sich nicht lesen.',
    next: 'Prüfen Sie, ob sie noch da ist und ob Sie sie öffnen können.',
  },
  'source-changed': {
    sentence: 'Eine Datei hat sich beim Senden verändert.',
    next: 'Senden Sie sie noch einmal, wenn niemand sie bearbeitet.',
  },
  incomplete: {
    sentence: 'Einige Dateien wurden nicht übertragen.',
    next: 'Die übrigen sind vollständig angekommen. Senden Sie die fehlenden noch einmal.',
  },
  'nothing-to-send': {
    sentence: 'Es gibt nichts zu senden.',
    next: 'Wählen Sie eine Datei oder einen Ordner, oder schreiben Sie eine Nachricht.',
  },
  'path-refused': {
    sentence: 'Ein Dateiname ist gefährlich und wurde abgelehnt.',
    next: 'Bitten Sie die sendende Seite, ihn zu ändern.',
  },
  'name-impossible': {
    sentence: 'Einen der Namen kann es auf diesem Gerät nicht geben.',
    next: 'Bitten Sie die sendende Seite, ihn zu ändern, oder empfangen Sie auf einem anderen Gerät.',
  },
  'no-space': {
    sentence: 'Es ist nicht genug Platz.',
    next: 'Schaffen Sie Platz, und beginnen Sie noch einmal.',
  },
  'sink-failed': {
    sentence: 'Eine Datei konnte nicht gespeichert werden.',
    next: 'Prüfen Sie den Ordner und seine Rechte, und beginnen Sie noch einmal.',
  },
  'part-changed': {
    sentence: 'Ein anderes Programm hat eine Datei geändert, bevor sie vollständig war.',
    next: 'Sie hat ihren Namen nicht bekommen. Sehen Sie nach, was in den Ordner schreibt, und beginnen Sie noch einmal.',
  },
  exists: {
    sentence: 'Eine Datei dieses Namens gibt es schon.',
    next: 'Wählen Sie einen anderen Ort.',
  },
};

export const classicProblems: Problems = {
  'relay-token-needed': {
    sentence:
      'Auf diesem Server darf nur senden, wer ein Zugangstoken hat, und in diesem Format ist kein Platz dafür.',
    next: 'Senden Sie auf beiden Seiten mit dieser Seite, oder nehmen Sie einen anderen Server.',
  },
  'code-in-use': {
    sentence: 'Zwei Seiten kamen mit diesem Code für dasselbe: beide zum Senden oder beide zum Empfangen.',
    next: 'Eine von beiden muss das andere tun. Ist es schon so, hat jemand anderes Ihren Code: Vereinbaren Sie einen neuen.',
  },
  'peer-gone': {
    sentence: 'Die andere Seite ist vor dem Ende gegangen.',
    next: `Sie hat abgebrochen oder die Verbindung verloren. ${KEPT} Beginnen Sie auf beiden Seiten noch einmal.`,
  },
  'digest-mismatch': {
    sentence: 'Eine Datei stimmt nicht mit ihrer Prüfsumme überein. Die Übertragung wurde angehalten.',
    next: 'Nichts Falsches wurde gespeichert. Beginnen Sie auf beiden Seiten noch einmal.',
  },
  'nothing-to-send': {
    sentence: 'In dem, was Sie gewählt haben, ist keine Datei.',
    next: 'Das Python-Programm nimmt Dateien, und Ordner, in denen welche sind.',
  },
};
