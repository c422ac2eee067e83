// WebRTC between two terminals, where nothing else connects them: TCP is blocked, one has no QUIC, and the relay is behind a slow line.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WITHOUT_QUIC } from '../../apps/cli/test/system/cli-process.ts';
import { startRelay, startTransfer, type Transfer } from './command-in-namespace.ts';
import { reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { blockedPorts } from './topologies.ts';

const reason = reasonToSkip();
const MB = 1_000_000;

async function expectWhole(transfer: Transfer): Promise<void> {
  const ended = await transfer.exitCodes();
  expect(ended, transfer.sender.stderr + transfer.receiver.stderr).toEqual([0, 0]);
  expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
}

function pathsOf({ receiver }: Transfer): string[] {
  const told = receiver.events as { event: string; path: string }[];
  return told.filter(({ event }) => event === 'path').map(({ path }) => path);
}

describe.skipIf(reason !== null)(`WebRTC between terminals${reason === null ? '' : ` (${reason})`}`, () => {
  it('carries the content once it was found to bring more than the relay', { timeout: 180_000 }, async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 400 * MB, atReceiver: WITHOUT_QUIC });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['relay', 'webrtc']);
    expect(network.direct.bytes).toBeGreaterThan(200 * MB);
    expect(transfer.sender.stderr + transfer.sender.stdout).toContain('Path: directly, in your network.');
  });

  it('carries everything while the relay is gone', { timeout: 180_000 }, async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    const relay = await startRelay(network);
    const transfer = await startTransfer(network, { bytes: 400 * MB, atReceiver: WITHOUT_QUIC });
    await reached(() => network.direct.bytes, 20 * MB);
    relay.kill('SIGKILL');
    await expectWhole(transfer);
  });

  it('is enough where content may take nothing but direct paths', { timeout: 120_000 }, async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    await startRelay(network);
    const transfer = await startTransfer(network, {
      bytes: 20 * MB,
      atReceiver: WITHOUT_QUIC,
      options: ['--path', 'direct'],
    });
    await expectWhole(transfer);
    expect(pathsOf(transfer)).toEqual(['webrtc']);
    expect(network.relayBytes().toRelay).toBeLessThan(1 * MB);
  });
});
