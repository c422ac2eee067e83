import { expect, it } from 'vitest';
import { retryingSink } from '../../src/content/retrying-sink.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { MemoryFolder } from '../transfer/rig/memory-files.ts';

it('waits once for all that a full disk holds up, and tries all of it again', async () => {
  const folder = new MemoryFolder();
  let isFull = true;
  folder.beforeWrite = async () => {
    if (isFull) throw new TransferError('no-space', 'full', { retryable: true });
  };
  const told: string[] = [];
  const waits: (() => void)[] = [];
  const sink = retryingSink(folder, {
    clock: {
      nowMs: () => 0,
      after: (_ms, wake) => {
        waits.push(wake);
        return () => {};
      },
    },
    reconnectTimeoutMs: 60_000,
    signal: new AbortController().signal,
    onPaused: ({ code }) => told.push(code),
    onContinued: () => told.push('continued'),
  });
  const entry = {
    index: 0,
    kind: 'file',
    path: 'f',
    sizeBytes: 40,
    modifiedMs: null,
    executable: false,
  } as const;
  const file = await sink.openFile(entry);
  const writes = Array.from({ length: 40 }, (_, i) => file.write(i, new Uint8Array(1)));
  await new Promise((resolve) => setImmediate(resolve));
  expect(waits).toHaveLength(1);
  waits.pop()!();
  await new Promise((resolve) => setImmediate(resolve));
  expect(waits).toHaveLength(1);
  isFull = false;
  waits.pop()!();
  await Promise.all(writes);
  expect(told).toEqual(['no-space', 'continued']);
});
