// Where in a text its codes are: the links, what surrounds a code, and its parts. docs/PROTOCOL.md section 5.
import { FINGERPRINT_PARAMETER } from '../wire/code.ts';

/** A link in a text. */
export interface FoundLink {
  /** URL of the relay's page, without query and fragment. */
  site: string;
  /** What the link says of the certificate of that relay; null where it says nothing. Unchecked. */
  fingerprint: string | null;
  /** The decoded fragment; '' where there is none. */
  fragment: string;
  /** The text behind the link. */
  rest: string;
  /** Whether it has no scheme. */
  isBare: boolean;
}

/** White space, dashes, punctuation and invisible signs: what separates the parts of a code, whoever writes it. */
const SEPARATORS = '\\s\\p{P}\\p{Sm}\\p{Sk}\\p{Cf}\\p{Cc}\\u30fc\\u2800\\u3164\\uffa0';
const MOST_DIGITS = 64;
const PART = new RegExp(`[^${SEPARATORS}]+`, 'gu');
/** Mail programs, Markdown and prose put links between these; a link that a relay's page makes holds none of them. */
const LINK_PIECE = /[^\s<>"“”„«»「」『』`|]+/gu;
const SCHEME = /(?:https?|wss?):\/\//giu;
/** A host without a scheme, as some programs shorten a link. */
const BARE_HOST =
  /^\p{P}*((?:[\p{L}\p{N}-]+\.)+\p{L}{2,}|localhost|(?:\d+\.){3}\d+|\[[\da-f:.]+\])(:\d+)?(\/\S*)?$/iu;
const PAIRS = [
  '""',
  "''",
  '“”',
  '„“',
  '”“',
  '‘’',
  '‚‘',
  '«»',
  '»«',
  '‹›',
  '「」',
  '『』',
  '()',
  '[]',
  '<>',
  '{}',
  '``',
  '**',
  '__',
];

/** Full-width and other compatible forms made plain, lower case, without invisible signs within words. */
export function plainText(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  return plain.replace(/\u034f|\ufe0f|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, '');
}

/** What stands between separators. */
export function partsOf(text: string): string[] {
  return [...text.matchAll(PART)].map(([part]) => part);
}

/** The decimal digits of any script as ASCII, without leading zeros; null when `text` is no number, or a very long one. */
export function numberOf(text: string): string | null {
  if (text.length > MOST_DIGITS || !/^\p{Nd}+$/u.test(text)) return null;
  return [...text].map(digitOf).join('').replace(/^0+/, '');
}

/** Without what stands around it: white space, and pairs of quotes or brackets. */
export function unwrapped(text: string): string {
  let bare = text.trim();
  while (bare.length > 2 && PAIRS.includes(bare[0]! + bare.at(-1)!)) bare = bare.slice(1, -1).trim();
  return bare;
}

/** Links to http(s) and ws(s) pages, in their order; those of a text that begins with a number too, if they have a scheme. */
export function linksIn(text: string): FoundLink[] {
  // Some programs escape the sign before the fragment too.
  const whole = text.includes('#') ? text : text.replace(/(:\/\/\S*?)%23/giu, '$1#');
  return [...whole.matchAll(LINK_PIECE)].flatMap(({ 0: piece, index }) => {
    const link = linkOf(piece);
    return link === null ? [] : [{ ...link, rest: whole.slice(index + piece.length) }];
  });
}

/** The text without its links. */
export function withoutLinks(text: string): string {
  return text.replace(LINK_PIECE, (piece) => (linkOf(piece) === null ? piece : ' '));
}

function linkOf(piece: string): Omit<FoundLink, 'rest'> | null {
  const hash = piece.indexOf('#');
  const head = hash < 0 ? piece : piece.slice(0, hash);
  const scheme = [...decoded(head).matchAll(SCHEME)].at(-1);
  const address = scheme === undefined ? bareAddress(head, hash >= 0) : decoded(head).slice(scheme.index);
  const page = address === null ? null : pageOf(address);
  if (page === null) return null;
  return {
    ...page,
    isBare: scheme === undefined,
    fragment: hash < 0 ? '' : decoded(inBrackets(piece, hash)),
  };
}

/** What a link's fragment is: without the bracket that closes one in front of the link, as in Markdown. */
function inBrackets(piece: string, hash: number): string {
  const fragment = piece.slice(hash + 1);
  const isOpen = /[([{]/.test(piece.slice(0, hash)) || /^[([{]/.test(piece);
  return isOpen ? fragment.replace(/[)\]}][\p{P}]*$/u, '') : fragment;
}

function bareAddress(head: string, hasFragment: boolean): string | null {
  if (!hasFragment || head.includes('://')) return null;
  const [, host, port = '', path = '/'] = BARE_HOST.exec(head) ?? [];
  return host === undefined ? null : `https://${host}${port}${path}`;
}

function pageOf(address: string): Pick<FoundLink, 'site' | 'fingerprint'> | null {
  try {
    const { protocol, host, pathname, searchParams } = new URL(address);
    return {
      site: `${protocol.replace('ws', 'http')}//${host}${pathname}`,
      fingerprint: searchParams.get(FINGERPRINT_PARAMETER),
    };
  } catch {
    return null;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Each script has its ten digits in a row, from zero on. */
function digitOf(digit: string): number {
  let digitsBefore = 0;
  let point = digit.codePointAt(0)! - 1;
  while (/\p{Nd}/u.test(String.fromCodePoint(point))) {
    digitsBefore++;
    point--;
  }
  return digitsBefore % 10;
}
