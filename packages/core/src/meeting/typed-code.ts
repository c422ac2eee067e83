// A code as a person typed or pasted it: read, mended where only one code can be meant, and otherwise asked about. Nothing
// here connects, so a slip costs no code. docs/PROTOCOL.md section 5.
import { TransferError } from '../foundation/errors.ts';
import {
  type Code,
  formatCode,
  isWord,
  MAX_WORDS,
  MIN_CHOSEN_SECRET_LENGTH,
  parseCode,
} from '../wire/code.ts';
import { MAX_TYPED_CODE_LENGTH } from '../wire/limits.ts';
import { linksIn, numberOf, partsOf, plainText, unwrapped, withoutLinks } from './code-in-text.ts';
import { divisions, isUnfinished, MAX_SUGGESTIONS, nearWords, wholeWord } from './near-words.ts';

/** Why a text can't be used as a code without a question. */
export type CodeSlip =
  | 'empty'
  | 'no-number'
  | 'no-words'
  | 'missing-word'
  | 'unfinished-word'
  | 'unknown-word'
  | 'several'
  | 'link-without-code'
  | 'too-long';

/** The relay that a text names by a link; nulls where it names none. */
export interface LinkedRelay {
  /** Its page, `https://host/path`. */
  site: string | null;
  /** SHA-256 of its certificate as the link says it, unchecked; null where the link says nothing. */
  fingerprint: string | null;
}

/** A text that needs a question, or typing again. */
export interface SlippedCode extends LinkedRelay {
  kind: 'slip';
  slip: CodeSlip;
  /** The word that the slip is about, as typed; null where it is about none. */
  word: string | null;
  /** Codes that may be meant, most likely first: at most five. None is to be used before the person chose it. */
  suggestions: Code[];
  /** The code exactly as typed, for a secret that the sender chose, once the person said that it is one. */
  asTyped: Code | null;
}

/** What a typed text is: one code, with the relay that its link names, or a slip. */
export type TypedCode = ({ kind: 'code'; code: Code } & LinkedRelay) | SlippedCode;

/** What a text is without regard to the links in it. */
type Slip = Omit<SlippedCode, keyof LinkedRelay>;
type Reading = { kind: 'code'; code: Code } | Slip;

const NO_LINK: LinkedRelay = { site: null, fingerprint: null };

/** Reads `text`, which may be a code, a link, or either with other text around it. Never throws. */
export function readTypedCode(text: string): TypedCode {
  if (text.length > MAX_TYPED_CODE_LENGTH) return { ...slip('too-long', ''), ...NO_LINK };
  const beginsWithNumber = /^\s*\p{Nd}+[\s\p{Pd}_]/u.test(text);
  const links = beginsWithNumber && !text.includes('://') ? [] : linksIn(text);
  const [first, ...others] = links;
  if (first === undefined) return { ...read(text), ...NO_LINK };
  const withCodes = links.filter(({ fragment }) => fragment !== '');
  if (withCodes.length === 0) {
    const around = withoutLinks(text);
    if (numberAt(partsIn(around)) < 0) return { ...slip('link-without-code', ''), ...relayOf(first) };
    return { ...read(around), ...(others.length === 0 ? relayOf(first) : NO_LINK) };
  }
  const readings = withCodes.map((link) => ({ ...readFragment(link), ...relayOf(link) }));
  const certain = readings.filter((reading) => reading.kind === 'code');
  const isOne =
    new Set(certain.map(({ code, site, fingerprint }) => `${formatCode(code)} ${site} ${fingerprint}`))
      .size === 1;
  if (certain.length > 1 && !isOne) return { ...slip('several', ''), ...NO_LINK };
  // Behind a space within another link it may be half a host's name.
  const isHalf = withCodes[0]!.isBare && text.includes('://');
  const [found = readings[0]!] = certain;
  if (isHalf && found.kind === 'code') {
    return { ...slip('several', ''), suggestions: [found.code], ...NO_LINK };
  }
  return found;
}

