// A hostile sender's list, as long and as deep as it may be: the receiving command stays alive, and small.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostileSender } from '../../../../packages/core/test/transfer/rig/hostile-sender.ts';
import { createNodePorts } from '../../src/node/node-ports.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const LOOP_TURNS = fileURLToPath(new URL('loop-turns.mjs', import.meta.url));
/** Between two turns of the check, as docs/PROTOCOL.md section 10 has it. */
const ENTRIES_IN_A_TURN = 5000;

const LISTS = {
  '60,000 paths of depth 128': {
    entries: 60_000,
    pathOf: (i: number) => `${i}/${'d/'.repeat(126)}f`,
    pageEntries: 500,
  },
  'a million short names': { entries: 1_000_000, pathOf: (i: number) => `f${i}`, pageEntries: 4000 },
};

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay?.stop());

async function meet() {
  const folder = await scratchFolder();
  const turns = join(folder, 'turns.json');
  const ports = await createNodePorts({ caFile: undefined });
  const { code, joined } = await HostileSender.wait(ports, relay.url);
  const out = join(folder, 'out');
  const receiver = run(['receive', code, '--relay', relay.url, '--out', out, '--yes'], {
    set: { NODE_OPTIONS: `--import ${LOOP_TURNS}`, P2P_COPY_TEST_TURNS: turns },
  });
  const turnsSoFar = () => JSON.parse(readFileSync(turns, 'utf8')) as { turns: number; longestMs: number };
  return { sender: await joined, receiver, turnsSoFar };
}

/** Most memory that the process has had, in bytes. */
function peakMemory({ child }: CliProcess): number {
  const [, kib] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))!;
  return Number(kib) * 1024;
}

/** Resolves to the exit code, or to `still there` after what no person waits for. */
function exitInTime({ exitCode }: CliProcess): Promise<number | string> {
  return Promise.race([
    exitCode,
    new Promise<string>((resolve) => setTimeout(() => resolve('still there'), 10_000)),
  ]);
}

describe.each(Object.entries(LISTS))('%s', (_what, { entries, pathOf, pageEntries }) => {
  it('can be interrupted while they come', async () => {
    const { sender, receiver } = await meet();
    await sender.list(entries / 2, pathOf, pageEntries);
    receiver.kill('SIGINT');
    expect(await exitInTime(receiver)).toBe(130);
    expect(receiver.stderr).toContain('Interrupted');
    expect(await sender.hears('abort')).toMatchObject({ code: 'cancelled' });
  });

  it('can be interrupted when all have come, and take a bounded memory', async () => {
    const { sender, receiver, turnsSoFar } = await meet();
    await sender.list(entries, pathOf, pageEntries);
    await sender.say({ type: 'manifest-end', entries });
    // The question is answered by --yes once the whole list is checked.
    await receiver.says(/Offered: /);
    expect(turnsSoFar().turns).toBeGreaterThanOrEqual(entries / ENTRIES_IN_A_TURN);
    expect(peakMemory(receiver)).toBeLessThan(700e6);
    receiver.kill('SIGINT');
    expect(await exitInTime(receiver)).toBe(130);
  });

  it('are answered by Ctrl-C as soon as the last page is sent', async () => {
    const { sender, receiver } = await meet();
    await sender.list(entries, pathOf, pageEntries);
    await sender.say({ type: 'manifest-end', entries });
    receiver.kill('SIGINT');
    expect(await exitInTime(receiver)).toBe(130);
  });
});

it('a bad name on the first page ends the command though a million more are promised', async () => {
  const { sender, receiver } = await meet();
  await sender.say({ type: 'manifest', entries: [{ path: '../up', size: 1 }] });
  expect(await receiver.exitCode).toBe(4);
  expect(receiver.stderr).toContain('“../up” is refused');
  expect(await sender.hears('decline')).toEqual({ type: 'decline', code: 'path-refused', file: 0 });
});
