// A user without a home and without an entry in the system's list, as a container's often is: needs none to transfer a file.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, finished, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';

const UNKNOWN_USER = 54_321;
const HOMELESS = { P2P_COPY_STATE: '', HOME: '', XDG_STATE_HOME: '' };
const mayBeAnother = process.getuid?.() === 0;

/** Without the variable, since one that is empty is a home too. */
const within = ['env', '-u', 'HOME', '-u', 'P2P_COPY_STATE', '-u', 'XDG_STATE_HOME'];
const nobody = { uid: UNKNOWN_USER, gid: UNKNOWN_USER, cwd: '/', within, set: HOMELESS };

it.skipIf(!mayBeAnother)('every command says its version and its help', async () => {
  for (const args of [
    ['--version'],
    ['send', '--help'],
    ['relay', '--help'],
    ['completion', 'bash'],
    ['doctor', '--help'],
  ])
    expect(await finished(args, nobody)).toMatchObject({ exitCode: 0, stderr: '' });
});

it.skipIf(!mayBeAnother)('a file is sent and received, and both hear that nothing was noted', async () => {
  const folder = await scratchFolder();
  chmodSync(folder, 0o755);
  const [source, out] = [join(folder, 'a.txt'), join(folder, 'out')];
  writeFileSync(source, 'content');
  mkdirSync(out);
  chmodSync(out, 0o777);
  const relay = await startRelayProcess('0', ['--http'], nobody);
  const set = { ...HOMELESS, P2P_COPY_RELAY: relay.url };
  const sender = run(['send', source], { ...nobody, set });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out], { ...nobody, set });
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('content');
  for (const { stderr } of [sender, receiver])
    expect(stderr).toContain('This transfer cannot be continued after a restart');
  await relay.stop();
});

it.skipIf(!mayBeAnother)('what needs a home says so, and which variable to set', async () => {
  for (const args of [
    ['resume'],
    ['login', 'http://127.0.0.1:9'],
    ['relay', '--self-signed', '--port', '0'],
  ]) {
    const { exitCode, stderr } = await finished(args, { ...nobody, input: 'p2p-copy-AAAA\n' });
    expect([args[0], exitCode]).not.toEqual([args[0], 0]);
    expect(stderr).not.toMatch(/ at .*\.js/);
    if (args[0] !== 'login') expect(stderr).toMatch(/no home folder[\s\S]*P2P_COPY_STATE/);
  }
});
