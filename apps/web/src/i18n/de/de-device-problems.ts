// Problems of devices that pair, or belong to one group, in German: part of the table of problems.
export const deDeviceProblems = {
  'pair-same-device': {
    sentence: 'Auf beiden Seiten ist dasselbe Gerät.',
    next: 'Zeigen Sie den Code auf einem Gerät, und geben Sie ihn auf dem anderen ein.',
  },
  'pair-needs-full': {
    sentence:
      'Keines der beiden Geräte kann ein Gerät in eine Gruppe aufnehmen: eine Seite im Browser kann das nicht.',
    next: 'Koppeln Sie jedes mit einem Gerät, auf dem der Befehl p2p-copy eingerichtet ist.',
  },
  'pair-two-groups': {
    sentence: 'Die beiden Geräte gehören zu verschiedenen Gruppen, und Gruppen werden nie vereinigt.',
    next: 'Verlassen Sie auf einem Gerät die Gruppe, und koppeln Sie dann noch einmal.',
  },
  'pair-words-differ': {
    sentence:
      'Die Wörter auf den beiden Geräten waren nicht gleich: vielleicht hat jemand dazwischen mitgelesen.',
    next: 'Nichts wurde gekoppelt. Versuchen Sie es über ein anderes Netz.',
  },
  'not-in-group': {
    sentence: 'Eines der beiden Geräte gehört nicht oder nicht mehr zur Gruppe.',
    next: 'Sehen Sie in der Liste der Geräte nach, und koppeln Sie noch einmal, wenn es dazugehören soll.',
  },
  'device-away': {
    sentence: 'Dieses Gerät ist gerade nicht da.',
    next: 'Starten Sie p2p-copy darauf, lassen Sie es empfangen, und versuchen Sie es noch einmal.',
  },
  'device-idle': {
    sentence: 'Dieses Gerät ist da, aber nichts darauf empfängt gerade.',
    next: 'Lassen Sie es empfangen, und versuchen Sie es noch einmal.',
  },
  'device-busy': {
    sentence: 'Dieses Gerät empfängt gerade etwas anderes.',
    next: 'Versuchen Sie es noch einmal, wenn es damit fertig ist.',
  },
  'group-changed': {
    sentence: 'Die Gruppe dieses Geräts hat sich inzwischen geändert.',
    next: 'Dadurch wurde nichts geändert. Sehen Sie in der Liste der Geräte nach, und versuchen Sie es noch einmal.',
  },
} as const;
