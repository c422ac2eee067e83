// Ctrl-C at a terminal: the person says what becomes of what has arrived, and the other side hears which. Needs script(1).
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { halfway } from './halfway.ts';
import { hasScript } from './has-script.ts';
import { listTree } from './tree.ts';

const CTRL_C = '\u0003';
const PART = partName('big.bin');
const notesIn = (set: { P2P_COPY_STATE: string }) =>
  listTree(join(set.P2P_COPY_STATE, 'transfers')).filter((name) => name.endsWith('.json'));

/** A transfer in its middle, one end of which has a terminal. */
async function atTerminal(who: 'sender' | 'receiver') {
  const scene = await halfway();
  scene[who].kill('SIGKILL');
  await scene[who].exitCode;
  scene.letPass();
  const held = scene.proxy.holdAfter(3_000_000);
  const resume = who === 'sender' ? scene.resumeSender : scene.resumeReceiver;
  const end = resume(['1'], { terminal: true });
  await end.says(/Looking for the other side/);
  await held;
  return { scene, end, other: who === 'sender' ? scene.receiver : scene.sender };
}

describe.skipIf(!hasScript)('Ctrl-C at a terminal', () => {
  it.each([
    ['k', 'k'],
    ['Enter', '\r'],
    ['a second Ctrl-C', CTRL_C],
  ])('asks a receiver, keeps with %s, and the transfer can be resumed', async (_what, key) => {
    const { scene, end, other } = await atTerminal('receiver');
    end.type(CTRL_C);
    await end.says(/Stop: k keeps what has arrived, to go on later, d deletes unfinished files\. \[K\/d\] /);
    expect(other.child.exitCode).toBeNull();
    end.type(key);
    scene.letPass();
    expect(await end.exitCode).toBe(130);
    expect(end.stdout.toString()).toContain('Run p2p-copy resume on both sides to continue.');
    expect(await other.exitCode).toBe(3);
    expect(other.events.at(-1)).toMatchObject({ event: 'error', code: 'stopped' });
    expect(listTree(join(scene.out, 'tree'))).toContain(PART);
    scene.letPass();
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  });

  it('deletes with d what a receiver has not whole, and the sender hears that nobody comes back', async () => {
    const { scene, end, other } = await atTerminal('receiver');
    end.type(CTRL_C);
    await end.says(/d deletes unfinished files/);
    end.type('d');
    scene.letPass();
    expect(await end.exitCode).toBe(130);
    expect(end.stdout.toString()).toMatch(
      /Interrupted\. Deleted: 1 unfinished file\.\r\nIt cannot be resumed\. Files that are complete stay\.\r\n/,
    );
    expect(listTree(join(scene.out, 'tree'))).not.toContain(PART);
    expect(listTree(join(scene.out, 'tree'))).toContain('a.txt');
    expect(await other.exitCode).toBe(3);
    expect(other.events.at(-1)).toMatchObject({ event: 'error', code: 'discarded' });
    expect(other.stderr).toMatch(
      /stopped this transfer for good\.\nIt cannot be resumed: run the same command/,
    );
    expect([notesIn(scene.here), notesIn(scene.there)]).toEqual([[], []]);
  });

  it('stops with d for good at a sender, and the receiver’s part stays for a new transfer', async () => {
    const { scene, end, other } = await atTerminal('sender');
    end.type(CTRL_C);
    await end.says(/Stop: k keeps what it takes to go on later, d stops for good\. \[K\/d\] /);
    end.type('d');
    scene.letPass();
    expect([await end.exitCode, await other.exitCode]).toEqual([130, 4]);
    expect(other.events.at(-1)).toMatchObject({ event: 'error', code: 'discarded' });
    expect(other.stderr).toMatch(
      /for good\.\nIt cannot be resumed\. Unfinished files stay as \.p2p\.part files: the same files sent again/,
    );
    expect(listTree(join(scene.out, 'tree'))).toContain(PART);
    expect([notesIn(scene.here), notesIn(scene.there)]).toEqual([[], []]);
  });

  it('lets a transfer that ends meanwhile end well', async () => {
    const { scene, end, other } = await atTerminal('receiver');
    end.type(CTRL_C);
    await end.says(/d deletes unfinished files/);
    scene.letPass();
    expect([await end.exitCode, await other.exitCode]).toEqual([0, 0]);
    expect(end.stdout.toString()).toContain('Done: 4 files');
  });
});
