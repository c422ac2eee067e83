// Several connections of one transfer: how many there are, and that they outlive what happens to them.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { startRelay } from '../../apps/relay/src/index.ts';
import { type SlowPath, startSlowPath } from '../../bench/start-slow-path.mjs';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { promisedCode } from './promised-code.ts';

let slow: SlowPath | null = null;

afterEach(() => slow?.close());

interface Wishes {
  bytes: number;
  lanes?: number;
  /** How the sender reaches the relay. */
  by(relayUrl: string): Promise<string>;
  /** Told of the bytes that are durable. */
  onProgress?(bytes: number): void;
}

/** Sends a file of `bytes`, and compares it on the disk. */
async function transfer({ bytes, lanes, by, onProgress = () => {} }: Wishes): Promise<void> {
  const root = await mkdtemp(path.join(tmpdir(), 'p2p-copy-lanes-'));
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  try {
    const source = path.join(root, 'long.bin');
    const content = randomBytes(bytes);
    await writeFile(source, content);
    const { code, tellCode } = promisedCode();
    const sending = send({
      paths: [source],
      relay: await by(relay.url),
      path: 'relay',
      ...(lanes !== undefined && { lanes }),
      onEvent: (event) => {
        if (event.type === 'code') tellCode(event.code);
        if (event.type === 'progress') onProgress(event.bytes);
      },
    });
    sending.catch(() => tellCode('1-never-told'));
    const out = path.join(root, 'out');
    await Promise.all([sending, receive({ code: await code, relay: relay.url, out })]);
    expect((await readFile(path.join(out, 'long.bin'))).equals(content)).toBe(true);
  } finally {
    await relay.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** The lanes that a sender opens for a file of `bytes`, where each carries 256 KiB in 100 ms. */
async function lanesFor(bytes: number): Promise<number> {
  const by = async (relayUrl: string) => {
    slow = await startSlowPath(relayUrl, ['--delay', '50', '--window', '262144']);
    return slow.url;
  };
  await transfer({ bytes, by });
  return slow!.connections();
}

it('are several where one carries little', async () => {
  expect(await lanesFor(40e6)).toBeGreaterThanOrEqual(4);
});

it('are one for what is soon done', async () => {
  expect(await lanesFor(1e6)).toBe(1);
});

it('go on after all of them were cut, again and again', async () => {
  let proxy: FaultProxy | null = null;
  let cuts = 0;
  await transfer({
    bytes: 60e6,
    lanes: 4,
    async by(relayUrl) {
      proxy = await startFaultProxy({ relayUrl });
      return proxy.url;
    },
    onProgress(bytes) {
      if (bytes < (cuts + 1) * 8e6 || cuts === 3) return;
      cuts += 1;
      proxy!.reset();
    },
  });
  expect(cuts).toBe(3);
  // Each lane, and each again after each cut that it lived to see.
  expect(proxy!.recordings.length).toBeGreaterThanOrEqual(4 + 3);
  await proxy!.close();
});
