// An end that can't have zstd, because what it would load is out of reach: the transfer goes on without.
import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { fileEntry } from './rig/memory-files.ts';
import { runPair } from './rig/run-pair.ts';
import { zstdCodec } from './rig/zstd-codec.ts';

const content = new TextEncoder().encode('the same again and again\n'.repeat((3 * CHUNK_BYTES) / 25));

/** Counts what an end does with its zstd. @param prepared whether it can be had, for each session in turn; then as the last */
function countedZstd(...prepared: boolean[]) {
  const counts = { prepared: 0, loaded: 0, compressed: 0, decompressed: 0 };
  const ports = {
    async prepareZstd() {
      counts.prepared += 1;
      const isThere = prepared.length > 1 ? prepared.shift() : prepared[0];
      if (!isThere) throw new TypeError('Failed to fetch dynamically imported module');
    },
    async loadZstd() {
      counts.loaded += 1;
      const zstd = await zstdCodec();
      return {
        ...zstd,
        compress(bytes: Uint8Array) {
          counts.compressed += 1;
          return zstd.compress(bytes);
        },
        decompress(frame: Uint8Array, sizeBytes: number) {
          counts.decompressed += 1;
          return zstd.decompress(frame, sizeBytes);
        },
      };
    },
  };
  return { counts, ports };
}

async function delivered(sender: ReturnType<typeof countedZstd>, receiver: ReturnType<typeof countedZstd>) {
  const { sent, received, folder } = await runPair([fileEntry('a.txt', content)], {
    ports: { sender: sender.ports, receiver: receiver.ports },
    send: { compress: 'on' },
  });
  expect([sent, received]).toEqual([
    { status: 'fulfilled', value: { files: 1, bytes: content.length, failed: [] } },
    { status: 'fulfilled', value: { files: 1, bytes: content.length, failed: [] } },
  ]);
  expect(Buffer.compare(folder.files.get('a.txt')!, content)).toBe(0);
}

test('both ends have zstd prepared before anything is offered or accepted', async () => {
  const [sender, receiver] = [countedZstd(true), countedZstd(true)];
  await delivered(sender, receiver);
  expect(sender.counts).toEqual({ prepared: 1, loaded: 1, compressed: 3, decompressed: 0 });
  expect(receiver.counts).toEqual({ prepared: 1, loaded: 1, compressed: 0, decompressed: 3 });
});

test('a sender that cannot load zstd sends the content raw', async () => {
  const [sender, receiver] = [countedZstd(false), countedZstd(true)];
  await delivered(sender, receiver);
  expect(sender.counts).toEqual({ prepared: 2, loaded: 0, compressed: 0, decompressed: 0 });
  expect(receiver.counts).toMatchObject({ loaded: 0, decompressed: 0 });
});

test('a sender that can load zstd once the ends have met compresses', async () => {
  const [sender, receiver] = [countedZstd(false, true), countedZstd(true)];
  await delivered(sender, receiver);
  expect(sender.counts).toEqual({ prepared: 2, loaded: 1, compressed: 3, decompressed: 0 });
});

test('a receiver that cannot load zstd is sent raw content', async () => {
  const [sender, receiver] = [countedZstd(true), countedZstd(false)];
  await delivered(sender, receiver);
  expect(sender.counts).toMatchObject({ loaded: 0, compressed: 0 });
  expect(receiver.counts).toMatchObject({ loaded: 0, decompressed: 0 });
});

test('a receiver that can load zstd at the second attempt has it before it accepts', async () => {
  const [sender, receiver] = [countedZstd(true), countedZstd(false, true)];
  await delivered(sender, receiver);
  expect(sender.counts).toMatchObject({ compressed: 3 });
  expect(receiver.counts).toMatchObject({ prepared: 2, loaded: 1, decompressed: 3 });
});

test('a sender told not to compress does not even prepare zstd', async () => {
  const sender = countedZstd(true);
  const { sent } = await runPair([fileEntry('a.txt', content)], {
    ports: { sender: sender.ports },
    send: { compress: 'off' },
  });
  expect(sent.status).toBe('fulfilled');
  expect(sender.counts.prepared).toBe(0);
});

test('the code is not shown while zstd is on its way', async () => {
  const order: string[] = [];
  let isThere = () => {};
  const arrival = new Promise<void>((resolve) => {
    isThere = resolve;
  });
  const { sent } = await runPair([fileEntry('a.txt', content)], {
    ports: {
      sender: {
        async prepareZstd() {
          order.push('asked');
          setTimeout(isThere);
          await arrival;
          order.push('there');
        },
      },
    },
    send: { onEvent: ({ type }) => void (type === 'code' && order.push('code')) },
  });
  expect(sent.status).toBe('fulfilled');
  expect(order).toEqual(['asked', 'there', 'code']);
});
