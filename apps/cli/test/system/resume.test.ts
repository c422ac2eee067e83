// What is interrupted goes on: an end, both or the relay die, a person stops it; p2p-copy resume finishes, without a code,
// and sends only what is missing.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { finished, startRelayProcess } from './cli-process.ts';
import { halfway } from './halfway.ts';
import { describeTree, listTree } from './tree.ts';

async function killed(...ends: { kill(signal: NodeJS.Signals): void; exitCode: Promise<number> }[]) {
  for (const end of ends) end.kill('SIGKILL');
  for (const end of ends) await end.exitCode;
}

const notesIn = (set: { P2P_COPY_STATE: string }) => listTree(join(set.P2P_COPY_STATE, 'transfers'));

describe('a transfer goes on when', () => {
  it('the receiver was killed, and the sender still waits', async () => {
    const scene = await halfway();
    await killed(scene.receiver);
    scene.letPass();
    const again = scene.resumeReceiver();
    await scene.expectDone(scene.sender, again);
    expect(scene.sender.events).toContainEqual({ event: 'reconnected', restarted: true });
    expect(again.stderr).toMatch(
      /^Continuing: receive “tree” \(4 files, 24\.0 MB\) into “.*\/out”\.\nLooking/,
    );
    expect(again.stderr).toMatch(/Comparing .* that are here already/);
    expect(notesIn(scene.here)).toEqual([]);
    expect(notesIn(scene.there)).toEqual([]);
  });

  it('the sender was killed, and the receiver still waits', async () => {
    const scene = await halfway();
    await killed(scene.sender);
    scene.letPass();
    await scene.expectDone(scene.resumeSender(), scene.receiver);
  });

  it('both were killed', async () => {
    const scene = await halfway();
    await killed(scene.sender, scene.receiver);
    scene.letPass();
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  });

  it('the relay was killed, and is started again', async () => {
    const scene = await halfway();
    await scene.relay.kill();
    scene.letPass();
    await startRelayProcess(new URL(scene.relay.url).port);
    await scene.expectDone(scene.sender, scene.receiver);
  });

  it('the relay was killed, and both ends gave up', async () => {
    const scene = await halfway({ args: ['--reconnect-timeout', '0'] });
    await scene.relay.kill();
    expect([await scene.sender.exitCode, await scene.receiver.exitCode]).toEqual([3, 4]);
    for (const { stderr } of [scene.sender, scene.receiver]) {
      expect(stderr).toMatch(/What has arrived is kept\. .*p2p-copy resume/);
    }
    scene.letPass();
    await startRelayProcess(new URL(scene.relay.url).port);
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver(['--all', '--json']));
  });

  it.each(['sender', 'receiver'] as const)('a person stopped the %s', async (who) => {
    const scene = await halfway();
    scene[who].kill('SIGINT');
    // What the stopped one says last stands in line behind what is held.
    scene.letPass();
    expect(await scene[who].exitCode).toBe(130);
    expect(scene[who].stderr).toBe(
      'Interrupted.\nWhat has arrived is kept. Run p2p-copy resume on both sides to continue.\n',
    );
    scene.letPass();
    const again = { sender: () => scene.resumeSender(), receiver: () => scene.resumeReceiver() };
    const other = who === 'sender' ? 'receiver' : 'sender';
    const first = again[who]();
    // It was told, and ended; or that came too late, and it still waits.
    const isOver = (await scene[other].exitCode) !== 0;
    if (isOver) expect(scene[other].events.at(-1)).toMatchObject({ event: 'error', code: 'stopped' });
    await scene.expectDone(first, isOver ? again[other]() : scene[other]);
  });

  it('both were killed again and again', async () => {
    const scene = await halfway();
    await killed(scene.sender, scene.receiver);
    for (let i = 0; i < 2; i += 1) {
      const held = scene.proxy.holdAfter(3_000_000);
      const [a, b] = [scene.resumeSender(), scene.resumeReceiver()];
      await held;
      await killed(a, b);
    }
    scene.letPass();
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  });

  it('the sender’s files changed in between', async () => {
    const scene = await halfway();
    await killed(scene.sender, scene.receiver);
    scene.letPass();
    const big = readFileSync(join(scene.source, 'big.bin'));
    big.fill(1, 1_000_000, 1_000_100);
    writeFileSync(join(scene.source, 'big.bin'), Buffer.concat([big, Buffer.from('and a tail')]));
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  });
});

