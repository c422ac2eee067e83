// Direct paths over QUIC between two terminals, each in a network namespace of its own.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startRelay, startTransfer, type Transfer } from './command-in-namespace.ts';
import { reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { blockedPorts, longPath, slowRelay } from './topologies.ts';

const reason = reasonToSkip();
const MB = 1_000_000;
/** A lost direct path is noticed, and replaced, within this. */
const REPLACED_MS = 5_000;

async function expectWhole(transfer: Transfer): Promise<void> {
  const ended = await transfer.exitCodes();
  expect(ended, transfer.sender.stderr + transfer.receiver.stderr).toEqual([0, 0]);
  expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
}

function pathsOf({ receiver }: Transfer): unknown[] {
  const told = receiver.events as { event: string; path?: string }[];
  return told.filter(({ event }) => event === 'path').map(({ path }) => path);
}

describe.skipIf(reason !== null)(`QUIC${reason === null ? '' : ` (${reason})`}`, () => {
  it('is taken alone where one side wants that', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 100 * MB, options: ['--path', 'quic'] });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['quic']);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
    expect(transfer.sender.stderr + transfer.sender.stdout).toContain('Path: directly, in your network.');
  });

  it('is found where TCP between the ends is blocked', async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 100 * MB });
    await expectWhole(transfer);
    expect(pathsOf(transfer).at(-1)).toBe('quic');
    expect(network.relayBytes().toRelay).toBeLessThan(15 * MB);
  });

  it('that is blocked is missed by nobody: content takes TCP', async () => {
    const network = await blockedPorts({ blocked: 'udp' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB });
    await expectWhole(transfer);
    expect(pathsOf(transfer).at(-1)).toBe('tcp');
    expect(network.relayBytes().toRelay).toBeLessThan(15 * MB);
  });

  it('that is wanted alone and blocked ends the transfer, with what to do', async () => {
    const network = await blockedPorts({ blocked: 'udp' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 5 * MB, options: ['--path', 'quic'] });
    expect(await transfer.exitCodes()).toEqual([3, 4]);
    for (const { stderr } of [transfer.sender, transfer.receiver]) expect(stderr).toContain('No direct path');
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('that is cut is replaced by the relay within 5 s, and nothing is lost', async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB });
    await reached(() => network.direct.bytes, 20 * MB);
    network.direct.drop('everything');
    const { toRelay } = network.relayBytes();
    const cutAtMs = performance.now();
    expect(network.direct.bytes, 'bytes before the cut').toBeLessThan(190 * MB);
    const { atMs } = await reached(() => network.relayBytes().toRelay, toRelay + 1 * MB);
    expect(atMs - cutAtMs).toBeLessThan(REPLACED_MS);
    network.direct.drop('tcp');
    await expectWhole(transfer);
  });

  // The rates depend on how busy this machine is.
  it('is taken in place of TCP on a long clean path that TCP can’t fill', {
    retry: 1,
    timeout: 240_000,
  }, async () => {
    const shape = { bitsPerSecond: 200e6, delayMs: 25, lossProbability: 0, queueBytes: 128 * 1024 };
    const network = await longPath({ ...shape, congestion: 'reno' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 400 * MB });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toContain('quic');
    expect(pathsOf(transfer).at(-1)).toBe('quic');
  });
});
