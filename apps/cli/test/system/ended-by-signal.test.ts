// A system that ends the command: a reboot, a service that is stopped, a terminal window that is closed. Nobody has decided to
// stop the transfer, so it goes on: the other end seeks this one, and p2p-copy resume continues here.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess } from './cli-process.ts';
import { halfway } from './halfway.ts';
import { hasScript } from './has-script.ts';
import { listTree, makeTree } from './tree.ts';

const notesIn = (set: { P2P_COPY_STATE: string }) =>
  listTree(join(set.P2P_COPY_STATE, 'transfers')).filter((name) => name.endsWith('.json'));

describe.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s', (signal, exitCode) => {
  it.each(['sender', 'receiver'] as const)(
    'at the %s cancels nothing: the other end waits for it',
    async (who) => {
      const scene = await halfway();
      const other = who === 'sender' ? 'receiver' : 'sender';
      scene[who].kill(signal);
      scene.letPass();
      expect(await scene[who].exitCode).toBe(exitCode);
      scene.letPass();
      expect(scene[who].stderr).toBe(
        `Ended by ${signal}.\nWhat has arrived is kept. Run p2p-copy resume to continue; the other side too, unless it still runs.\n`,
      );
      await scene[other].tells('reconnecting');
      expect(scene[other].child.exitCode).toBeNull();
      expect(notesIn(scene.here)).toHaveLength(1);
      expect(notesIn(scene.there)).toHaveLength(1);
      expect(listTree(join(scene.out, 'tree'))).toContain(partName('big.bin'));
      const again = who === 'sender' ? scene.resumeSender() : scene.resumeReceiver();
      await scene.expectDone(again, scene[other]);
    },
  );

  it('at both ends at once leaves two notes, with which they go on', async () => {
    const scene = await halfway();
    for (const who of ['sender', 'receiver'] as const) scene[who].kill(signal);
    scene.letPass();
    expect([await scene.sender.exitCode, await scene.receiver.exitCode]).toEqual([exitCode, exitCode]);
    scene.letPass();
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  });

  it('at an end that can never come back tells the other one so', async () => {
    const relay = await startRelayProcess();
    const out = await scratchFolder();
    const sender = run(['send', '-', '--json', '--relay', relay.url]);
    const { code } = await sender.tells('code');
    sender.type(Buffer.alloc(40_000_000, 7));
    const receiver = run(['receive', code as string, '--yes', '--json', '--relay', relay.url, '--out', out]);
    await receiver.tells('progress');
    sender.kill(signal);
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([exitCode, 4]);
    expect(sender.stderr).toBe(
      `Ended by ${signal}.\nIt cannot be resumed: run the same command to send it again, with another code.\n`,
    );
    expect(receiver.events.at(-1)).toMatchObject({ event: 'error', code: 'discarded' });
    expect(listTree(out)).toEqual([partName('stdin')]);
  });

  it('while a code is shown says nothing of a transfer', async () => {
    const relay = await startRelayProcess();
    const sender = run(['send', '--text', 'x', '--relay', relay.url]);
    await codeOf(sender);
    sender.kill(signal);
    expect(await sender.exitCode).toBe(exitCode);
    expect(sender.stderr).toMatch(
      new RegExp(`\\nEnded by ${signal}\\.\\nNothing was sent\\. Run the same command to start again\\.\\n$`),
    );
  });
});

describe.skipIf(!hasScript)('a terminal that is closed (needs script(1))', () => {
  it('under a running transfer ends it without a crash, and it goes on', async () => {
    const scene = await halfway();
    scene.sender.kill('SIGKILL');
    await scene.sender.exitCode;
    scene.letPass();
    const held = scene.proxy.holdAfter(3_000_000);
    const again = scene.resumeSender(['1'], { terminal: true });
    await again.says(/Looking for the other side/);
    await held;
    // Its terminal goes with it.
    again.kill('SIGKILL');
    await again.exitCode;
    await again.until(
      () => holderOf(scene.here) === null || null,
      'the end of the process behind the terminal',
    );
    scene.letPass();
    expect(notesIn(scene.here)).toHaveLength(1);
    await scene.expectDone(scene.resumeSender(), scene.receiver);
  });

  it('at a question ends the process, and the question is asked again when it is resumed', async () => {
    const relay = await startRelayProcess();
    const root = await scratchFolder();
    makeTree(root, { f: 'content' });
    const set = { P2P_COPY_STATE: join(root, 'state') };
    const sender = run(['send', join(root, 'f'), '--relay', relay.url]);
    const args = ['receive', await codeOf(sender), '--relay', relay.url, '--out', join(root, 'out')];
    const receiver = run(args, { terminal: true, set });
    await receiver.says(/Accept/);
    receiver.kill('SIGKILL');
    await receiver.until(() => holderOf(set) === null || null, 'the end of the process behind the terminal');
    const again = run(['resume', '1'], { terminal: true, set });
    await again.says(/Accept/);
    again.type('y\r');
    expect([await again.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(root, 'out/f'), 'utf8')).toBe('content');
  });
});

/** The process that holds the one note there. */
function holderOf(set: { P2P_COPY_STATE: string }): number | null {
  const [lock] = listTree(join(set.P2P_COPY_STATE, 'transfers')).filter((name) => name.endsWith('.lock'));
  return lock === undefined ? null : 1;
}
