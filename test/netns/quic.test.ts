// Direct paths over QUIC between two terminals, each in a network namespace of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, run, WITHOUT_QUIC } from '../../apps/cli/test/system/cli-process.ts';
import { SOAK_MINUTES } from '../faults/effort.ts';
import { startRelay, startTransfer, type Transfer } from './command-in-namespace.ts';
import { reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { blockedPorts, DIRECT_ADDRESSES, longPath, RELAY_URL, slowRelay } from './topologies.ts';

const reason = reasonToSkip();
const MB = 1_000_000;
/** A lost direct path is noticed, and replaced, within this. */
const REPLACED_MS = 5_000;
/** Longer than any connection lasts without a packet. */
const AWAY_MS = 6_000;

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
    expect(pathsOf(transfer)).toEqual(['relay', 'quic']);
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

  // test/netns/direct.test.ts has it for TCP.
  it.runIf(SOAK_MINUTES > 0)(
    'that is wanted alone and blocked ends the transfer, with what to do',
    async () => {
      const network = await blockedPorts({ blocked: 'udp' });
      await startRelay(network);
      const transfer = await startTransfer(network, { bytes: 5 * MB, options: ['--path', 'quic'] });
      expect(await transfer.exitCodes()).toEqual([3, 4]);
      for (const { stderr } of [transfer.sender, transfer.receiver])
        expect(stderr).toContain('No direct path');
      expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
    },
  );

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

  it('gets by with short packets, where a network begins to swallow long ones in the middle', async () => {
    const network = await slowRelay();
    // Each packet by itself: joined ones would all be long.
    for (const { namespace } of [network.sender, network.receiver])
      namespace.ip('link', 'set', 'direct0', 'gso_max_segs', '1');
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB, options: ['--path', 'quic'] });
    await reached(() => network.direct.bytes, 20 * MB);
    network.direct.drop({ longerThan: 1_300 });
    expect(network.direct.bytes, 'bytes before the cut').toBeLessThan(190 * MB);
    await expectWhole(transfer);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('that is taken alone and away for 6 s goes on after, and nothing is lost', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB, options: ['--path', 'quic'] });
    await reached(() => network.direct.bytes, 20 * MB);
    network.direct.drop('udp');
    expect(network.direct.bytes, 'bytes before the cut').toBeLessThan(190 * MB);
    await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
    network.direct.mend();
    await expectWhole(transfer);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('is taken over IPv6 where the ends share nothing else', async () => {
    const network = await slowRelay();
    for (const end of ['sender', 'receiver'] as const)
      network[end].namespace.ip('address', 'delete', DIRECT_ADDRESSES[end][0], 'dev', 'direct0');
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 50 * MB, options: ['--path', 'quic'] });
    await expectWhole(transfer);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });

  it('that one end hasn’t installed is missed by nobody: content takes TCP', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 100 * MB, atReceiver: WITHOUT_QUIC });
    await expectWhole(transfer);
    expect(pathsOf(transfer).at(-1)).toBe('tcp');
  });

  it('that one side wants alone, and the other hasn’t installed, ends the transfer at once', async () => {
    const network = await slowRelay();
    await startRelay(network);
    const folder = await scratchFolder();
    const source = join(folder, 'content');
    writeFileSync(source, 'content');
    const sender = run(['send', source, '--relay', RELAY_URL, '--path', 'quic'], {
      within: network.sender.namespace.within,
    });
    const args = [
      'receive',
      await codeOf(sender),
      '--yes',
      '--out',
      join(folder, 'out'),
      '--relay',
      RELAY_URL,
    ];
    const receiver = run(args, { within: network.receiver.namespace.within, set: WITHOUT_QUIC });
    expect(await Promise.all([sender.exitCode, receiver.exitCode])).toEqual([3, 4]);
    for (const { stderr } of [sender, receiver]) expect(stderr).toContain('No direct path');
  });

  // What follows compares rates, on a machine that may do much else.
  const shape = { bitsPerSecond: 200e6, delayMs: 25, lossProbability: 0, queueBytes: 1024 * 1024 };

  it('is taken in place of TCP on a long clean path that TCP can’t fill', {
    retry: 1,
    timeout: 240_000,
  }, async () => {
    const network = await longPath(shape);
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 200 * MB });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toContain('quic');
  });

  it.runIf(SOAK_MINUTES > 0)(
    'that is held back is tried on such a path, and left again',
    {
      retry: 1,
      timeout: 240_000,
    },
    async () => {
      const network = await longPath(shape);
      network.receiver.namespace.drop('direct0', { udpBytesPerSecond: 500_000 });
      await startRelay(network);
      const transfer = await startTransfer(network, { bytes: 200 * MB });
      await expectWhole(transfer);
      expect(pathsOf(transfer).at(-1)).not.toBe('quic');
    },
  );
});
