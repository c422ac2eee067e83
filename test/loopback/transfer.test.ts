// A whole transfer without a relay: another rendezvous and another channel, and core as it is.
import { randomBytes } from 'node:crypto';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import {
  receiveFiles,
  type SourceEntry,
  sendFiles,
  type TransferEvent,
} from '../../packages/core/src/index.ts';
import { fileEntry, MemoryFolder } from '../../packages/core/test/transfer/rig/memory-files.ts';
import { TcpHost, tcpGuest } from './tcp-rendezvous.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('../faults/cheap-stretch.ts'));

const LANES = 3;
const FILES: SourceEntry[] = [
  fileEntry('large', bytesOf(24 * 1024 * 1024)),
  ...Array.from({ length: 40 }, (_, i) => fileEntry(`small/${i}`, bytesOf(i * 977))),
  fileEntry('empty', new Uint8Array(0)),
];
const TOTAL_BYTES = FILES.reduce((sum, { sizeBytes }) => sum + sizeBytes!, 0);
const DONE = { files: FILES.length, bytes: TOTAL_BYTES, failed: [] };

/** @param look called with every event of the receiver */
async function transfer(look: (event: TransferEvent, host: TcpHost) => void = () => {}) {
  const host = await TcpHost.listen();
  onTestFinished(() => host.close());
  // Without direct paths: this rendezvous is none of theirs.
  const { direct: _, rtc: __, ...platform } = await createNodePorts({ caFile: undefined });
  const address = `tcp://127.0.0.1:${host.port}`;
  const folder = new MemoryFolder();
  const { signal } = new AbortController();
  const events: string[] = [];
  const common = { relayUrl: address, signal, lanes: LANES, reconnectTimeoutMs: 20_000 };
  let receiving: Promise<unknown> | null = null;
  const guestPorts = { ...platform, rendezvousAt: (url: string) => tcpGuest(Number(new URL(url).port)) };
  const receive = (code: string) =>
    receiveFiles(guestPorts, {
      ...common,
      code,
      nameRules: { windowsNames: false, foldsCase: false },
      review: async () => ({ accept: true, sink: folder, skip: new Set() }),
      onText() {},
      onEvent(event) {
        events.push(event.type);
        look(event, host);
      },
    });
  const sent = await sendFiles(
    { ...platform, rendezvousAt: () => host },
    {
      ...common,
      entries: Promise.resolve(FILES),
      onEvent(event) {
        if (event.type === 'code') receiving = receive(event.code);
      },
    },
  );
  return { sent, received: await receiving, folder, events, host };
}

it('files arrive whole over TCP, on a sender’s own port', async () => {
  const { sent, received, folder, host, events } = await transfer();
  expect([sent, received]).toEqual([DONE, DONE]);
  await expectArrived(folder);
  expect(events).not.toContain('reconnecting');
  expect(host.connections).toBe(LANES);
});

it('a transfer whose connections are all cut goes on over new ones, and sends nothing twice', async () => {
  /** Connections that there had been, at each cut. */
  const connections: number[] = [];
  let mended = 0;
  const { sent, received, folder, host, events } = await transfer((event, running) => {
    if (event.type === 'reconnected') mended += 1;
    // Other lanes may carry content before the first has a connection again, which says that it has.
    const cuts = connections.length;
    if (event.type !== 'progress' || cuts === 2 || mended < cuts) return;
    if (event.bytes < (cuts + 1) * 6 * 1024 * 1024) return;
    connections.push(running.connections);
    running.cut();
  });
  const [first, second] = connections;
  expect([sent, received]).toEqual([DONE, DONE]);
  await expectArrived(folder);
  expect(events.filter((type) => type === 'reconnected')).toHaveLength(2);
  expect(second).toBeGreaterThan(first!);
  expect(host.connections).toBeGreaterThan(second!);
});

async function expectArrived(folder: MemoryFolder): Promise<void> {
  expect([...folder.files.keys()].sort()).toEqual(FILES.map(({ path }) => path).sort());
  for (const { path, sizeBytes, open } of FILES) {
    const content = new Uint8Array(sizeBytes!);
    await (await open()).read(0, content);
    expect(Buffer.compare(folder.files.get(path)!, content), path).toBe(0);
  }
}

function bytesOf(sizeBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(sizeBytes));
}
