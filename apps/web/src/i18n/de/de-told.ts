// German: what the person at the other device needs to be told.
import type { Words } from '../words.ts';

export const told: Pick<Words, 'told'> = {
  told: {
    terminal: 'In einem Terminal?',
    withNode: 'In einem Terminal mit Node 20 oder neuer:',
    copyLine: 'Befehl kopieren',
    codeKept: 'Ihr Code ist noch da, und nichts hat ihn verbraucht:',
    openInstead: 'Öffnen Sie stattdessen:',
    inTerminal: 'Oder in einem Terminal, in dem p2p-copy installiert ist:',
    onlyHere:
      'Diese Seite ist unter einer Adresse geöffnet, die nur dieses Gerät meint: Der Link funktioniert hier und sonst nirgends. Für andere Geräte öffnen Sie die Seite unter einer https-Adresse dieses Rechners.',
    commandOnlyHere:
      'Der Befehl nennt eine Adresse, die nur dieses Gerät meint: Er funktioniert hier und sonst nirgends. Für andere Geräte öffnen Sie diese Seite unter einer Adresse dieses Rechners, die sie erreichen.',
  },
};
