// Transfers whose relay stands behind a slow link, in real networks.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { startRelay, startTransfer } from './command-in-namespace.ts';
import { rateBetween, reached } from './reached.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { slowRelay } from './topologies.ts';

const reason = reasonToSkip();
const BITS_PER_SECOND = 50e6;
const BYTES = 30_000_000;
const OUTAGE_MS = 3000;
const BY_RELAY = ['--path', 'relay'];
/** Headers, acknowledgements, and records sent again. */
const MOST_OVERHEAD = 0.15;

describe.skipIf(reason !== null)(`with the relay behind 50 Mbit/s${reason ? ` (${reason})` : ''}`, () => {
  // The rate depends on how busy this machine is.
  it('a transfer by the relay fills the slow link, arrives whole, and goes no other way', {
    retry: 2,
  }, async () => {
    const network = await slowRelay({ bitsPerSecond: BITS_PER_SECOND });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: BYTES, options: BY_RELAY });
    const rate = await rateBetween(() => network.relayBytes().toRelay, 0.1 * BYTES, 0.9 * BYTES);
    expect(await transfer.exitCodes()).toEqual([0, 0]);
    expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);

    expect(rate).toBeGreaterThan(0.8 * BITS_PER_SECOND);
    expect(rate).toBeLessThan(1.05 * BITS_PER_SECOND);
    const { toRelay, fromRelay } = network.relayBytes();
    for (const bytes of [toRelay, fromRelay]) {
      expect(bytes).toBeGreaterThan(BYTES);
      expect(bytes).toBeLessThan((1 + MOST_OVERHEAD) * BYTES);
    }
    expect(network.direct.bytes).toBeLessThan(10_000);
  });

  it('a transfer whose link to the relay is cut without a word goes on once it is mended', async () => {
    const network = await slowRelay({ bitsPerSecond: BITS_PER_SECOND });
    await startRelay(network);
    const transfer = await startTransfer(network, { bytes: BYTES, options: BY_RELAY });
    const toRelay = () => network.relayBytes().toRelay;
    await reached(toRelay, BYTES / 3);
    const { relayLink } = network.sender;
    await relayLink.cut();
    const before = toRelay();
    await relayLink.cutFor(OUTAGE_MS);
    // Acknowledgements of the receiver may be under way.
    expect(toRelay() - before).toBeLessThan(0.01 * BYTES);
    expect(await transfer.exitCodes()).toEqual([0, 0]);
    expect(readFileSync(transfer.target).equals(readFileSync(transfer.source))).toBe(true);
    expect(toRelay()).toBeLessThan((1 + MOST_OVERHEAD) * BYTES);
  });
});
