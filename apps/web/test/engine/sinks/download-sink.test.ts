// The engine's half of a streamed download, against a service worker that takes what is given to it.
import type { ManifestEntry } from '@p2p-copy/core';
import { afterEach, describe, expect, test } from 'vitest';
import { DownloadSink } from '../../../src/engine/sinks/download-sink.ts';
import type { DownloadCommand } from '../../../src/offline/download-messages.ts';
import { entriesInZip } from '../zip/entries-in-zip.ts';

const ports: MessagePort[] = [];
afterEach(() => {
  for (const port of ports.splice(0)) port.close();
});

/** @param asks pieces that the browser asks for; all of them unless told */
function opened(isZip: boolean, asks = Number.POSITIVE_INFINITY) {
  const [data, awake] = [new MessageChannel(), new MessageChannel()];
  ports.push(data.port1, data.port2, awake.port1, awake.port2);
  const taken: number[] = [];
  const { promise: end, resolve } = withResolvers<'end' | 'fail'>();
  let left = asks;
  const ask = () => {
    if (left > 0) data.port2.postMessage({ type: 'pull' });
    left -= 1;
  };
  data.port2.onmessage = ({ data: command }: MessageEvent<DownloadCommand>) => {
    if (command.type !== 'bytes') return resolve(command.type);
    taken.push(...command.bytes);
    ask();
  };
  ask();
  const sink = new DownloadSink({ data: data.port1, awake: awake.port1 }, isZip);
  return { sink, taken, end, cancel: () => data.port2.postMessage({ type: 'cancelled' }) };
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}

function entry(path: string): ManifestEntry {
  return { index: 0, kind: 'file', path, sizeBytes: 4, modifiedMs: null, executable: false };
}

describe('one file', () => {
  test('comes as it is, whatever the order of its pieces', async () => {
    const { sink, taken, end } = opened(false);
    const file = await sink.openFile(entry('a'));
    const late = file.write(2, Uint8Array.of(3, 4));
    await Promise.all([file.write(0, Uint8Array.of(1, 2)), late]);
    await file.commit();
    await sink.finish();
    expect(await end).toBe('end');
    expect(taken).toEqual([1, 2, 3, 4]);
  });

  test('is not written before the browser asks for it', async () => {
    const { sink, taken } = opened(false, 1);
    const file = await sink.openFile(entry('a'));
    const settled: number[] = [];
    const writes = [0, 1, 2].map((offset) =>
      file.write(offset, Uint8Array.of(offset)).then(
        () => settled.push(offset),
        () => {},
      ),
    );
    await expect.poll(() => settled).toEqual([0]);
    expect(taken).toEqual([0]);
    sink.stop();
    await Promise.all(writes);
    expect(settled).toEqual([0]);
  });

  test('that the sender can’t deliver is no download that ends well', async () => {
    const { sink, end } = opened(false);
    const file = await sink.openFile(entry('a'));
    await file.abandon(false);
    await sink.finish();
    sink.stop();
    expect(await end).toBe('fail');
  });
});

describe('several files', () => {
  test('come in the order in which they were opened, each after the one before', async () => {
    const { sink, taken, end } = opened(true);
    await sink.makeFolder('f');
    const first = await sink.openFile(entry('f/first'));
    const second = await sink.openFile(entry('f/second'));
    let isSecondWritten = false;
    const writing = second.write(0, Uint8Array.of(5)).then(async () => {
      isSecondWritten = true;
      await second.commit();
    });
    await first.write(0, Uint8Array.of(1));
    expect(isSecondWritten).toBe(false);
    await first.commit();
    await writing;
    await sink.finish();
    expect(await end).toBe('end');
    expect(Object.keys(entriesInZip(Buffer.from(taken)))).toEqual(['f/', 'f/first', 'f/second']);
  });

  test('have their times and permissions, and so have folders', async () => {
    const { sink, taken, end } = opened(true);
    const modifiedMs = 1_000_000_001_000;
    await sink.makeFolder('f', { modifiedMs, mode: 0o700 });
    const file = await sink.openFile({ ...entry('f/run'), modifiedMs, executable: true, mode: 0o750 });
    await Promise.all([file.write(0, Buffer.from('abcd')), file.commit()]);
    await sink.finish();
    expect(await end).toBe('end');
    expect(entriesInZip(Buffer.from(taken))).toMatchObject({
      'f/': { mode: '40700', seconds: modifiedMs / 1000 },
      'f/run': { mode: '100750', seconds: modifiedMs / 1000, content: 'abcd' },
    });
  });

  test('one that came to nothing before its first byte is left out', async () => {
    const { sink, taken, end } = opened(true);
    const [bad, good] = [await sink.openFile(entry('bad')), await sink.openFile(entry('good'))];
    await bad.abandon(false);
    await good.write(0, Uint8Array.of(1));
    await good.commit();
    await sink.finish();
    expect(await end).toBe('end');
    expect(Object.keys(entriesInZip(Buffer.from(taken)))).toEqual(['good']);
  });

  test('one that breaks off makes the download fail', async () => {
    const { sink, end } = opened(true);
    const file = await sink.openFile(entry('a'));
    await Promise.all([file.write(0, Uint8Array.of(1)), file.write(1, Uint8Array.of(2))]);
    await file.abandon(false);
    expect(await end).toBe('fail');
    await expect(sink.openFile(entry('b'))).rejects.toMatchObject({ code: 'sink-failed' });
    await expect(sink.finish()).rejects.toMatchObject({ code: 'sink-failed' });
  });
});

test.each([true, false])('bytes may be used again once they are written (zip: %s)', async (isZip) => {
  const { sink, taken, end } = opened(isZip);
  const file = await sink.openFile(entry('a'));
  const pieces = Array.from({ length: 8 }, (_, i) => new Uint8Array(16).fill(100 + i));
  const sent = Buffer.concat(pieces);
  await Promise.all(pieces.map((bytes, i) => file.write(16 * i, bytes).then(() => bytes.fill(0))));
  await file.commit();
  await sink.finish();
  expect(await end).toBe('end');
  expect(Buffer.from(taken).includes(sent)).toBe(true);
});

test.each([true, false])('a session that ends before makes the download fail (zip: %s)', async (isZip) => {
  const { sink, end } = opened(isZip);
  const file = await sink.openFile(entry('a'));
  const waiting = file.write(1, Uint8Array.of(2));
  sink.stop();
  await expect(waiting).rejects.toMatchObject({ code: 'sink-failed' });
  expect(await end).toBe('fail');
  await expect(sink.makeFolder('f')).rejects.toMatchObject({ code: 'sink-failed' });
});

test('a download that was cancelled in the browser takes no more', async () => {
  const { sink, cancel } = opened(false, 1);
  const file = await sink.openFile(entry('a'));
  const waiting = file.write(1, Uint8Array.of(2));
  cancel();
  await expect(waiting).rejects.toMatchObject({ code: 'sink-failed' });
});

test('one that has ended is not begun again', async () => {
  const { sink, end } = opened(true);
  await sink.finish();
  sink.stop();
  expect(await end).toBe('end');
  await expect(sink.openFile(entry('a'))).rejects.toMatchObject({ code: 'sink-failed' });
});
