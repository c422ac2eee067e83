import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { theirCommand } from '../../src/classic/classic-command.ts';

test.each([
  ['send', true, 'https://copy.example.org', 'p2p-copy receive wss://copy.example.org a-code --encrypt'],
  ['send', false, 'http://localhost:8765', 'p2p-copy receive ws://localhost:8765 a-code'],
  ['receive', true, 'http://[::1]:80', 'p2p-copy send "ws://[::1]:80" a-code FILES --encrypt'],
] as const)('to %s, encrypted %s, at %s', (direction, encrypt, server, command) => {
  expect(theirCommand(direction, { code: 'a-code', encrypt }, { server, files: 'FILES' })).toBe(command);
});

test.each([
  ['7-guitar-ocean', '7-guitar-ocean'],
  ['Grüße', 'Grüße'],
  ['two words ', '"two words "'],
  ["it's", `"it's"`],
  ['a "b"', `'a "b"'`],
  ['$(rm) `x`', "'$(rm) `x`'"],
  ["'!'", `''\\''!'\\'''`],
  ['~', '"~"'],
  ['*', '"*"'],
  ['#a;b&c|d>e', '"#a;b&c|d>e"'],
])('a shell takes %j for one word', (code, quoted) => {
  const command = theirCommand('send', { code, encrypt: false }, { server: 'http://a', files: 'FILES' });
  expect(command).toBe(`p2p-copy receive ws://a ${quoted}`);
  const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' }).split('\n');
  expect(words[3]).toBe(code);
});
