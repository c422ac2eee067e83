// German, for those who talk with the Python tool.

import type { Problems } from '../problem-words.ts';
import type { ClassicWords } from '../words.ts';

/** As de-problems.ts says it, which would be a file of its own if it were shared. */
const KEPT = 'Vollständig angekommene Dateien bleiben.';

const problems: Problems = {
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

export const classic: ClassicWords = {
  title: 'Mit dem Python-Programm',
  lead: (program) =>
    `Für Leute, die ${program} haben, das ältere Programm für die Kommandozeile, und diese Seite nicht öffnen können.`,
  direction: 'Was Sie tun',
  sendHint: 'Dateien und Ordner',
  receiveHint: 'Sie sehen zuerst die Liste',
  suggest: 'Code vorschlagen',
  codeMissing:
    'Vereinbaren Sie zuerst einen Code mit der anderen Seite, oder nehmen Sie einen vorgeschlagenen.',
  codeSpaces:
    'Dieser Code beginnt oder endet mit einem Leerzeichen. Auch auf der anderen Seite gehört es dazu.',
  codeShort:
    'Das ist kurz. Bei diesem älteren Format kann, wer den Server betreibt, auch hinterher noch Codes durchprobieren. Am besten ist ein langer, zufälliger.',
  codeAny: 'Ein beliebiger Text, auf beiden Seiten Zeichen für Zeichen gleich.',
  encrypt: 'Verschlüsseln',
  encryptHint: 'Auf beiden Seiten gleich, wie im Befehl unten',
  open: 'Wer den Server betreibt, kann dann alles lesen, was Sie senden oder empfangen.',
  theyType: 'Was die andere Seite eingibt',
  whereToReceive: 'In dem Ordner, in den die Dateien sollen. Wer zuerst anfängt, ist egal.',
  whatToSend: (files) =>
    `Mit den eigenen Dateien und Ordnern an der Stelle von ${files}. Wer zuerst anfängt, ist egal.`,
  youSend: 'Was Sie senden',
  command: 'Befehl',
  copyCommand: 'Befehl kopieren',
  codeInCommand: 'CODE',
  filesInCommand: 'DATEIEN',
  calling: 'Warten, bis die andere Seite den Befehl startet',
  ownCertificate:
    'Der Server dieser Seite hat ein eigenes Zertifikat, das das Python-Programm ablehnt: Es läuft dort, wo die Variable SSL_CERT_FILE eine Kopie dieses Zertifikats nennt, oder mit einem Server, der mit --http gestartet wurde.',
  silentEncrypted: (option) =>
    `Der Befehl läuft, und nichts geschieht? Dann ist der Code ein anderer, oder nur eine Seite verschlüsselt: Hier wird verschlüsselt, also endet der Befehl mit ${option}.`,
  silentOpen: (option) =>
    `Der Befehl läuft, und nichts geschieht? Dann ist der Code ein anderer, oder nur eine Seite verschlüsselt: Hier wird nicht verschlüsselt, also steht im Befehl kein ${option}.`,
  problems,
};
