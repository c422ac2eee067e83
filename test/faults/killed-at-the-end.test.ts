// Killed by SIGKILL at the steps between the acceptance of a small file and the end of the process: whatever an end says afterwards is
// true, and its `resume` is soon over, whether or not the other end is still there. docs/PROTOCOL.md section 12.
// `npm test` takes some of the steps, other ones each time; `npm run soak` takes each.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import {
  type CliProcess,
  type RelayProcess,
  run,
  startRelayProcess,
} from '../../apps/cli/test/system/cli-process.ts';
import { listTree } from '../../apps/cli/test/system/tree.ts';
import { SEED, SOAK_MINUTES } from './effort.ts';

type End = 'sender' | 'receiver';

const HOOK = fileURLToPath(new URL('kill-at-step.cjs', import.meta.url));
/** A few more than an end has. */
const MOST_STEPS = 60;
/** From one step that is taken to the next. */
const STRIDE = SOAK_MINUTES > 0 ? 1 : 4;
const AT_ONCE = 5;
/** What a killed process leaves. */
const KILLED = -1;
const CONTENT = 'content';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
  return () => relay.kill();
});

/** One transfer; `killed` is killed at that step, or at the first one after a note of the sender. */
async function scene(killed: Partial<Record<End, number | 'once acknowledged'>>) {
  const root = await scratchFolder();
  const source = path.join(root, 'f.txt');
  const out = path.join(root, 'out');
  writeFileSync(source, CONTENT);
  const stateOf = (end: End) => path.join(root, `state of the ${end}`);
  const setOf = (end: End, isFirst: boolean): Record<string, string> => {
    const step = isFirst ? killed[end] : undefined;
    const hook = { NODE_OPTIONS: `--require "${HOOK}"`, KILL_AT_STEP: String(step) };
    return { P2P_COPY_STATE: stateOf(end), ...(step !== undefined && hook) };
  };
  const sender = run(['send', source, '--json', '--relay', relay.url], { set: setOf('sender', true) });
  const { code } = await sender.tells('code');
  const args = ['receive', code as string, '--yes', '--json', '--out', out, '--relay', relay.url];
  const receiver = run(args, { set: setOf('receiver', true) });
  const notes = (end: End) => listTree(path.join(stateOf(end), 'transfers'));
  return {
    sender,
    receiver,
    resume: (end: End) => run(['resume', '--all', '--json'], { set: setOf(end, false) }),
    notes: (end: End) => notes(end).filter((name) => name.endsWith('.json')),
    ended: (end: End) =>
      notes(end)
        .filter((name) => name.endsWith('.notes'))
        .map((name) => readFileSync(path.join(stateOf(end), 'transfers', name), 'utf8'))
        .join(''),
    arrived: () => readFileSync(path.join(out, 'f.txt'), 'utf8'),
  };
}

const told = ({ stdout, stderr }: CliProcess) => `${stdout}${stderr}`;

describe.each(['sender', 'receiver'] as const)('a %s', (victim) => {
  it('is killed at any step of the end: its resume is done, and so is the other end', async () => {
    const other = victim === 'sender' ? 'receiver' : 'sender';
    /** Whether the process lived to that step, and had noted the receipt. */
    const killedAt = async (step: number): Promise<{ isKilled: boolean; isWhole: boolean }> => {
      const { [victim]: dying, [other]: living, ...left } = await scene({ [victim]: step });
      const isKilled = (await dying.exitCode) === KILLED;
      const isWhole = left.ended(victim).includes('receipt');
      // Killed after its note was removed, there is nothing to resume; after the receipt was noted, nobody is needed.
      const again = left.resume(victim);
      expect(await again.exitCode, `step ${step}: ${told(again)}`).toBe(0);
      expect(await living.exitCode, `step ${step}: ${told(living)}`).toBe(0);
      expect(left.arrived()).toBe(CONTENT);
      expect([left.notes(victim), left.notes(other)], `step ${step}`).toEqual([[], []]);
      return { isKilled, isWhole };
    };
    const steps: number[] = [];
    for (let step = SEED % STRIDE; step < MOST_STEPS; step += STRIDE) steps.push(step);
    let whole = 0;
    const killed = new Set<number>();
    // The last ones first: an end that waits for a `bye` in vain does so for a minute, beside the others.
    const takeNext = async (): Promise<void> => {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        const { isKilled, isWhole } = await killedAt(step);
        if (isKilled) killed.add(step);
        if (isWhole) whole += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, takeNext));
    expect(Math.max(...killed)).toBeGreaterThan(10);
    expect(Math.max(...killed), 'more steps than were taken').toBeLessThan(MOST_STEPS - STRIDE);
    // Of all steps at the least two: before the last message, before the note is removed.
    expect(whole).toBeGreaterThan(SOAK_MINUTES > 0 ? 1 : 0);
  }, 600_000);
});

it('a sender without a receipt that meets nobody says that probably all is there, and the receiver’s resume that it is', async () => {
  const { sender, receiver, resume, notes, ended, arrived } = await scene({ sender: 'once acknowledged' });
  expect(await sender.exitCode).toBe(KILLED);
  expect(ended('sender')).toContain('acknowledged');
  expect(ended('sender')).not.toContain('receipt');
  await receiver.until(() => (ended('receiver').includes('receipt') ? true : null), 'a noted receipt');
  receiver.kill('SIGKILL');
  await receiver.exitCode;
  const sentAgain = resume('sender');
  expect(await sentAgain.exitCode).toBe(3);
  expect(sentAgain.events.at(-1)).toMatchObject({ event: 'error', code: 'unconfirmed' });
  expect(sentAgain.stderr).toContain(
    'Probably all is there: ask the other side, or run p2p-copy resume there.',
  );
  expect(notes('sender')).toHaveLength(1);
  const received = resume('receiver');
  expect(await received.exitCode).toBe(0);
  expect(received.events.at(-1)).toMatchObject({ event: 'done', files: 1, bytes: CONTENT.length });
  expect(arrived()).toBe(CONTENT);
  expect(notes('receiver')).toEqual([]);
}, 300_000);
