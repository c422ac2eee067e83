// A receiver without zstd, and a sender from before `raw-payloads`: nobody can promise that the content will come raw.
import { expect, test, vi } from 'vitest';
import { fileEntry } from './rig/memory-files.ts';
import { runPair } from './rig/run-pair.ts';

// Ends of this process say what an older build says.
vi.mock('../../src/wire/greeting.ts', async (original) => ({
  ...(await original<typeof import('../../src/wire/greeting.ts')>()),
  OUR_FEATURES: [],
}));

test('a receiver that would not understand an old sender says so before its person is asked', async () => {
  let reviews = 0;
  const { sent, received } = await runPair([fileEntry('a.txt', new Uint8Array(10))], {
    ports: { receiver: { prepareZstd: () => Promise.reject(new TypeError('Failed to fetch')) } },
    receive: {
      review: async () => {
        reviews += 1;
        return { accept: false, code: 'declined' };
      },
    },
  });
  expect(received).toMatchObject({ status: 'rejected', reason: { code: 'load-failed' } });
  expect(sent).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
  expect(reviews).toBe(0);
});
