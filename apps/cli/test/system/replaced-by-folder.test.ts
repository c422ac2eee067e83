// A file that a folder of the offer replaces: until all is here it is somewhere, and its owner is told where.
import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { run, startRelayProcess } from './cli-process.ts';
import { halfway } from './halfway.ts';
import { describeTree, listTree, makeTree } from './tree.ts';

it('a file that was to be replaced by a folder is not lost with a transfer that is stopped, and is told of', async () => {
  const out = await scratchFolder();
  makeTree(out, { tree: 'mine' });
  const scene = await halfway({ receiverArgs: ['--overwrite', 'always'], into: out });
  scene.receiver.kill('SIGINT');
  scene.letPass();
  expect(await scene.receiver.exitCode).toBe(130);
  const { message } = await scene.receiver.tells('warning');
  const [, place, kept] = /“([^”]+)” is now “([^”]+)”/.exec(message as string)!;
  expect(place).toBe(join(out, 'tree'));
  expect(readFileSync(kept!, 'utf8')).toBe('mine');

  // Its owner agreed to that it is replaced, but the process that set it aside is gone.
  await scene.sender.exitCode;
  const [sender, receiver] = [scene.resumeSender(), scene.resumeReceiver()];
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  expect(describeTree(join(out, 'tree'))).toEqual(describeTree(scene.source));
  expect(receiver.stderr).toContain(`“${join(out, 'tree')}” is now “${kept}”`);
  expect(readFileSync(kept!, 'utf8')).toBe('mine');
});

it('a file that was to be replaced by a folder is back where the sender could not deliver what is in it', async () => {
  const root = await scratchFolder();
  makeTree(root, { 'sent/tree/a.txt': 'theirs', 'out/tree': 'mine' });
  const relay = await startRelayProcess();
  const sender = run(['send', join(root, 'sent/tree'), '--json', '--relay', relay.url]);
  const { code } = await sender.tells('code');
  unlinkSync(join(root, 'sent/tree/a.txt'));
  const to = ['--out', join(root, 'out'), '--overwrite', 'always'];
  const receiver = run(['receive', code as string, '--yes', '--relay', relay.url, ...to]);
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([3, 4]);
  expect(listTree(join(root, 'out'))).toEqual(['tree']);
  expect(readFileSync(join(root, 'out/tree'), 'utf8')).toBe('mine');
});

it('a file that was to be replaced by a folder is gone once all is here', async () => {
  const out = await scratchFolder();
  makeTree(out, { tree: 'mine' });
  const scene = await halfway({ receiverArgs: ['--overwrite', 'always'], into: out });
  scene.letPass();
  await scene.expectDone(scene.sender, scene.receiver);
  expect(scene.receiver.events.some(({ event }) => event === 'warning')).toBe(false);
  expect(listTree(out).filter((path) => !path.startsWith('tree'))).toEqual([]);
  expect(listTree(out).some((path) => path.includes('.replaced'))).toBe(false);
});
