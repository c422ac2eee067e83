// A QUIC listener on loopback, and who dials it.
import type { DirectChannel, DirectListener, DirectNetwork } from '@p2p-copy/core';
import { expect, vi } from 'vitest';
import { quicNetwork } from '../../../src/node/direct/quic/quic-network.ts';
import { loadQuinn } from '../../../src/node/direct/quic/quinn-addon.ts';

/** The network of this device: the addon is installed wherever tests run. */
export function network(): DirectNetwork {
  return quicNetwork()!;
}

/** A listener, with its port of IPv4, also of a device that may tell no address. */
export async function listenOnLoopback(
  own: DirectNetwork,
  onChannel: (channel: DirectChannel) => void,
): Promise<[DirectListener, number]> {
  const port = vi.spyOn(loadQuinn().Server.prototype, 'port');
  const listener = await own.listen(onChannel);
  const ports = port.mock.results.map(({ value }) => value as number);
  port.mockRestore();
  return [listener, ports.at(-1)!];
}

/** Messages of these sizes, each received. */
export async function pass(from: DirectChannel, to: DirectChannel, sizes: readonly number[]): Promise<void> {
  for (const sizeBytes of sizes) {
    from.send(new Uint8Array(sizeBytes));
    expect((await to.receive()).kind).toBe('message');
  }
}
