// A part of an offer, in a terminal: by --only, by the list at the prompt, and from the library.
import { join } from 'node:path';
import { receive } from 'p2p-copy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { hasScript } from './has-script.ts';
import { listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });
const FILES = {
  'a.jpg': '1',
  'b.jpg': '22',
  'c.txt': '333',
  'doc/d.txt': '4444',
  'doc/e.jpg': '55555',
  'f/g': '6',
};

async function offered(args: readonly string[] = []) {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), FILES);
  const sender = run(['send', join(root, 'd'), ...args], { set: set() });
  return { root, out: join(root, 'out'), sender, code: await codeOf(sender) };
}

it('--only takes what matches, makes no other folder, and the sender reads what is left out', async () => {
  const { out, sender, code } = await offered();
  const args = ['--yes', '--out', out, '--only', '*.jpg', '--only', '!b.jpg', '--only', 'd/f/'];
  const receiver = run(['receive', code, ...args], { set: set() });
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  expect(listTree(join(out, 'd'))).toEqual(['a.jpg', 'doc', 'doc/e.jpg', 'f', 'f/g']);
  expect(receiver.stderr).toContain('Offered: 3 files, 7 bytes.');
  expect(receiver.stderr).toMatch(/Done: 3 files, 7 bytes, received and verified/);
  expect(receiver.stderr).not.toContain('already there');
  expect(sender.stderr).toMatch(/They leave out:\n {2}d\/b\.jpg\n {2}d\/c\.txt\n {2}d\/doc\/d\.txt/);
});

it('--only picks the one file that --stdout takes', async () => {
  const { sender, code } = await offered();
  const { exitCode, stdout } = await finished(['receive', code, '--yes', '--stdout', '--only', 'd/c.txt'], {
    set: set(),
  });
  expect([exitCode, await sender.exitCode, stdout]).toEqual([0, 0, '333']);
});

it('--only that matches nothing declines, writes nothing, and says so to both', async () => {
  const { out, sender, code } = await offered();
  const receiver = await finished(['receive', code, '--yes', '--out', out, '--only', '*.png'], {
    set: set(),
  });
  expect([receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
  expect(receiver.stderr).toContain('Nothing that is offered matches what is asked for');
  expect(() => listTree(out)).toThrow();
});

it('what was not chosen does not come when the transfer is resumed', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { 'big.bin': 'x'.repeat(3_000_000), 'no.txt': '1' });
  const slow = await startRelayProcess('0', ['--bytes-per-second', '400k']);
  const env = { P2P_COPY_RELAY: slow.url, P2P_COPY_STATE: join(root, 'state') };
  const sender = run(['send', join(root, 'd'), '--compress', 'off'], { set: { P2P_COPY_RELAY: slow.url } });
  const out = join(root, 'out');
  const receiver = run(
    ['receive', await codeOf(sender), '--yes', '--out', out, '--only', '*.bin', '--json'],
    {
      set: env,
    },
  );
  await receiver.tells('progress');
  receiver.kill('SIGKILL');
  await receiver.exitCode;
  const again = run(['resume', '--yes', '--json'], { set: env });
  expect([await again.exitCode, await sender.exitCode], again.stderr).toEqual([0, 0]);
  expect(listTree(join(out, 'd'))).toEqual(['big.bin']);
  await slow.stop();
});

it('another offer than was accepted is held to --only, too, when the transfer is resumed', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), { 'big.bin': 'x'.repeat(3_000_000), 'no.txt': '1' });
  const slow = await startRelayProcess('0', ['--bytes-per-second', '400k']);
  const env = (side: string) => ({ P2P_COPY_RELAY: slow.url, P2P_COPY_STATE: join(root, side) });
  const sender = run(['send', join(root, 'd'), '--compress', 'off'], { set: env('sender') });
  const out = join(root, 'out');
  const args = ['--yes', '--out', out, '--only', '*.bin', '--json'];
  const receiver = run(['receive', await codeOf(sender), ...args], { set: env('receiver') });
  await receiver.tells('progress');
  for (const end of [receiver, sender]) {
    end.kill('SIGKILL');
    await end.exitCode;
  }
  makeTree(join(root, 'd'), { 'another.txt': '2', 'another.bin': '3' });
  const [resumed, again] = ['sender', 'receiver'].map((side) =>
    run(['resume', '--yes', '--json'], { set: env(side) }),
  );
  expect([await again!.exitCode, await resumed!.exitCode], again!.stderr).toEqual([0, 0]);
  expect(listTree(join(out, 'd'))).toEqual(['another.bin', 'big.bin']);
  await slow.stop();
});

it('the library takes indices for a yes', async () => {
  const { out, sender, code } = await offered();
  const result = await receive({
    code,
    relay: relay.url,
    out,
    accept: ({ entries }) => entries.filter(({ path }) => path.endsWith('.txt')).map(({ index }) => index),
  });
  expect(await sender.exitCode).toBe(0);
  expect(result).toMatchObject({ files: 2, bytes: 7, skipped: [] });
  expect(listTree(join(out, 'd'))).toEqual(['c.txt', 'doc', 'doc/d.txt']);
});

describe.skipIf(!hasScript)('at the prompt (needs script(1))', () => {
  it('the question has the sum, and a list to choose from by numbers and patterns', async () => {
    const { out, sender, code } = await offered();
    const receiver = run(['receive', code, '--out', out], { set: set(), terminal: true });
    await receiver.says(/Accept 6 files, 16 bytes\? \[y\/N\/choose\] /);
    receiver.type('choose\r');
    await receiver.says(/ {2}1\. d\/a\.jpg, 1 byte\r\n.* {2}4\. d\/doc\/, 2 files, 9 bytes\r\n/s);
    await receiver.says(/Which\? .*: /);
    receiver.type('1,9\r');
    await receiver.says(/“9” is not in the list, which goes from 1 to 5\./);
    receiver.type('1 4-5\r');
    await receiver.says(/Accept 4 files, 11 bytes, of 6 files, 16 bytes\? \[y\/N\/choose\/list\] /);
    receiver.type('c\r');
    await receiver.says(/ {2}2\. d\/b\.jpg, 2 bytes \(left out\)/);
    receiver.type('*.jpg, !b.jpg\r');
    await receiver.says(/Accept 2 files, 6 bytes, of 6 files, 16 bytes\?/);
    receiver.type('y\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(listTree(join(out, 'd'))).toEqual(['a.jpg', 'doc', 'doc/e.jpg']);
  });

  it('choosing nothing, and Enter, decline', async () => {
    const { out, sender, code } = await offered();
    const receiver = run(['receive', code, '--out', out], { set: set(), terminal: true });
    await receiver.says(/Accept .*\? \[y/);
    receiver.type('choose\r');
    await receiver.says(/Which\?/);
    receiver.type('\r');
    await receiver.until(
      () => /Accept.*Accept 6 files/s.exec(receiver.stdout.toString()),
      'the question again',
    );
    receiver.type('\r');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
  });
});
