// Collects a text message in memory; its size was bounded with the manifest.
import { textOf } from '../foundation/bytes.ts';
import type { ByteSink } from '../ports/byte-sink.ts';
import { violation } from '../wire/fields.ts';

/**
 * A sink for a message: collected in memory, and handed to `onText` when it is verified. `sizeBytes` is its
 * length in UTF-8.
 */
export function createTextSink(sizeBytes: number, onText: (text: string) => void): ByteSink {
  const collected = new Uint8Array(sizeBytes);
  return {
    async write(offset, bytes) {
      collected.set(bytes, offset);
    },
    async flush() {},
    async commit() {
      let text: string;
      try {
        text = textOf(collected);
      } catch {
        throw violation('a text message is not UTF-8');
      }
      onText(text);
    },
    async abandon() {},
  };
}
