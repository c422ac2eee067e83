// Processes that die without a word, at moments told by what has passed between them: nothing false is left behind, and
// what is started again finishes.
import { existsSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { type CliProcess, run } from '../../apps/cli/test/system/cli-process.ts';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from './effort.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { seededRandom } from './seeded-random.ts';
import { BIG_PART, inspectArrival, makeSentTree, type SentTree } from './sent-tree.ts';

type Victim = 'sender' | 'receiver' | 'relay';

interface Crash {
  victim: Victim;
  /** The sender's message that doesn't reach the receiver any more. */
  at: number;
}

/** What one run needs: folders of its own, so that nobody finds another's state. */
interface Scene {
  folder: string;
  tree: SentTree;
}

/**
 * The first record with content, after four messages of the handshake, two of the offer, and two of direct paths, which there are none
 * of within one machine; and one of the last. Who is killed before that may not have noted anything yet.
 */
const CONTENT = { first: 8, last: 22 };
/** While it is under way, only the big file is. */
const BIG = { first: 9, last: 17 };

async function crash({ victim, at }: Crash, { folder, tree }: Scene): Promise<string[]> {
  const out = path.join(folder, 'out');
  let relay = await startRelay(0);
  let held: () => void = () => {};
  const isHeld = new Promise<void>((resolve) => {
    held = resolve;
  });
  const proxy = await startFaultProxy({
    relayUrl: relay.url,
    schedule: [{ connection: 0, direction: 'down', at, fault: { kind: 'half-open', thenReset: true } }],
    onFired: () => held(),
    isAlone: true,
  });
  const sender = run(['send', ...tree.paths, '--json', '--relay', relay.url], {
    set: homeOf(folder, 'sender'),
  });
  const { code } = await sender.tells('code');
  const place = ['--out', out, '--relay', proxy.url];
  const receiver = run(['receive', code as string, '--yes', '--json', ...place], {
    set: homeOf(folder, 'receiver'),
  });
  await isHeld;
  const isBigUnderWay = at >= BIG.first && at <= BIG.last;
  const part = path.join(out, BIG_PART);
  if (isBigUnderWay)
    await receiver.until(() => (existsSync(part) && statSync(part).size > 0) || null, 'a part');

  const victims = { sender, receiver, relay: relay.process };
  victims[victim].kill('SIGKILL');
  await victims[victim].exitCode;
  // What was held is lost, as on a network that fails together with the process.
  proxy.reset();
  const faults: string[] = [];
  try {
    const ends = { sender, receiver };
    if (victim === 'relay') relay = await startRelay(relay.port);
    else ends[victim] = restartEnd(victim, folder);
    const exitCodes = await Promise.all([ends.sender.exitCode, ends.receiver.exitCode]);
    if (exitCodes.some((exitCode) => exitCode !== 0)) {
      faults.push(`ended with ${exitCodes}: ${ends.sender.stderr}${ends.receiver.stderr}`);
    }
    if (!inspectArrival(out, tree).complete) faults.push('not everything arrived');
    faults.push(...inspectArrival(out, tree).faults);
  } finally {
    await proxy.close();
    relay.process.kill('SIGKILL');
  }
  return faults;
}

/** Starts an end again that was killed. */
function restartEnd(end: 'sender' | 'receiver', folder: string): CliProcess {
  return run(['resume', '--all', '--json'], { set: homeOf(folder, end) });
}

/** Each end on a device of its own. */
function homeOf(folder: string, end: string): Record<string, string> {
  const home = path.join(folder, `home of the ${end}`);
  return { HOME: home, XDG_STATE_HOME: path.join(home, 'state'), XDG_DATA_HOME: path.join(home, 'data') };
}

async function startRelay(port: number): Promise<{ process: CliProcess; url: string; port: number }> {
  const process = run(['relay', '--host', '127.0.0.1', '--port', String(port)]);
  const [, url] = await process.says(/On this device: (\S+)/);
  return { process, url: url!, port: Number(new URL(url!).port) };
}

it.each<[Victim, number]>([
  ['sender', 11],
  ['receiver', 11],
  ['relay', 11],
  ['receiver', CONTENT.last],
])('a %s killed when message %i is due', async (victim, at) => {
  const folder = await scratchFolder();
  const tree = await makeSentTree(path.join(folder, 'source'));
  expect(await crash({ victim, at }, { folder, tree })).toEqual([]);
});

it('whoever is killed whenever, nothing false is left, and nothing is lost', {
  timeout: EFFORT_TIMEOUT_MS,
}, async () => {
  const root = await scratchFolder();
  const tree = await makeSentTree(path.join(root, 'source'));
  const failures: string[] = [];
  await forEachSeed(async (seed) => {
    const random = seededRandom(seed);
    const victim = random.one<Victim>(['sender', 'receiver', 'relay']);
    const at = random.whole(CONTENT.first, CONTENT.last);
    const folder = path.join(root, `${seed}`);
    await mkdir(folder);
    const faults = await crash({ victim, at }, { folder, tree });
    await rm(folder, { recursive: true, force: true });
    if (faults.length === 0) return;
    failures.push(`seed ${seed}, ${victim} killed at ${at}: ${faults.join('; ')}
  again: ${repeatCommand(seed)} test/faults/crash.test.ts`);
    process.stderr.write(`${failures.at(-1)}\n`);
  });
  expect(failures).toEqual([]);
});
