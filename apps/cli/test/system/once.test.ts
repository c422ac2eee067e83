// An end that can't be started anew, since it reads or writes a stream or notes nothing: the other end waits for its process, promises
// no resume, and says in the end what is left to do.
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, run, startRelayProcess } from './cli-process.ts';
import { startCutProxy } from './cut-proxy.ts';
import { listTree } from './tree.ts';

const FILE_BYTES = 60_000_000;

async function scene() {
  const root = await scratchFolder();
  const relay = await startRelayProcess();
  const file = join(root, 'f');
  writeFileSync(file, randomBytes(FILE_BYTES));
  const [here, there] = [join(root, 'here'), join(root, 'there')];
  const forSender = { set: { P2P_COPY_STATE: here, P2P_COPY_RELAY: relay.url } };
  const forReceiver = { set: { P2P_COPY_STATE: there, P2P_COPY_RELAY: relay.url } };
  return { root, relay, file, here, there, forSender, forReceiver };
}

/** A receiver into standard output, which nobody reads: it stands still when the transfer has begun. */
async function streaming(sender: CliProcess, { set }: { set: Record<string, string> }): Promise<CliProcess> {
  const code = await codeOf(sender);
  const receiver = run(['receive', code, '--yes', '--stdout'], { set, stdio: ['pipe', 'pipe', 'pipe'] });
  await sender.says(/Accepted: /);
  return receiver;
}

const notesIn = (state: string) => {
  const folder = join(state, 'transfers');
  return existsSync(folder) ? listTree(folder).filter((name) => name.endsWith('.json')) : [];
};

describe('a sender whose receiver writes to standard output', () => {
  it('and was killed is promised no resume, and is told to send again in the end', async () => {
    const { file, here, forSender, forReceiver } = await scene();
    const sender = run(['send', file, '--reconnect-timeout', '0'], forSender);
    const receiver = await streaming(sender, forReceiver);
    await sender.until(() => notesIn(here)[0] ?? null, 'a note');
    receiver.kill('SIGKILL');
    expect(await sender.exitCode).toBe(3);
    expect(sender.stderr).toContain('run the same command to send it again, with another code');
    expect(sender.stderr).not.toMatch(/p2p-copy resume|What has arrived is kept/);
    expect(notesIn(here)).toEqual([]);
  });

  it('waits for its process, and says that only that can go on', async () => {
    const { file, forSender, forReceiver } = await scene();
    const sender = run(['send', file], forSender);
    const receiver = await streaming(sender, forReceiver);
    receiver.kill('SIGKILL');
    await sender.says(/it goes on from there if they still run, and Ctrl-C stops/);
    await sender.says(/The other side has been away since .* It goes on only if p2p-copy still runs there/);
    expect(sender.stderr).not.toMatch(/nothing is lost|resume/);
  }, 40_000);

  it('whose connection was lost goes on with it', async () => {
    const { relay, file, forSender, forReceiver } = await scene();
    const proxy = await startCutProxy(relay.url);
    const sender = run(['send', file], forSender);
    const receiver = await streaming(sender, { set: { ...forReceiver.set, P2P_COPY_RELAY: proxy.url } });
    proxy.cut();
    await sender.says(/it goes on from there if they still run/);
    proxy.letThrough();
    let bytes = 0;
    receiver.child.stdout!.on('data', (piece: Buffer) => (bytes += piece.length));
    expect([await receiver.exitCode, await sender.exitCode], sender.stderr).toEqual([0, 0]);
    expect(bytes).toBe(FILE_BYTES);
  });
});

it('a sender whose receiver keeps no notes is promised no resume either', async () => {
  const { root, file, here, forSender, forReceiver } = await scene();
  const sender = run(['send', file, '--json', '--reconnect-timeout', '0'], forSender);
  const { code } = (await sender.tells('code')) as unknown as { code: string };
  const receiver = run(['receive', code, '--out', join(root, 'out')], {
    set: { ...forReceiver.set, P2P_COPY_KEEP_DAYS: '0' },
    terminal: true,
  });
  await receiver.says(/Accept .*\? \[y\/N/);
  await sender.tells('unresumable');
  expect(sender.events.filter(({ event }) => event === 'unresumable')).toHaveLength(1);
  receiver.kill('SIGKILL');
  await sender.exitCode;
  expect(sender.stderr + sender.stdout).not.toContain('resume ');
  expect(notesIn(here)).toEqual([]);
});

it('a receiver that reviews what comes from standard input reads that only its sender’s process can go on', async () => {
  const { root, there, forSender, forReceiver } = await scene();
  const sender = run(['send', '-'], forSender);
  const receiver = run(
    ['receive', await codeOf(sender), '--out', join(root, 'out'), '--reconnect-timeout', '1'],
    {
      ...forReceiver,
      terminal: true,
    },
  );
  await receiver.says(/Accept .*\? \[y\/N/);
  sender.kill('SIGKILL');
  await receiver.says(
    /The sender is not there at the moment, since .* It goes on only if p2p-copy still runs there/,
  );
  expect(receiver.stdout.toString()).not.toContain('it can be resumed there');
  receiver.type('\u0003');
  await receiver.exitCode;
  expect(notesIn(there)).toEqual([]);
}, 40_000);
