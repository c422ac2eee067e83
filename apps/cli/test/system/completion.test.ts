import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { BIN, finished } from './cli-process.ts';

async function complete(...words: string[]): Promise<string[]> {
  const { stdout, exitCode } = await finished(['complete', '--', ...words]);
  expect(exitCode).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t')[0]!);
}

it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
  const { stdout, stderr, exitCode } = await finished(['completion', shell]);
  expect(exitCode).toBe(0);
  expect(stderr).toBe('');
  expect(stdout).toContain('p2p-copy complete --');
});

it('knows commands, options and their values', async () => {
  expect(await complete('')).toEqual(expect.arrayContaining(['send', 'receive', 'relay', 'completion']));
  expect(await complete('rec')).toEqual(['receive', ':4']);
  expect(await complete('receive', '--o')).toEqual(['--out', '--overwrite', '--only', ':4']);
  expect(await complete('receive', '--overwrite', '')).toEqual(['ask', 'skip', 'rename', 'always', ':4']);
  expect(await complete('completion', '')).toEqual(['bash', 'zsh', 'fish', 'powershell', ':4']);
});

it('leaves paths to the shell', async () => {
  expect(await complete('send', '')).toEqual([':0']);
  expect(await complete('send', '--words', '3', 'pho')).toEqual([':0']);
  expect(await complete('receive', '--out', '')).toEqual([':0']);
  expect(await complete('receive', '')).toEqual([':4']);
});

it.each([
  ['p2p-copy rec', 'receive'],
  ['p2p-copy receive --ov', '--overwrite'],
  ['p2p-copy receive --overwrite re', 'rename'],
])('completes %j to %j in bash', async (line, expected) => {
  const folder = await scratchFolder();
  execFileSync('ln', ['-s', BIN, join(folder, 'p2p-copy')]);
  const script = `
    PATH="${folder}:$PATH"
    compopt() { :; }
    source <(p2p-copy completion bash)
    COMP_WORDS=(${line}) COMP_CWORD=${line.split(' ').length - 1}
    __p2p_copy_complete
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const completed = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(completed.trim().split('\n')).toEqual([expect.stringMatching(new RegExp(`^${expected}\\b`))]);
});
