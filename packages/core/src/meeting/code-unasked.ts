// A typed code where nobody can be asked, and the English sentences about slips. docs/PROTOCOL.md section 5.
import { TransferError } from '../foundation/errors.ts';
import { type Code, formatCode } from '../wire/code.ts';
import { type CodeSlip, type LinkedRelay, parsed, readTypedCode, type SlippedCode } from './typed-code.ts';

const NO_CODE = 'That is not a p2p-copy code.';

const SENTENCES: Record<CodeSlip, string | ((word: string) => string)> = {
  empty: NO_CODE,
  'no-number': NO_CODE,
  'no-words': NO_CODE,
  'too-long': NO_CODE,
  'missing-word': 'That code has one word only; a code has two or more.',
  'unfinished-word': (word) => `Several words of codes begin with “${word}”.`,
  'unknown-word': (word) => `“${word}” is not a word of drawn codes.`,
  several: 'More than one code may be meant.',
  'link-without-code': 'That link holds no code.',
};

/** What is wrong, for people, in English. `word` may hold anything that was typed. */
export function slipSentence({ slip, word }: Pick<SlippedCode, 'slip' | 'word'>): string {
  const sentence = SENTENCES[slip];
  return typeof sentence === 'string' ? sentence : sentence(word ?? '');
}

/**
 * The code in `text` where nobody can be asked. Drawn codes are mended where one code can be meant; any other secret is taken
 * exactly as it stands, since the sender may have chosen it.
 * @throws TransferError `bad-code` for what can't be a code
 */
export function codeUnasked(text: string): { code: Code } & LinkedRelay {
  const reading = readTypedCode(text);
  if (reading.kind === 'code') return reading;
  const code = ['missing-word', 'too-long'].includes(reading.slip) ? null : asItStands(text, reading);
  if (code === null) throw new TransferError('bad-code', sentenceWithGuess(reading));
  return { code, site: reading.site, fingerprint: reading.fingerprint };
}

/** A link's code as the link has it; behind a label only what nothing else is meant by. */
function asItStands(text: string, { suggestions, asTyped }: SlippedCode): Code | null {
  if (text.includes('://')) return asTyped;
  return parsed(text) ?? (suggestions.length === 0 ? asTyped : null);
}

function sentenceWithGuess(reading: SlippedCode): string {
  const [first] = reading.suggestions;
  const guess = first === undefined ? '' : ` Did you mean ${formatCode(first)}?`;
  return slipSentence(reading) + guess;
}
