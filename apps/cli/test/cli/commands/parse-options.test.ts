import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseCode, chooseRelay, parseRelay, parseWords } from '../../../src/cli/commands/parse-options.ts';
import { basicAuthorization, withoutLogin } from '../../../src/node/network/relay-login.ts';

afterEach(() => vi.unstubAllEnvs());

it.each(['1', '2', '12', ' 3 '])('takes %j words', (text) => {
  expect(parseWords(text)).toBe(Number(text));
});

it.each(['0', '13', '-1', '1.5', '1e1', '0x2', '', 'two', '999999999999'])('refuses %j words', (text) => {
  expect(() => parseWords(text)).toThrow('whole number from 1 to 12');
});

it.each([
  ['https://copy.example.org', 'https://copy.example.org'],
  ['http://10.0.0.7:8765/', 'http://10.0.0.7:8765/'],
  ['wss://copy.example.org/p2p', 'wss://copy.example.org/p2p'],
  ['copy.example.org', 'https://copy.example.org'],
  ['copy.example.org:444', 'https://copy.example.org:444'],
  ['localhost:8765', 'http://localhost:8765'],
  ['127.0.0.1:8765', 'http://127.0.0.1:8765'],
  ['[::1]:8765', 'http://[::1]:8765'],
])('takes the relay %s as %s', (text, expected) => {
  expect(parseRelay(text)).toBe(expected);
});

it.each(['', 'ftp://x', 'https://', 'https://x/?query', 'https://x/#7-a-b', 'a b', 'file:///x'])(
  'refuses the relay %j',
  (text) => {
    expect(() => parseRelay(text)).toThrow('It must be an address');
  },
);

it.each(['https://user:secret@x', 'wss://user:secret@x/path', 'https://user@x', 'https://a:b%40c@x'])(
  'takes the relay %j with its user name and password as it is',
  (text) => expect(parseRelay(text)).toBe(text),
);

it.each([
  'https://user:secret@x y',
  'https://user:secret@x?y',
  'https://us@er:secret@x',
  'ftp://user:secret@x',
])('refuses %j, and quotes nothing of it', (text) => {
  expect(() => parseRelay(text)).toThrow('The address of the relay is none.');
});

it.each([
  ['https://user:secret@x/p', 'https://x/p'],
  ['user:secret@x', 'x'],
  ['https://us@er:se@cret@x y', 'https://x y'],
  ['https://x/a@b', 'https://x/a@b'],
  ['https://user:pa/ss@x', 'https://x'],
  ['https://user:pa#ss@x', 'https://x'],
  ['user:pa/ss@x', 'x'],
])('shows %j as %j', (address, shown) => expect(withoutLogin(address)).toBe(shown));

it.each([
  ['https://x', null],
  ['https://user:p%40ss@x', 'user:p@ss'],
  ['https://user@x', 'user:'],
  ['https://user:100%@x', 'user:100%'],
  ['https://%C3%BCser:w%C3%B6rt@x', 'üser:wört'],
])('the login in %j is %j', (address, pair) => {
  const header = basicAuthorization(address);
  expect(header && Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe(pair);
});

describe('what is chosen', () => {
  it('is the option, then the link, then the environment, then this machine', () => {
    vi.stubEnv('P2P_COPY_RELAY', 'https://environment.example');
    expect(chooseRelay('https://option.example', 'https://link.example')).toBe('https://option.example');
    expect(chooseRelay(undefined, 'https://link.example')).toBe('https://link.example');
    expect(chooseRelay(undefined, null)).toBe('https://environment.example');
    vi.stubEnv('P2P_COPY_RELAY', '');
    expect(chooseRelay(undefined)).toBe('http://localhost:8765');
  });

  it('is no code where the environment has an empty one', () => {
    vi.stubEnv('P2P_COPY_CODE', '');
    expect(chooseCode(undefined)).toBeUndefined();
    vi.stubEnv('P2P_COPY_CODE', '7-guitar-ocean');
    expect(chooseCode(undefined)).toBe('7-guitar-ocean');
    expect(chooseCode('8-other-code')).toBe('8-other-code');
  });
});
