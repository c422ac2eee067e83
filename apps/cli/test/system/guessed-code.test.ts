// A person at a terminal whose code somebody else tries: what they read is true, and tells them what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmKey } from '../../../../packages/core/src/link/handshake.ts';
import { MAX_OPENED_IN_VAIN } from '../../../../packages/core/src/wire/limits.ts';
import { meet, type Stranger, TRICKS } from '../../../../packages/core/test/transfer/rig/strangers.ts';
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

/** What a receiver reads who types a code that its sender has given up. */
async function expectGivenUp(code: string) {
  const receiver = await finished(['receive', code, '--yes', '--reconnect-timeout', '0'], { set: set() });
  expect(receiver.stderr).toContain('There is no such code');
  expect(receiver.exitCode).toBe(4);
}

describe('a code that its sender has given up doesn’t work any more, also when', () => {
  const dial = createDial({ endpoint, isSealed: true });

  it('strangers disturbed it until the sender ended, the last of whom had left by then', async () => {
    const sender = run(['send', '--text', 'hello', '--json'], { set: set() });
    const { code } = (await sender.tells('code')) as unknown as { code: string };
    for (let visits = 0; visits < MAX_OPENED_IN_VAIN; visits += 1) {
      const stranger = await met(code);
      await TRICKS['has seen the share, and leaves'](stranger);
      stranger.channel.terminate();
      await sender.until(
        () => sender.events.filter(({ event }) => event === 'left').length > visits || sender.child.exitCode,
        'that the stranger left',
      );
    }
    expect(await sender.exitCode).toBe(3);
    expect(sender.stderr + sender.stdout).toContain('code-disturbed');
    await expectGivenUp(code);
  });

  it('it was burned by a guess whose stranger did not wait for the answer', async () => {
    const sender = run(['send', '--text', 'hello', '--json'], { set: set() });
    const { code } = (await sender.tells('code')) as unknown as { code: string };
    const stranger = await met(code);
    const unconfirmed = await stranger.exchange();
    void confirmKey(stranger.channel, unconfirmed).catch(() => {});
    stranger.channel.terminate();
    await sender.until(() => sender.events.filter(({ event }) => event === 'code')[1] ?? null, 'a new code');
    await expectGivenUp(code);
  });

  it('its sender was stopped while it rested after a stranger', async () => {
    const sender = run(['send', '--text', 'hello', '--json'], { set: set() });
    const { code } = (await sender.tells('code')) as unknown as { code: string };
    const stranger = await met(code);
    sender.kill('SIGSTOP');
    stranger.channel.terminate();
    sender.kill('SIGINT');
    sender.kill('SIGCONT');
    await sender.exitCode;
    await expectGivenUp(code);
  });

  /** A stranger under that code; the sender may not be back from the last one yet. */
  async function met(code: string): Promise<Stranger> {
    for (;;) {
      const stranger = await meet(dial, relay.url, 'receiver', code.split('-')[0]!).catch(() => null);
      if (stranger !== null) return stranger;
    }
  }
});
