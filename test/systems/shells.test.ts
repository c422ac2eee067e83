// What the shells of other systems leave to a program, and what they do to its pipes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { BIN, finished, run } from '../../apps/cli/test/system/cli-process.ts';
import { listTree, makeTree } from '../../apps/cli/test/system/tree.ts';
import { onSystem, transferred } from './as-system.ts';

const hasZsh = spawnSync('zsh', ['--version']).status === 0;

it('patterns that cmd and PowerShell leave as they are, and a quote that completion left, mean what they say', async () => {
  const folder = await scratchFolder();
  makeTree(folder, {
    'a.md': 'a',
    'B.MD': 'b',
    'c.txt': 'c',
    'sub/d1.md': 'd',
    'sub/d22.md': 'd',
    'my folder/e': 'e',
    'out/': '',
  });
  const { exitCodes } = await transferred(['*.md', 'sub/d?.md', 'my folder"'], join(folder, 'out'), {
    sender: onSystem('windows'),
    options: { cwd: folder },
  });
  expect(exitCodes).toEqual([0, 0]);
  expect(listTree(join(folder, 'out'))).toEqual(['B.MD', 'a.md', 'd1.md', 'my folder', 'my folder/e']);
});

it('a pattern that matches nothing is told as one', async () => {
  const cwd = await scratchFolder();
  const { exitCode, stderr } = await finished(['send', '*.md'], { cwd, set: onSystem('windows') });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Nothing here is called like “*.md”.');
});

it('where the shell expands patterns, a name with a star is a name', async () => {
  const cwd = await scratchFolder();
  const { exitCode, stderr } = await finished(['send', '*.md'], { cwd });
  expect(exitCode).toBe(3);
  expect(stderr).toContain('“*.md” cannot be read: it does not exist.');
});

it.each([
  // What PowerShell sets for its children, and what stands for all programs of Windows.
  [
    'win32',
    'C:\\Users\\me\\Documents\\WindowsPowerShell\\Modules;C:\\Program Files\\WindowsPowerShell\\Modules',
    true,
  ],
  ['win32', 'C:\\Users\\me\\Documents\\PowerShell\\Modules;C:\\Program Files\\PowerShell\\Modules', true],
  [
    'win32',
    'C:\\Program Files\\WindowsPowerShell\\Modules;C:\\WINDOWS\\system32\\WindowsPowerShell\\v1.0\\Modules',
    false,
  ],
  ['linux', '/home/me/.local/share/powershell/Modules', true],
  ['linux', undefined, false],
] as const)(
  'on %s with the folders of modules %s, a pipe of PowerShell is warned about: %s',
  async (system, modules, isWarned) => {
    const set = {
      ...(system === 'win32' && onSystem('windows')),
      ...(modules !== undefined && { PSModulePath: modules }),
      P2P_COPY_RELAY: 'http://127.0.0.1:9',
    };
    const sender = run(['send', '-', '--reconnect-timeout', '0'], { set, input: 'x' });
    const receiver = run(['receive', '7-guitar-ocean', '--yes', '--stdout', '--reconnect-timeout', '0'], {
      set,
      input: '',
    });
    await Promise.all([sender.exitCode, receiver.exitCode]);
    expect(sender.stderr.includes('PowerShell before 7.4 changes the bytes of what is read')).toBe(isWarned);
    expect(receiver.stderr.includes('PowerShell before 7.4 changes the bytes of what is written')).toBe(
      isWarned,
    );
  },
);

it('there is a script for PowerShell', async () => {
  const { stdout, exitCode } = await finished(['completion', 'powershell']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Register-ArgumentCompleter');
});

it.skipIf(!hasZsh)('a zsh that has not called compinit takes its script', async () => {
  const folder = await scratchFolder();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(BIN, join(folder, 'bin/p2p-copy'));
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a parameter of zsh
  const script = 'source <(p2p-copy completion zsh); print -r -- ${_comps[p2p-copy]}';
  const env = {
    ...process.env,
    HOME: folder,
    ZDOTDIR: folder,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
  };
  const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8', env });
  expect(stderr).not.toMatch(/compdef|compinit/);
  expect(stdout.trim()).toBe('_p2p-copy');
});
