// Both ends hear of each file that it is done, once.
import { expect, it } from 'vitest';
import { AckMeter } from '../../src/flow/ack-meter.ts';
import { Delivery } from '../../src/transfer/delivery.ts';
import { fileEntry } from './rig/memory-files.ts';
import { realClock, runPair } from './rig/run-pair.ts';

it('each file is told once, at both ends', async () => {
  const entries = Array.from({ length: 500 }, (_, i) => fileEntry(`file ${i}`, new Uint8Array(i % 7)));
  const { events } = await runPair(entries);
  for (const side of [events.sender, events.receiver]) {
    const done = side.flatMap((event) => (event.type === 'file-done' ? [event.index] : []));
    expect(done.sort((a, b) => a - b)).toEqual(entries.map((_, i) => i));
  }
});

it('more files than fit in one ack take several', () => {
  const told: number[] = [];
  const meter = new AckMeter(1000, realClock, ({ done }) => {
    expect(done.length).toBeLessThanOrEqual(8192);
    for (const [first, last] of done) for (let i = first; i <= last; i += 1) told.push(i);
  });
  const indices = Array.from({ length: 30_000 }, (_, i) => 2 * i);
  for (const index of indices) meter.fileDone(index);
  meter.flush();
  expect(told.sort((a, b) => a - b)).toEqual(indices);
});

it.each([
  ['twice', [[3, 3]], [[2, 4]]],
  ['that was not offered', [], [[9, 10]]],
  ['without end', [], [[0, 999_999]]],
] as [string, [number, number][], [number, number][]][])(
  'a file that is done %s is refused',
  (_, before, then) => {
    const delivery = new Delivery(0, 10, { files: 10, bytes: 0, unsized: false });
    const ack = (done: [number, number][]) => [
      ...delivery.filesDone({ type: 'ack', files: 0, durable: 0, limit: 0, done }),
    ];
    expect(ack(before)).toHaveLength(before.length);
    expect(() => ack(then)).toThrow(expect.objectContaining({ code: 'protocol-violation' }));
  },
);
