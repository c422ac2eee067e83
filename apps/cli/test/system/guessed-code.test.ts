// A person at a terminal whose code somebody else tries: what they read is true, and tells them what to do.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { meet } from '../../../../packages/core/test/transfer/rig/strangers.ts';
import { createDial, endpoint } from '../../src/node/network/dial-relay.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { listTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });

it('a receiver whose confirmation nobody answers reads that it may have been a guess', async () => {
  const dial = createDial({ endpoint, isSealed: true });
  let playing = Promise.resolve<number | undefined>(undefined);
  await new Promise<void>((waits) => {
    playing = meet(dial, relay.url, 'sender', '4811', waits).then(async ({ exchange, hear, channel }) => {
      await exchange();
      const [tag] = await hear();
      channel.terminate();
      return tag;
    });
  });
  const out = await scratchFolder();
  const args = ['receive', '4811-guitar-ocean', '--yes', '--out', out, '--reconnect-timeout', '0'];
  const receiver = await finished(args, { set: set() });
  expect(await playing).toBe(3);
  expect(receiver.exitCode).toBe(4);
  expect(receiver.stderr).toContain(
    'the connection was lost, or someone in between made one guess at the code',
  );
  expect(receiver.stderr).toContain(
    'Ask the sender whether this code still waits there before you try it again.',
  );
  expect(listTree(out)).toEqual([]);
});

it('a sender reads of joiners who leave, and of one with another version, and sends in the end', async () => {
  const sender = run(['send', '--text', 'hello', '--json'], { set: set() });
  const { code } = (await sender.tells('code')) as unknown as { code: string };
  const dial = createDial({ endpoint, isSealed: true });
  const visit = async (bytes: Uint8Array<ArrayBuffer>) => {
    const { channel } = await meet(dial, relay.url, 'receiver', code.split('-')[0]!);
    channel.send(bytes);
    while ((await channel.receive()).kind === 'message');
  };
  const greeting = `{"versions":[2],"nonce":"${'A'.repeat(43)}","lanes":8}`;
  await visit(Uint8Array.from([1, ...Buffer.from(greeting)]));
  const left = await sender.tells('left');
  expect(left).toEqual({ event: 'left', code: 'peer-version' });
  let receiver = await finished(['receive', code, '--yes'], { set: set() });
  while (receiver.stderr.includes('already opened this code')) {
    receiver = await finished(['receive', code, '--yes'], { set: set() });
  }
  expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
});

it('a sender reads that a code is void when somebody used wrong words, before the next one', async () => {
  const sender = run(['send', '--text', 'hello'], { set: set() });
  const code = await codeOf(sender);
  await finished(['receive', code.replace(/-.*/, '-wrong-words'), '--yes'], { set: set() });
  const [, next] = await sender.says(/it is void\. Nothing was sent\.\nA new code[^\n]*\nCode: (\S+)/);
  expect(next!.split('-')).toHaveLength(4);
});
