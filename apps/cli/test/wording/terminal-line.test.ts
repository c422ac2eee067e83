// The line for a terminal where nothing is installed: a shell takes what is in it for single words.
import { execFileSync } from 'node:child_process';
import { terminalLine } from '@p2p-copy/core';
import { expect, it } from 'vitest';

const COMMAND = 'c0'.repeat(32);
const FINGERPRINT = 'F1'.repeat(32);

it.each([
  [
    'under an authority’s certificate',
    terminalLine('https://copy.example.org/', '7-guitar-ocean', { fingerprint: null, command: COMMAND }),
    'curl -fsS https://copy.example.org/cli.mjs -o p2p-copy.mjs && node p2p-copy.mjs receive 7-guitar-ocean --relay https://copy.example.org',
  ],
  [
    'under the relay’s own',
    terminalLine('https://192.168.1.5:8765', '7-guitar-ocean', {
      fingerprint: FINGERPRINT,
      command: COMMAND,
    }),
    `curl -fsSk https://192.168.1.5:8765/cli.mjs -o p2p-copy.mjs && echo '${COMMAND}  p2p-copy.mjs' | sha256sum -c && node p2p-copy.mjs receive 7-guitar-ocean --relay https://192.168.1.5:8765 --relay-fingerprint ${FINGERPRINT}`,
  ],
  [
    'by http, where a fingerprint means nothing',
    terminalLine('http://h:1/copy/', null, { fingerprint: FINGERPRINT, command: COMMAND }),
    'curl -fsS http://h:1/copy/cli.mjs -o p2p-copy.mjs && node p2p-copy.mjs receive --relay http://h:1/copy',
  ],
  [
    'of a relay that serves no command line',
    terminalLine('https://h', '7-guitar-ocean', { fingerprint: null, command: null }),
    'p2p-copy receive 7-guitar-ocean --relay https://h',
  ],
])('%s', (_name, line, expected) => {
  expect(line).toBe(expected);
});

it.each(['7-$(touch x)', "7-it's", '7-a;b', '7-`x`', '7-a"b', '7-a&b|c>d', '7-Grüße', '7-*'])(
  'a shell takes the code %j for one word',
  (code) => {
    const line = terminalLine('https://[::1]:8765', code, { fingerprint: null, command: null });
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' }).split('\n');
    expect(words).toEqual(['p2p-copy', 'receive', code, '--relay', 'https://[::1]:8765', '']);
  },
);
