// Direct paths between two terminals, each in a network namespace of its own, with the relay behind a slow line.
import { readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from '../faults/effort.ts';
import { seededRandom } from '../faults/seeded-random.ts';
import { startRelay, startTransfer, type Transfer } from './command-in-namespace.ts';
import { reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { blockedPorts, type DirectNetwork, slowDirect, slowRelay } from './topologies.ts';

const reason = reasonToSkip();
const MB = 1_000_000;
/** A lost direct path is noticed, and replaced, within this. */
const REPLACED_MS = 5_000;

/** Each has a deadline in real time, and takes ten seconds. */
const ONE_BY_ONE = { atOnce: 1, cases: 1 };

interface TakenPath {
  event: 'path';
  path: 'relay' | 'tcp';
  isLocal: boolean;
}

async function expectWhole(transfer: Transfer): Promise<void> {
  const ended = await transfer.exitCodes();
  expect(ended, transfer.sender.stderr + transfer.receiver.stderr).toEqual([0, 0]);
  expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
}

function pathsOf({ receiver }: Transfer): string[] {
  const told = receiver.events as { event: string }[];
  return told.filter((each): each is TakenPath => each.event === 'path').map(({ path }) => path);
}

describe.skipIf(reason !== null)(`direct paths${reason === null ? '' : ` (${reason})`}`, () => {
  it('take the content, both ends say so, and the relay passes next to nothing', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB });
    await expectWhole(transfer);
    // What the line takes within the moments until a direct path is found.
    expect(network.relayBytes().toRelay).toBeLessThan(10 * MB);
    expect(network.direct.bytes).toBeGreaterThan(190 * MB);
    expect(pathsOf(transfer).at(-1)).toBe('tcp');
    expect(transfer.sender.stderr + transfer.sender.stdout).toContain('Path: directly, in your network.');
    expect(transfer.receiver.events).toContainEqual({ event: 'path', path: 'tcp', isLocal: true });
  });

  it('are not taken, and no address is told, where one side wants the relay alone', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 5 * MB, options: ['--path', 'relay'] });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['relay']);
    expect(network.direct.bytes).toBeLessThan(0.1 * MB);
  });

  it('are taken alone where one side wants that', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 50 * MB, options: ['--path', 'direct'] });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['tcp']);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('that are so slow that a record takes seconds aren’t taken for dead', { timeout: 60_000 }, async () => {
    // By each of eight lanes 256 KiB take 8 s.
    const network = await slowDirect({ bitsPerSecond: 2e6 });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 3 * MB, options: ['--path', 'direct'] });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['tcp']);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('are taken where an end has no patience: a lane that moves there isn’t out of reach', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 100 * MB, options: ['--reconnect-timeout', '0'] });
    await expectWhole(transfer);
    expect(pathsOf(transfer).at(-1)).toBe('tcp');
  });

  it('that are wanted alone and don’t exist end the transfer, with what to do', async () => {
    const network = await blockedPorts();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 5 * MB, options: ['--path', 'tcp'] });
    expect(await transfer.exitCodes()).toEqual([3, 4]);
    for (const { stderr } of [transfer.sender, transfer.receiver]) expect(stderr).toContain('No direct path');
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('that are blocked cost no time: content goes by way of the relay at once', async () => {
    const network = await blockedPorts();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 10 * MB });
    const { atMs: beganMs } = await reached(() => network.relayBytes().toRelay, 0.2 * MB);
    const { atMs } = await reached(() => network.relayBytes().toRelay, 8 * MB);
    // 50 Mbit/s, with a fifth of slack.
    expect(atMs - beganMs).toBeLessThan((7.8 * MB * 8 * 1000 * 1.2) / 50e6);
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['relay']);
  });

  it('that swallow long packets hold up nothing: content goes by way of the relay', async () => {
    const network = await slowRelay();
    network.direct.drop({ longerThan: 1_000 });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 50 * MB });
    const { atMs: beganMs } = await reached(() => network.relayBytes().toRelay, 0.2 * MB);
    const { atMs } = await reached(() => network.relayBytes().toRelay, 40 * MB);
    // 50 Mbit/s, with a fifth of slack.
    expect(atMs - beganMs).toBeLessThan((39.8 * MB * 8 * 1000 * 1.2) / 50e6);
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['relay']);
    expect(network.direct.bytes).toBeLessThan(1 * MB);
  });

  it('carry everything while the relay is gone', async () => {
    const network = await slowRelay();
    const relay = await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 300 * MB });
    await reached(() => network.direct.bytes, 30 * MB);
    relay.kill('SIGKILL');
    await expectWhole(transfer);
  });

  it('cut at any moment are replaced by the relay within 5 s, and nothing is lost', {
    timeout: EFFORT_TIMEOUT_MS,
  }, async () => {
    const failures: string[] = [];
    await forEachSeed(async (seed) => {
      const random = seededRandom(seed);
      const atBytes = random.whole(1, 15) * MB;
      const how = random.one(['everything', 'unplug'] as const);
      const failure = await cutAt(atBytes, how).catch((error) => error);
      if (failure === undefined) return;
      failures.push(`seed ${seed}, '${how}' after ${atBytes} bytes: ${failure.message}
  again: ${repeatCommand(seed)} test/netns/direct.test.ts`);
      process.stderr.write(`${failures.at(-1)}\n`);
    }, ONE_BY_ONE);
    expect(failures).toEqual([]);
  });

  it('that come back are taken again', { timeout: 120_000 }, async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 400 * MB });
    // The first path is that of the first record, which may be the relay's.
    await reached(() => pathsOf(transfer).lastIndexOf('tcp'), 0);
    network.direct.drop('everything');
    await reached(() => pathsOf(transfer).indexOf('relay', 1), 1);
    network.direct.mend();
    await expectWhole(transfer);
    expect(pathsOf(transfer).slice(-3)).toEqual(['tcp', 'relay', 'tcp']);
  });
});

/**
 * One transfer whose direct link is cut once it has carried `atBytes`, and mended once the relay carries the content. The
 * content is long enough not to arrive before the cut, which takes a moment.
 */
async function cutAt(atBytes: number, how: 'everything' | 'unplug'): Promise<void> {
  const network = await slowRelay();
  try {
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB });
    await reached(() => network.direct.bytes, atBytes);
    cut(network, how);
    const { toRelay } = network.relayBytes();
    const cutAtMs = performance.now();
    expect(network.direct.bytes, 'bytes before the cut').toBeLessThan(190 * MB);
    const { atMs } = await reached(() => network.relayBytes().toRelay, toRelay + 1 * MB);
    expect(atMs - cutAtMs).toBeLessThan(REPLACED_MS);
    await mend(network, how);
    await expectWhole(transfer);
    // A soak has hundreds of them.
    rmSync(dirname(transfer.source), { recursive: true });
  } finally {
    network.namespaces.remove();
  }
}

function cut({ direct }: DirectNetwork, how: 'everything' | 'unplug'): void {
  if (how === 'unplug') direct.unplug();
  else direct.drop('everything');
}

async function mend({ direct }: DirectNetwork, how: 'everything' | 'unplug'): Promise<void> {
  if (how === 'unplug') await direct.plug();
  else direct.mend();
}
