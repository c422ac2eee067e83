import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseCode, chooseRelay, parseRelay, parseWords } from '../../../src/cli/commands/parse-options.ts';

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

it.each([
  '',
  'ftp://x',
  'https://',
  'https://x/?query',
  'https://x/#7-a-b',
  'https://user:secret@x',
  'a b',
  'file:///x',
])('refuses the relay %j', (text) => {
  expect(() => parseRelay(text)).toThrow('It must be an address');
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
