// Checks what was typed behind options and found in the environment. Nothing has been done yet when one is refused.
import { MAX_WORDS } from '@p2p-copy/core';
import { InvalidArgumentError } from 'commander';
import { DEFAULT_RELAY } from '../../library/relay-address.ts';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { parseWhole } from './parse-whole.ts';

/** `--words`. */
export function parseWords(text: string): number {
  return parseWhole(text, 1, MAX_WORDS);
}

/** `--patience`, in minutes; 0 gives up at once. */
export function parseMinutes(text: string): number {
  return parseWhole(text, 0, 10_080);
}

/** `--patience` of `resume`, which has to seek the other side. */
export function parsePatience(text: string): number {
  return parseWhole(text, 1, 10_080);
}

const SIZE_UNITS = ['', 'k', 'm', 'g', 't'];

/** `--max-size`: bytes, or with a unit of 1000: 500MB, 2GB. */
export function parseSize(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,15}(?:\.\d+)?) ?([kmgt]?)b?$/i.exec(text.trim()) ?? [];
  const bytes =
    digits === '' ? Number.NaN : Math.floor(Number(digits) * 1000 ** SIZE_UNITS.indexOf(unit.toLowerCase()));
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new InvalidArgumentError('It must be a size such as 500MB or 2GB.');
}

/** `--relay`: an http(s) or ws(s) URL; a bare host is taken as https, or as http on this machine. */
export function parseRelay(text: string): string {
  const given = text.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${schemeFor(given)}${given}`;
  const isUsable = URL.canParse(url) && /^(http|ws)s?:$/.test(new URL(url).protocol) && !/[?#@]/.test(url);
  if (!isUsable) throw new InvalidArgumentError('It must be an address such as https://copy.example.org.');
  return url;
}

/** The address of the app's page, which loads its files from the root of its origin. */
export function parseSite(text: string): string {
  const url = new URL(parseRelay(text).replace(/^ws/i, 'http'));
  if (url.pathname === '/') return url.origin;
  throw new InvalidArgumentError('It must be an address without a path, such as https://copy.example.org.');
}

/** The relay to use: the option, else the one in a link, else the environment, else the default. */
export function chooseRelay(option: string | undefined, inLink: string | null = null): string {
  const certain = option ?? inLink;
  if (certain !== null) return certain;
  const fromEnvironment = process.env.P2P_COPY_RELAY;
  if (fromEnvironment === undefined || fromEnvironment === '') return DEFAULT_RELAY;
  try {
    return parseRelay(fromEnvironment);
  } catch {
    throw new UsageError(
      `P2P_COPY_RELAY is ${quoted(fromEnvironment)}, which is not the address of a relay.`,
      'Set it to an address such as https://copy.example.org, or unset it.',
    );
  }
}

/** The code to use: the argument, else the environment. */
export function chooseCode(argument: string | undefined): string | undefined {
  return argument ?? (process.env.P2P_COPY_CODE || undefined);
}

function schemeFor(host: string): string {
  return /^(localhost|127\.|\[::1\])/.test(host) ? 'http://' : 'https://';
}
