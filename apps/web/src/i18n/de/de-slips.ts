// German: slips in a typed code.
import type { Words } from '../words.ts';

export const slips: Words['slips'] = {
  noWords: 'Nach der Zahl fehlen die Wörter.',
  missingWord: 'Es fehlt ein Wort: Ein Code hat zwei oder mehr.',
  unfinishedWord: (word) => `Mehrere Wörter beginnen mit „${word}“.`,
  unknownWord: (word) => `„${word}“ ist kein Wort solcher Codes.`,
  several: 'Es kann mehr als ein Code gemeint sein.',
  linkWithoutCode: 'Dieser Link enthält keinen Code.',
  didYouMean: 'Meinten Sie dies?',
  asTyped: (code) => `Die andere Seite hat ihn selbst gewählt: ${code} unverändert verwenden`,
  otherSite: (host) => `Dieser Link gehört zu einer anderen Seite, ${host}. Sein Code gilt wohl nur dort.`,
  openThere: (host) => `${host} öffnen`,
  useHere: 'Den Code hier versuchen',
};
