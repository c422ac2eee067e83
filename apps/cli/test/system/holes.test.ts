// A sparse file stays one: blocks on real disks, and bytes through a real relay.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mountDisk } from '../disks.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess } from './cli-process.ts';
import { startMeteredProxy } from './metered-proxy.ts';

const MEGABYTE = 1024 * 1024;

async function sparseFile(bytes: number): Promise<string> {
  const path = join(await scratchFolder(), 'sparse');
  const file = openSync(path, 'w');
  writeSync(file, 'begin', 0);
  writeSync(file, 'middle', bytes / 2);
  ftruncateSync(file, bytes);
  closeSync(file);
  return path;
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest('hex');
}

it.for(['ext4', 'btrfs'] as const)(
  'holes take neither the disk on %s nor the path',
  async (kind, context) => {
    const out = await mountDisk(context, kind);
    const bytes = 40 * MEGABYTE;
    const source = await sparseFile(bytes);
    const relay = await startRelayProcess();
    const proxy = await startMeteredProxy(relay.url);
    const sender = run(['send', source, '--compress', 'off', '--relay', relay.url]);
    const args = ['--yes', '--out', out, '--path', 'relay', '--relay', proxy.url];
    const receiver = run(['receive', await codeOf(sender), ...args]);
    expect([await receiver.exitCode, await sender.exitCode], receiver.stderr).toEqual([0, 0]);
    const saved = statSync(join(out, 'sparse'));
    expect(saved.size).toBe(bytes);
    expect(saved.blocks * 512).toBeLessThan(2 * MEGABYTE);
    expect(await digestOf(join(out, 'sparse'))).toBe(await digestOf(source));
    expect(proxy.downBytes).toBeLessThan(2 * MEGABYTE);
    await relay.stop();
  },
);

it('zeros are written where a disk has no holes', async (context) => {
  const out = await mountDisk(context, 'exfat');
  const source = await sparseFile(8 * MEGABYTE);
  const relay = await startRelayProcess();
  const sender = run(['send', source, '--relay', relay.url]);
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', out, '--relay', relay.url]);
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  expect(await digestOf(join(out, 'sparse'))).toBe(await digestOf(source));
  await relay.stop();
});
