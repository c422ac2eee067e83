import { expect, it } from 'vitest';
import { HaveTable } from '../../src/stream/have-table.ts';
import { haveBodies } from '../../src/wire/have-record.ts';

const CHUNK_BYTES = 256 * 1024;
const CHUNKS = 40;

/** 32 bytes for each chunk, all of its number. */
function digestsOf(firstChunk: number, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(count * 32).map((_, i) => firstChunk + Math.floor(i / 32));
}

it.each([[[40]], [[1, 1, 38]], [[7, 13, 5, 15]], [Array.from({ length: 40 }, () => 1)]])(
  'finds each chunk, reported in runs of %j, in whatever order it is asked',
  (counts) => {
    const table = new HaveTable([CHUNKS * CHUNK_BYTES]);
    let firstChunk = 0;
    for (const count of counts) {
      const run = { fileIndex: 0, firstChunk, digests: digestsOf(firstChunk, count) };
      firstChunk += count;
      for (const body of haveBodies([run])) {
        expect(table.note(body)).toEqual([{ fileIndex: 0, told: firstChunk }]);
      }
    }
    for (const step of [1, 7, 39]) {
      for (let asked = 0; asked < CHUNKS; asked += 1) {
        const chunk = (asked * step) % CHUNKS;
        expect(table.digestOf(0, chunk)).toEqual(digestsOf(chunk, 1));
      }
    }
    expect(table.digestOf(0, CHUNKS)).toBeNull();
    expect(table.digestOf(1, 0)).toBeNull();
  },
);