function relayOf({ site, fingerprint }: LinkedRelay): LinkedRelay {
  return { site, fingerprint };
}

/** Whether a code that a sender chose is read as itself, or asked about, wherever it is typed. */
export function isReadAsChosen(code: Code): boolean {
  const reading = readTypedCode(formatCode(code));
  return reading.kind === 'slip' || formatCode(reading.code) === formatCode(code);
}

/** The code exactly as it stands in `text`, or behind a label in it; null when none does. */
function exactCode(text: string): Code | null {
  const whole = unwrapped(text);
  const exact = parsed(whole);
  if (exact !== null) return exact;
  const begin = /(?<![\p{L}\p{N}])\p{Nd}+[\s\p{Pd}_]/u.exec(whole)?.index;
  if (begin === undefined) return null;
  // A quote or bracket between the label and the number may have its other half at the end.
  return parsed(unwrapped(whole.slice(Math.max(0, begin - 1)))) ?? parsed(whole.slice(begin));
}

/** The code that the whole of `text` is, or null. */
export function parsed(text: string): Code | null {
  try {
    return parseCode(text.replace(/^\s*\p{Nd}+/u, (digits) => numberOf(digits.trim()) ?? digits));
  } catch (error) {
    if (error instanceof TransferError) return null;
    throw error;
  }
}

/** A mail program may have broken the line within the link. */
function readFragment({ fragment, rest }: { fragment: string; rest: string }): Reading {
  const isBroken = /\p{Pd}$/u.test(fragment) || /^\s*\p{Pd}/u.test(rest);
  const mended = isBroken ? read(fragment + rest.trimStart()) : null;
  return mended?.kind === 'code' ? mended : read(fragment);
}

function read(given: string): Reading {
  const text = withoutCopy(given);
  const whole = drawn(text);
  const compact = distinct(
    text
      .trim()
      .split(/(?<!\p{Pd})\s+/u)
      .map(drawn),
  );
  const lines = text.trim().split(/[\r\n]+/);
  const ofLines = distinct(lines.length === 1 ? [] : lines.map(drawn));
  if (whole !== null && distinct([whole, ...compact]).length === 1) {
    // What stands before the number is in no code; but a number before it could begin one that was chosen.
    if (whole.isFirst || parsed(text) === null) return certain(whole);
    return { ...slip('several', text), suggestions: [plain(whole)] };
  }
  const [line, ...otherLines] = ofLines;
  if (whole === null && line !== undefined && otherLines.length === 0) return certain(line);
  const candidates = distinct([...compact, ...ofLines, whole])
    .slice(0, MAX_SUGGESTIONS)
    .map(plain);
  if (candidates.length > 1) return { ...slip('several', text), suggestions: candidates };
  return slipOf(text, candidates);
}

function slipOf(text: string, candidates: Code[]): Reading {
  const parts = partsIn(text);
  if (parts.length === 0) return slip('empty', text);
  const at = numberAt(parts);
  if (at < 0) return { ...slip('no-number', text), suggestions: otherNumbers(text) };
  const nameplate = numberOf(parts[at]!)!;
  const words = parts.slice(at + 1);
  if (words.length === 0) return { ...slip('no-words', text), suggestions: otherNumbers(text) };
  const unknown = words.find((word) => wholeWord(word) === null);
  if (unknown === undefined) {
    if (words.length === 1) return slip('missing-word', text);
    return { ...slip('several', text), suggestions: candidates };
  }
  const others = otherNumbers(text);
  const suggestions = [
    ...candidates,
    ...others,
    ...corrections(words).map((found) => toCode(nameplate, found)),
  ];
  const kind = unknown === words.at(-1) && isUnfinished(unknown) ? 'unfinished-word' : 'unknown-word';
  return { ...slip(kind, text), word: unknown, suggestions: distinct(suggestions).slice(0, MAX_SUGGESTIONS) };
}

