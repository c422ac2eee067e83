// The code that one person tells the other: nameplate and secret words. docs/PROTOCOL.md section 5.
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import { isNameplate } from '../relay-protocol/pairing-key.ts';
import { MAX_TYPED_CODE_LENGTH } from './limits.ts';

/** Words in a code unless asked for more: 22 bits, of which an attacker gets one guess. */
export const DEFAULT_WORDS = 2;
/** What a drawn word adds to a code: one of 2,048. */
export const BITS_PER_WORD = 11;
/** Most words in a drawn code. */
export const MAX_WORDS = 12;
/** Parameter of a link's query that holds the SHA-256 fingerprint of the relay's certificate, in hex. */
export const FINGERPRINT_PARAMETER = 'relay-fingerprint';
/** A secret that a person chose must be at least this long after normalizing. */
export const MIN_CHOSEN_SECRET_LENGTH = 6;
/** The 2,048 words that secrets are drawn from, in alphabetical order. */
export const WORDS: readonly string[] = wordlist;
const WORD_SET: ReadonlySet<string> = new Set(wordlist);

/** A code, taken apart. */
export interface Code {
  nameplate: string;
  /** Normalized secret part: what the password is stretched from. */
  secret: string;
}

/**
 * Parses a code exactly: any case, spaces or any dashes between the parts, or a link with the code in its fragment. What a
 * person typed is read by `readTypedCode` first.
 * @throws TransferError `bad-code`
 */
export function parseCode(text: string): Code {
  const [, nameplate, secret] = /^([^-]*)-(.*)$/.exec(normalizeSecret(textOfLink(text))) ?? [];
  if (nameplate === undefined || secret === undefined || secret === '' || !isNameplate(nameplate)) {
    throw new TransferError('bad-code');
  }
  return { nameplate, secret };
}

/**
 * Parses what a sender chose with `--code`: a whole code, or the secret part alone (the relay then allocates the
 * number).
 * @throws TransferError `bad-code` when the secret is too short, or the code too long
 */
export function parseChosenCode(text: string): { nameplate: string | null; secret: string } {
  const normalized = normalizeSecret(text);
  const [first = '', ...rest] = normalized.split('-');
  const chosen = isNameplate(first)
    ? { nameplate: first, secret: rest.join('-') }
    : { nameplate: null, secret: normalized };
  if (text.length > MAX_TYPED_CODE_LENGTH) {
    throw new TransferError('bad-code', `A code has at most ${MAX_TYPED_CODE_LENGTH} characters.`);
  }
  if (chosen.secret.length < MIN_CHOSEN_SECRET_LENGTH) {
    throw new TransferError(
      'bad-code',
      `The secret part of a code needs at least ${MIN_CHOSEN_SECRET_LENGTH} characters.`,
    );
  }
  return chosen;
}

/** The code as shown to people. */
export function formatCode({ nameplate, secret }: Code): string {
  return `${nameplate}-${secret}`;
}

/**
 * The link that carries a code in its fragment, which browsers never send to a server. A user name and password in the
 * relay's URL are this end's own, and aren't part of it.
 * @param fingerprint SHA-256 in hex of the certificate of a relay that nobody vouches for
 */
export function codeLink(relayUrl: string, code: string, fingerprint: string | null = null): string {
  const url = new URL(relayUrl);
  url.username = '';
  url.password = '';
  url.protocol = url.protocol.replace('ws', 'http');
  // Without the slash, a proxy that puts the relay below a path answers with a detour, or with another site.
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  if (fingerprint !== null) url.searchParams.set(FINGERPRINT_PARAMETER, fingerprint);
  url.hash = code;
  return url.href;
}

/** Random secret words, joined by `-`. `random` gives that many uniformly random bytes. */
export function drawSecret(words: number, random: (length: number) => Uint8Array): string {
  invariant(words >= 1 && words <= MAX_WORDS, 'word count out of range');
  const bytes = random(words * 2);
  // 65,536 is a multiple of 2,048, so the remainder is uniform.
  return Array.from({ length: words }, (_, i) => wordAt((bytes[2 * i]! << 8) | bytes[2 * i + 1]!)).join('-');
}

/** Whether codes are drawn with this word. */
export function isWord(text: string): boolean {
  return WORD_SET.has(text);
}

/** The word at `index` modulo 2,048. */
export function wordAt(index: number): string {
  return wordlist[index % wordlist.length]!;
}

/** Words that begin with `prefix`, for completion. The first four letters of each word are unique. */
export function completeWord(prefix: string): string[] {
  const normalized = prefix.toLowerCase();
  return normalized === '' ? [] : wordlist.filter((word) => word.startsWith(normalized));
}

/** NFKC, lower case, one `-` for each run of spaces, dashes and underscores, none at the ends. */
export function normalizeSecret(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\s\p{Pd}_]+/gu, '-')
    .replace(/^-+|-+$/g, '');
}

function textOfLink(text: string): string {
  const hash = text.indexOf('#');
  // A chosen secret may hold the sign.
  if (hash < 0 || /^\s*\p{Nd}+[\s\p{Pd}_]/u.test(text)) return text;
  try {
    return decodeURIComponent(text.slice(hash + 1));
  } catch {
    return text.slice(hash + 1);
  }
}
