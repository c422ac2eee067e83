// Between the code and the answer to the offer: either end, or both, are killed while a person looks at the offer, and go on.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, finished, run, startRelayProcess } from './cli-process.ts';
import { startCutProxy } from './cut-proxy.ts';
import { killHolder, notesIn } from './noted-transfers.ts';
import { describeTree, makeTree } from './tree.ts';

/** A receiver at the question whether it accepts, in a terminal. */
async function reviewing({ senderOptions = {} }: { senderOptions?: { terminal?: boolean } } = {}) {
  const root = await scratchFolder();
  makeTree(join(root, 'tree'), { 'a.bin': randomBytes(300_000), 'b.txt': 'b' });
  const relay = await startRelayProcess();
  const [here, there] = ['sender', 'receiver'].map((who) => join(root, `state of the ${who}`)) as [
    string,
    string,
  ];
  const forSender = { set: { P2P_COPY_STATE: here, P2P_COPY_RELAY: relay.url } };
  const forReceiver = { set: { P2P_COPY_STATE: there, P2P_COPY_RELAY: relay.url } };
  const proxy = await startCutProxy(relay.url);
  const sender = run(['send', join(root, 'tree'), '--relay', proxy.url], { ...forSender, ...senderOptions });
  const code = senderOptions.terminal ? (await sender.says(/Code: ([\w-]+)/))[1]! : await codeOf(sender);
  const receive = () =>
    run(['receive', code, '--out', join(root, 'out'), '--overwrite', 'skip'], {
      ...forReceiver,
      terminal: true,
    });
  const receiver = receive();
  await receiver.says(/Accept .*\? \[y\/N/);
  return {
    root,
    code,
    proxy,
    sender,
    receiver,
    receive,
    forReceiver,
    notes: { sender: () => notesIn(here), receiver: () => notesIn(there) },
    killSender: () => killHolder(sender, here),
    killReceiver: () => killHolder(receiver, there),
    resumeSender: () => run(['resume'], forSender),
    resumeReceiver: () => run(['resume'], { ...forReceiver, terminal: true }),
    async accept(asked: CliProcess) {
      await asked.says(/Accept .*\? \[y\/N/);
      asked.type('y\r');
    },
    async expectDone(a: CliProcess, b: CliProcess) {
      const exitCodes = [await a.exitCode, await b.exitCode];
      expect(exitCodes, `${a.stdout}${a.stderr}\n${b.stdout}${b.stderr}`).toEqual([0, 0]);
      expect(describeTree(join(root, 'out/tree'))).toEqual(describeTree(join(root, 'tree')));
      for (const state of [here, there]) expect(notesIn(state)).toEqual([]);
    },
  };
}

describe('a review goes on when', () => {
  it('the receiver was killed: it is asked anew, with the options that it was given', async () => {
    const scene = await reviewing();
    makeTree(join(scene.root, 'out/tree'), { 'b.txt': 'mine' });
    await scene.killReceiver();
    await scene.sender.says(/nothing is accepted yet/);
    const listed = await finished(['resume', '--json'], scene.forReceiver);
    expect(listed.exitCode).toBe(2);
    expect(listed.stderr).toContain('There is no terminal to ask whether to accept.');
    const again = scene.resumeReceiver();
    await again.says(/receive what is offered into “.*\/out”, not accepted yet/);
    again.type('\r');
    await scene.accept(again);
    expect([await again.exitCode, await scene.sender.exitCode], scene.sender.stderr).toEqual([0, 0]);
    const [original, copy] = [join(scene.root, 'tree'), join(scene.root, 'out/tree')];
    expect(readFileSync(join(copy, 'a.bin')).equals(readFileSync(join(original, 'a.bin')))).toBe(true);
    expect(readFileSync(join(copy, 'b.txt'), 'utf8')).toBe('mine');
  });

  it('the receiver was killed, and types the same code again', async () => {
    const scene = await reviewing();
    await scene.killReceiver();
    const again = scene.receive();
    await again.says(/This code was used here before, for a transfer that is unfinished\./);
    await scene.accept(again);
    await scene.expectDone(scene.sender, again);
  });

  it('the sender was killed, and the question still stands', async () => {
    const scene = await reviewing();
    await scene.killSender();
    await scene.receiver.says(/nothing is accepted yet, and Ctrl-C stops\.\r\n.*Accept .*\? \[y\/N/);
    const again = scene.resumeSender();
    await scene.receiver.says(/which was restarted/);
    await scene.receiver.until(
      () => (scene.receiver.stdout.toString().match(/Offered: /g)?.length === 2 ? true : null),
      'a second offer',
    );
    scene.receiver.type('y\r');
    await scene.expectDone(again, scene.receiver);
    expect(again.stderr).toContain('(2 files, 300.0 kB) from');
    expect(again.stderr).toContain(', not accepted yet.');
  });

  it('both were killed', async () => {
    const scene = await reviewing();
    await scene.killSender();
    await scene.killReceiver();
    const [sender, receiver] = [scene.resumeSender(), scene.resumeReceiver()];
    await receiver.says(/Which one to continue/);
    receiver.type('\r');
    await scene.accept(receiver);
    await scene.expectDone(sender, receiver);
  });
});

it('a declined review leaves no note at either end', async () => {
  const scene = await reviewing();
  expect([scene.notes.sender().length, scene.notes.receiver().length]).toEqual([1, 1]);
  scene.receiver.type('n\r');
  expect([await scene.receiver.exitCode, await scene.sender.exitCode]).toEqual([4, 3]);
  expect([scene.notes.sender(), scene.notes.receiver()]).toEqual([[], []]);
});

it('a review that its person stops is over at both ends', async () => {
  const scene = await reviewing();
  scene.receiver.type('\u0003');
  expect([await scene.receiver.exitCode, await scene.sender.exitCode]).toEqual([130, 3]);
  expect([scene.notes.sender(), scene.notes.receiver()]).toEqual([[], []]);
});

it('who accepts while the sender is away reads that it begins later, and it does', async () => {
  const scene = await reviewing();
  scene.proxy.cut();
  await scene.receiver.says(/The connection to the sender is lost\. Reconnecting until/);
  scene.receiver.type('y\r');
  await scene.receiver.says(/Accepted\. It begins when the connection is back\./);
  scene.proxy.letThrough();
  await scene.expectDone(scene.sender, scene.receiver);
});

it('after ten seconds without the receiver the sender makes a new code for the same files at a key', async () => {
  const scene = await reviewing({ senderOptions: { terminal: true } });
  await scene.killReceiver();
  await scene.sender.says(/The other side has been away since \d\d:\d\d.*resumed there/);
  await scene.sender.says(/make a new code for the same files\? \[W\/n\]/);
  scene.sender.type('n');
  const [, code] = await scene.sender.says(/A new code for the same files; [\s\S]*Code: ([\w-]+)/);
  expect(scene.notes.sender()).toEqual([]);
  const receiver = run(['receive', code!, '--yes', '--out', join(scene.root, 'out')], {
    set: { ...scene.forReceiver.set, P2P_COPY_STATE: join(scene.root, 'another state') },
  });
  expect([await receiver.exitCode, await scene.sender.exitCode], receiver.stderr).toEqual([0, 0]);
  expect(describeTree(join(scene.root, 'out/tree'))).toEqual(describeTree(join(scene.root, 'tree')));
}, 60_000);

it('a stream that went to standard output is not written twice when its sender begins anew', async () => {
  const root = await scratchFolder();
  const relay = await startRelayProcess();
  const proxy = await startCutProxy(relay.url);
  const file = join(root, 'f');
  writeFileSync(file, randomBytes(30_000_000));
  const set = { P2P_COPY_STATE: join(root, 'state'), P2P_COPY_RELAY: relay.url };
  const sender = run(['send', file, '--json'], { set });
  const { code } = await sender.tells('code');
  const receiver = run(['receive', code as string, '--yes', '--stdout', '--relay', proxy.url], { set });
  await receiver.until(() => receiver.stdout.length || null, 'bytes');
  proxy.cut();
  sender.kill('SIGKILL');
  await sender.exitCode;
  await receiver.says(/it goes on from there if they still run, and Ctrl-C stops/);
  const before = receiver.stdout.length;
  proxy.letThrough();
  const again = run(['resume'], { set });
  expect([await receiver.exitCode, await again.exitCode]).toEqual([4, 3]);
  expect(receiver.stderr).toContain(
    'The sender begins anew, and what has gone to the stream cannot be written twice.\nIt cannot be resumed, and what was written is incomplete.',
  );
  expect(receiver.stdout.length - before).toBeLessThan(30_000_000 - before);
});