describe('the receiver is killed when everything has come but the receipt', () => {
  it('and the sender says that it is done only after the receipt', async () => {
    const scene = await halfway({ holdAfterBytes: 23_800_000 });
    await killed(scene.receiver);
    scene.letPass();
    await scene.sender.tells('reconnecting');
    expect(scene.sender.events.map(({ event }) => event)).not.toContain('done');
    const again = scene.resumeReceiver(['--json']);
    await scene.expectDone(scene.sender, again);
    expect(scene.proxy.downBytes).toBeLessThan(26_000_000);
  });

  it('or just when it has sent it: whoever says that it is done is right', async () => {
    const scene = await halfway();
    scene.letPass();
    const isAll = ({ event, bytes, totalBytes }: Record<string, unknown>) =>
      event === 'progress' && bytes === totalBytes;
    await scene.receiver.until(() => scene.receiver.events.find(isAll) ?? null, 'all bytes');
    await killed(scene.receiver);
    const again = scene.resumeReceiver();
    expect(await scene.sender.exitCode).toBe(0);
    expect(describeTree(join(scene.out, 'tree'))).toEqual(describeTree(scene.source));
    // If the receipt had left, nobody comes any more; if even the answer had come, nothing is left to do.
    await again.says(/Looking for the other side|No transfer is unfinished/);
    again.kill('SIGINT');
    expect([0, 130]).toContain(await again.exitCode);
  });
});

describe('what was accepted', () => {
  it('is asked about again when the names differ, and not accepted without a terminal', async () => {
    const scene = await halfway();
    await killed(scene.sender, scene.receiver);
    scene.letPass();
    writeFileSync(join(scene.source, 'new.txt'), 'new');
    const [a, b] = [scene.resumeSender(), scene.resumeReceiver()];
    expect([await a.exitCode, await b.exitCode]).toEqual([3, 4]);
    expect(b.stderr).toContain('The sender offers other things than were accepted');
    expect(existsSync(join(scene.out, 'tree/new.txt'))).toBe(false);
    await scene.expectDone(scene.resumeSender(), scene.resumeReceiver(['--yes']));
    expect(readFileSync(join(scene.out, 'tree/new.txt'), 'utf8')).toBe('new');
  });

  it('stands: names, and what is replaced, left out or renamed', async () => {
    const scene = await halfway({ receiverArgs: ['--overwrite', 'always'] });
    await killed(scene.sender, scene.receiver);
    scene.letPass();
    // Put there since: not to be replaced, as nobody agreed to that.
    writeFileSync(join(scene.out, 'tree/big.bin'), 'mine');
    const [a, b] = [scene.resumeSender(), scene.resumeReceiver()];
    expect([await a.exitCode, await b.exitCode], b.stderr).toEqual([0, 0]);
    expect(readFileSync(join(scene.out, 'tree/big.bin'), 'utf8')).toBe('mine');
    const big = readFileSync(join(scene.source, 'big.bin'));
    expect(readFileSync(join(scene.out, 'tree/big (1).bin')).equals(big)).toBe(true);
    expect(b.stderr).toContain('“tree/big.bin” was already there; what came is saved as “tree/big (1).bin”.');
  });
});

it('says so when what is to be sent is gone, and goes on when it is back', async () => {
  const scene = await halfway();
  await killed(scene.sender, scene.receiver);
  scene.letPass();
  renameSync(scene.source, `${scene.source} moved`);
  const { exitCode, stderr } = await finished(['resume'], { set: scene.here });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(
    /\/tree” cannot be read: it does not exist\.\nCheck that it exists .*p2p-copy resume/,
  );
  renameSync(`${scene.source} moved`, scene.source);
  await scene.expectDone(scene.resumeSender(), scene.resumeReceiver());
  expect(describeTree(join(scene.out, 'tree'))).toEqual(describeTree(scene.source));
});

it('gives up when nobody comes, and keeps the note', async () => {
  const scene = await halfway();
  await killed(scene.sender, scene.receiver);
  await scene.relay.kill();
  const again = scene.resumeSender(['--reconnect-timeout', '1']);
  await again.says(/Looking for the other side/);
  again.kill('SIGINT');
  expect(await again.exitCode).toBe(130);
  expect(notesIn(scene.here)).toHaveLength(1);
});
