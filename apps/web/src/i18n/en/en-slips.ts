// English: slips in a typed code.

export const slips = {
  noWords: 'The words after the number are missing.',
  missingWord: 'A word is missing: a code has two or more.',
  unfinishedWord: (word: string) => `Several words begin with “${word}”.`,
  unknownWord: (word: string) => `“${word}” is not a word of such codes.`,
  several: 'More than one code may be meant.',
  linkWithoutCode: 'That link holds no code.',
  didYouMean: 'Did you mean this?',
  asTyped: (code: string) => `The sender chose it: use ${code} as typed`,
  otherSite: (host: string) =>
    `That link is of another site, ${host}. Its code is probably for that one only.`,
  openThere: (host: string) => `Open ${host}`,
  useHere: 'Try the code here',
} as const;
