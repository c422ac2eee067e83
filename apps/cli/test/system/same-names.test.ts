// Several transfers that receive files of one name into one folder at once: each has a part and a name of its own.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

interface Pair {
  content: Buffer;
  sender: CliProcess;
  receiver: CliProcess;
}

/** A sender of `name`, and a receiver into `out` that has begun to write. The path is throttled. */
async function begin(
  relay: RelayProcess,
  out: string,
  name: string,
  receiveArgs: string[] = [],
): Promise<Pair> {
  const content = randomBytes(2 * 1024 * 1024);
  const source = join(await scratchFolder(), name);
  mkdirSync(join(source, '..'), { recursive: true });
  writeFileSync(source, content);
  const state = { P2P_COPY_STATE: await scratchFolder() };
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', name.includes('/') ? join(source, '..') : source], { set });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out, ...receiveArgs], {
    set: { ...set, ...state },
  });
  await sender.says(/Accepted/);
  return { content, sender, receiver };
}

const slowRelay = () => startRelayProcess('0', ['--bytes-per-second', '1500k']);

function inodesIn(folder: string, isWanted: (name: string) => boolean): number[] {
  return readdirSync(folder)
    .filter(isWanted)
    .map((name) => statSync(join(folder, name)).ino);
}

function expectEach(folder: string, pairs: readonly Pair[]): void {
  const files = readdirSync(folder).sort();
  expect(files.filter((name) => name.endsWith('.p2p.part'))).toEqual([]);
  const found = files.map((name) => readFileSync(join(folder, name)));
  expect(found).toHaveLength(pairs.length);
  for (const { content } of pairs) expect(found.filter((bytes) => bytes.equals(content))).toHaveLength(1);
}

it.each([
  [2, 'report.pdf', []],
  [3, 'report.pdf', []],
  [2, 'report.pdf', ['--no-resume']],
  [2, 'folder/report.pdf', []],
])('%i at once of “%s” (%j) all arrive whole, numbered', async (count, name, receiveArgs) => {
  const relay = await slowRelay();
  const out = await scratchFolder();
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i += 1) pairs.push(await begin(relay, out, name, receiveArgs));
  for (const { receiver, sender } of pairs)
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  const folder = name.includes('/') ? join(out, 'folder') : out;
  expectEach(folder, pairs);
  expect(readdirSync(folder).sort()).toEqual(
    ['report.pdf', 'report (1).pdf', 'report (2).pdf'].slice(0, count).sort(),
  );
  await relay.stop();
});

it('a name in another case is another file, or numbered where the disk folds case', async () => {
  const relay = await slowRelay();
  const out = await scratchFolder();
  const pairs = [await begin(relay, out, 'Report.pdf'), await begin(relay, out, 'report.pdf')];
  for (const { receiver, sender } of pairs)
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  expectEach(out, pairs);
  await relay.stop();
});

it.each([0, 1])(
  'the one that is killed goes on with its own part, whichever it is (%i)',
  async (killed) => {
    const relay = await slowRelay();
    const out = await scratchFolder();
    const pairs: (Pair & { state: string })[] = [];
    for (let i = 0; i < 2; i += 1) {
      const state = await scratchFolder();
      const content = randomBytes(8 * 1024 * 1024);
      const source = join(await scratchFolder(), 'report.pdf');
      writeFileSync(source, content);
      const sender = run(['send', source], { set: { P2P_COPY_RELAY: relay.url } });
      const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out, '--json'], {
        set: { P2P_COPY_RELAY: relay.url, P2P_COPY_STATE: state },
      });
      await receiver.tells('accepted');
      pairs.push({ content, sender, receiver, state });
    }
    const { receiver, state } = pairs[killed]!;
    const isUnderWay = ({ event, bytes }: { event: string; bytes?: unknown }) =>
      event === 'progress' && Number(bytes) >= 1024 * 1024;
    await receiver.until(() => receiver.events.find(isUnderWay) ?? null, 'progress');
    receiver.kill('SIGKILL');
    await receiver.exitCode;
    const parts = inodesIn(out, (name) => name.endsWith('.p2p.part'));
    expect(parts.length).toBeGreaterThan(0);
    const resumed = run(['resume', '--json'], { set: { P2P_COPY_STATE: state } });
    expect(await resumed.exitCode).toBe(0);
    expect(await pairs[1 - killed]!.receiver.exitCode).toBe(0);
    for (const { sender } of pairs) expect(await sender.exitCode).toBe(0);
    expectEach(out, pairs);
    // No part was thrown away or begun anew.
    expect(inodesIn(out, () => true)).toEqual(expect.arrayContaining(parts));
    await relay.stop();
  },
  90_000,
);