/** Secrets that may be meant by `words`, of which some are on no list. */
function corrections(words: string[]): string[][] {
  if (words.length > MAX_WORDS) return [];
  const divided = divisions(words.join(''));
  const known = words.findIndex((word) => wholeWord(word) === null);
  // Other text may follow a code.
  const leading = known < 2 ? [] : [words.slice(0, known).map((word) => wholeWord(word)!)];
  if (words.length === 1) return divided;
  let near: string[][] = [[]];
  for (const [index, word] of words.entries()) {
    const choices = nearWords(word, index === words.length - 1);
    near = near.flatMap((secret) => choices.map((choice) => [...secret, choice])).slice(0, MAX_SUGGESTIONS);
  }
  return [...divided, ...near, ...leading];
}

/** Where the number has letters that look like digits, or stands at the end. */
function otherNumbers(text: string): Code[] {
  const [first = '', ...rest] = partsOf(plainText(text));
  const orders = [[...rest.slice(-1), first, ...rest.slice(0, -1)]];
  if (/^[0-9oil]+$/.test(first)) orders.unshift([first.replaceAll('o', '0').replace(/[il]/g, '1'), ...rest]);
  return distinct(orders.map((order) => drawn(order.join(' ')))).map(plain);
}

type Drawn = Code & {
  /** Whether nothing stands before its number. */
  isFirst: boolean;
};

/** The code of 2 to 12 words of the list, some shortened, that `text` ends with; null where there is none. */
function drawn(text: string): Drawn | null {
  const parts = partsIn(text);
  for (let at = Math.max(0, parts.length - MAX_WORDS - 1); at < parts.length - 2; at++) {
    const nameplate = nameplateOf(parts[at]!);
    if (nameplate === null) continue;
    const words = parts.slice(at + 1).map(wholeWord);
    if (!words.includes(null)) return { ...toCode(nameplate, words as string[]), isFirst: at === 0 };
  }
  return null;
}

/** The parts of a text, with a number taken off the word that it touches. */
function partsIn(text: string): string[] {
  return partsOf(plainText(text)).flatMap((part) => {
    const [, number, word] = /^(\p{Nd}+)(\p{L}.*)$/u.exec(part) ?? [];
    return number === undefined ? [part] : [number, word!];
  });
}

function numberAt(parts: string[]): number {
  return parts.findIndex((part) => nameplateOf(part) !== null);
}

function nameplateOf(part: string): string | null {
  const number = numberOf(part);
  return number !== null && number.length >= 1 && number.length <= 9 ? number : null;
}

/** What was pasted twice is meant once. */
function withoutCopy(text: string): string {
  const [, once] = /^\s*(\S.*?)\s*\1\s*$/su.exec(text) ?? [];
  return once !== undefined && drawn(once)?.isFirst ? once : text;
}

function toCode(nameplate: string, words: readonly string[]): Code {
  return { nameplate, secret: words.join('-') };
}

function plain({ nameplate, secret }: Code): Code {
  return { nameplate, secret };
}

function certain(code: Code): Reading {
  return { kind: 'code', code: plain(code) };
}

function distinct<T extends Code>(codes: readonly (T | null)[]): T[] {
  const found = new Map<string, T>();
  for (const code of codes)
    if (code !== null && !found.has(formatCode(code))) found.set(formatCode(code), code);
  return [...found.values()];
}

/** A secret that no sender lets a person choose isn't offered as one. */
function slip(kind: CodeSlip, text: string): Slip {
  const exact = exactCode(text);
  const isPossible =
    exact !== null && (exact.secret.length >= MIN_CHOSEN_SECRET_LENGTH || isWord(exact.secret));
  return { kind: 'slip', slip: kind, word: null, suggestions: [], asTyped: isPossible ? exact : null };
}
