// The addon of QUIC in a process that has no room for it. A file of its own: it can be loaded once in a process.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { expect, it } from 'vitest';
import { loadQuinn } from '../../../src/node/direct/quic/quinn-addon.ts';

/** Sets how many files this process may have open. Returns how many before. */
function limitTo(most: string): string {
  const option = [`--pid=${process.pid}`, '--nofile'];
  const before = execFileSync('prlimit', [...option, '--raw', '--noheadings', '--output=SOFT'], {
    encoding: 'utf8',
  });
  execFileSync('prlimit', [option[0]!, `--nofile=${most}:`]);
  return before.trim();
}

it.skipIf(process.platform !== 'linux')(
  'a process with few descriptors left is told so, and not ended, by the addon of QUIC',
  () => {
    const before = limitTo('512');
    const opened: number[] = [];
    try {
      try {
        for (;;) opened.push(openSync(devNull, 'r'));
      } catch {}
      // Enough for the file of the addon, and too few for its threads.
      for (const descriptor of opened.splice(-3)) closeSync(descriptor);
      expect(() => loadQuinn()).toThrow('EMFILE');
    } finally {
      for (const descriptor of opened) closeSync(descriptor);
      limitTo(before);
    }
    expect(loadQuinn()).toHaveProperty('Server');
  },
);
