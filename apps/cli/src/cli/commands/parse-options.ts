// Checks what was typed behind options and found in the environment. Nothing has been done yet when one is refused.
import { MAX_WORDS, originOf } from '@p2p-copy/core';
import { InvalidArgumentError } from 'commander';
import { DEFAULT_RELAY } from '../../constants/relay-address.ts';
import { withoutLogin } from '../../node/network/relay-login.ts';
import { quoted } from '../../wording/show-text.ts';
import { chooseToken, type TokenFor } from '../runs/choose-token.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { parseWhole } from './parse-whole.ts';

/** `--words`. */
export function parseWords(text: string): number {
  return parseWhole(text, 1, MAX_WORDS);
}

/** `--relay`: an http(s) or ws(s) URL; a bare host is taken as https, or as http on this machine. */
export function parseRelay(text: string): string {
  const given = text.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${schemeFor(given)}${given}`;
  if (isUsable(url)) return url;
  // Commander would quote the password with the rest.
  if (given.includes('@')) throw new UsageError('The address of the relay is none.', LOGIN_FORM);
  throw new InvalidArgumentError('It must be an address such as https://copy.example.org.');
}

/** The address of the app's page, which loads its files from below the path that it is at. */
export function parseSite(text: string): string {
  const url = new URL(parseRelay(text).replace(/^ws/i, 'http'));
  // With a user name and password, if there are any.
  if (url.pathname === '/') return url.href.replace(/\/$/, '');
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url.href;
}

/**
 * The relay to use: the option, else the one in a link, else the environment, else the default. Where the environment names
 * the relay of the link with a user name and password, those count.
 */
export function chooseRelay(option: string | undefined, inLink: string | null = null): string {
  if (option !== undefined) return option;
  const fromEnvironment = process.env.P2P_COPY_RELAY;
  if (inLink !== null) return isSameRelay(fromEnvironment, inLink) ? fromEnvironment! : inLink;
  if (fromEnvironment === undefined || fromEnvironment === '') return DEFAULT_RELAY;
  try {
    return parseRelay(fromEnvironment);
  } catch {
    throw new UsageError(
      `P2P_COPY_RELAY is ${quoted(withoutLogin(fromEnvironment))}, which is not the address of a relay.`,
      'Set it to an address such as https://copy.example.org, or unset it.',
    );
  }
}

/**
 * The access token for the relay of a transfer that was noted. The one in the environment is for the relay in the environment,
 * or for any where that names none.
 */
export function notedToken(option: string | undefined): (relay: string) => TokenFor {
  return (relay) => {
    const isNamed = !process.env.P2P_COPY_RELAY || originOf(chooseRelay(undefined)) === originOf(relay);
    return chooseToken(option, relay, isNamed);
  };
}

function isSameRelay(fromEnvironment: string | undefined, inLink: string): boolean {
  if (fromEnvironment === undefined || !URL.canParse(fromEnvironment)) return false;
  const pathOf = (url: string) => new URL(url).pathname.replace(/\/+$/, '');
  return originOf(fromEnvironment) === originOf(inLink) && pathOf(fromEnvironment) === pathOf(inLink);
}

/** The code to use: the argument, else the environment. */
export function chooseCode(argument: string | undefined): string | undefined {
  return argument ?? (process.env.P2P_COPY_CODE || undefined);
}

const LOGIN_FORM =
  'With a user name and password it is like https://user:password@copy.example.org; signs such as @ / ? # % in them are written as %40 and so on.';

function isUsable(url: string): boolean {
  if (!URL.canParse(url) || /[?#]/.test(url)) return false;
  const { protocol, username, password } = new URL(url);
  // An `@` in front of nothing is no login, and one in a path nobody means.
  const hasLogin = username !== '' || password !== '';
  return /^(http|ws)s?:$/.test(protocol) && url.split('@').length === (hasLogin ? 2 : 1);
}

function schemeFor(host: string): string {
  return /^(localhost|127\.|\[::1\])/.test(host) ? 'http://' : 'https://';
}
