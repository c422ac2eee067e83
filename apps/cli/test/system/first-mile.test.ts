// From the command to the first byte, at the code screen: a relay that isn't there, is started anew or loses the sender; the code, and
// what each side reads meanwhile.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, finished, run, startRelayProcess } from './cli-process.ts';
import { startCutProxy } from './cut-proxy.ts';
import { describeTree, makeTree } from './tree.ts';

async function scene() {
  const root = await scratchFolder();
  makeTree(join(root, 'tree'), { 'a.bin': randomBytes(1_000_000), 'b.txt': 'b' });
  const set = { P2P_COPY_STATE: join(root, 'state of the sender') };
  const there = { P2P_COPY_STATE: join(root, 'state of the receiver') };
  const receive = (code: string, relay: string, ...args: string[]) =>
    run(['receive', code, '--yes', '--relay', relay, '--out', join(root, 'out'), ...args], { set: there });
  return {
    root,
    send: (relay: string, ...args: string[]) =>
      run(['send', join(root, 'tree'), '--relay', relay, ...args], { set }),
    receive,
    async expectDone(sender: CliProcess, receiver: CliProcess) {
      const exitCodes = [await receiver.exitCode, await sender.exitCode];
      expect(exitCodes, `${receiver.stderr}\n${sender.stderr}`).toEqual([0, 0]);
      expect(describeTree(join(root, 'out/tree'))).toEqual(describeTree(join(root, 'tree')));
    },
  };
}

/** A port on which nothing listens. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const count = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].length;

it('a relay that isn’t there yet is awaited at both ends, and told once', async () => {
  const { send, receive, expectDone } = await scene();
  const port = await freePort();
  const relay = `http://127.0.0.1:${port}`;
  const sender = send(relay, '--code', '4711-guitar-ocean');
  const receiver = receive('4711-guitar-ocean', relay);
  const sentence = new RegExp(
    `The relay at “127\\.0\\.0\\.1:${port}” cannot be reached\\. Trying again until \\d\\d:\\d\\d.*; Ctrl-C stops\\.`,
  );
  await Promise.all([sender.says(sentence), receiver.says(sentence)]);
  // Several attempts later.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  for (const { stderr } of [sender, receiver]) expect(count(stderr, /cannot be reached/g)).toBe(1);
  receiver.kill('SIGSTOP');
  await startRelayProcess(port);
  expect(await codeOf(sender)).toBe('4711-guitar-ocean');
  receiver.kill('SIGCONT');
  await expectDone(sender, receiver);
  expect(receiver.stderr).toContain('The relay is there.\n');
});

it('with no patience a relay that isn’t there is a failure at once', async () => {
  const { send } = await scene();
  const sender = send(`http://127.0.0.1:${await freePort()}`, '--patience', '0');
  expect(await sender.exitCode).toBe(3);
  expect(sender.stderr).not.toContain('Trying again');
});

it('a relay that is started anew while the code is on the screen has the same code', async () => {
  const { send, receive, expectDone } = await scene();
  const relay = await startRelayProcess();
  const sender = send(relay.url, '--wait', '30m');
  const code = await codeOf(sender);
  expect(sender.stderr).toMatch(/^Valid until \d\d:\d\d( on .*)?\.$/m);
  await relay.kill();
  await sender.says(
    /The connection to the relay is lost\. Reconnecting until \d\d:\d\d.*; the code stays the same unless a new one is shown\./,
  );
  await startRelayProcess(new URL(relay.url).port);
  await sender.says(/Connected again\. Waiting for the other side under the same code\./);
  await expectDone(sender, receive(code, relay.url));
  expect(count(sender.stderr, /^Code: /gm)).toBe(1);
});

it('a number that somebody else has after a restart is told with its reason, and a new code in its place', async () => {
  const { send, receive, expectDone } = await scene();
  const [relay, another] = [await startRelayProcess(), await startRelayProcess()];
  const proxy = await startCutProxy(relay.url);
  const sender = send(proxy.url);
  const code = await codeOf(sender);
  proxy.cut();
  await sender.says(/Reconnecting until/);
  const taker = run([
    'send',
    '--text',
    'x',
    '--relay',
    another.url,
    '--code',
    `${code.split('-')[0]}-other-words`,
  ]);
  await codeOf(taker);
  proxy.letThrough(another.url);
  await sender.says(
    /The relay was started anew, and somebody else has the number of this code by now, so it is void\./,
  );
  const [, newCode] = await sender.says(/A new code, which the other side needs instead:\nCode: (\S+)/);
  expect(newCode).not.toBe(code);
  await expectDone(sender, receive(newCode!, another.url));
});

it('a receiver who types the code while its sender is away waits for the sender', async () => {
  const { send, receive, expectDone } = await scene();
  const relay = await startRelayProcess();
  const proxy = await startCutProxy(relay.url);
  const sender = send(proxy.url);
  const code = await codeOf(sender);
  proxy.cut();
  await sender.says(/Reconnecting until/);
  const receiver = receive(code, relay.url);
  await receiver.says(
    /The sender of this code is not connected at the moment\. Waiting for them until \d\d:\d\d.*; Ctrl-C stops\./,
  );
  proxy.letThrough();
  await expectDone(sender, receiver);
});

it('a sender that is suspended while the code is on the screen comes back to the same code', async () => {
  const { send, receive, expectDone } = await scene();
  const relay = await startRelayProcess();
  const proxy = await startCutProxy(relay.url);
  const sender = send(proxy.url);
  const code = await codeOf(sender);
  sender.kill('SIGSTOP');
  // As a relay does that gets no answer to its pings.
  proxy.cut();
  proxy.letThrough();
  const receiver = receive(code, relay.url);
  await receiver.says(/is not connected at the moment/);
  sender.kill('SIGCONT');
  await expectDone(sender, receiver);
});

it('a code is valid for the time of --wait, and no other time is taken', async () => {
  const file = join(await scratchFolder(), 'f');
  writeFileSync(file, 'f');
  for (const time of ['0m', '30s', '15d', '24', 'h', '']) {
    const { exitCode, stderr } = await finished(['send', file, '--wait', time]);
    expect([exitCode, stderr.includes('It must be a time from 1m to 14d')], time).toEqual([2, true]);
  }
  const relay = await startRelayProcess();
  const sender = run(['send', file, '--json', '--relay', relay.url, '--wait', '14d']);
  expect(await sender.tells('code')).toMatchObject({ validMs: 14 * 86_400_000 });
});

it('both ends tell how long it took and how fast it was, also as numbers', async () => {
  const { send, receive } = await scene();
  const relay = await startRelayProcess();
  const sender = send(relay.url, '--json');
  const { code } = await sender.tells('code');
  const receiver = receive(code as string, relay.url);
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  expect(await sender.tells('done')).toMatchObject({ movedBytes: 1_000_001, elapsedMs: expect.any(Number) });
  expect(receiver.stderr).toMatch(/^Moved 1\.0 MB in \d+\.\d s(, .*\/s on average)?\.\nDone: 2 files/m);
});
