// A network in memory: ports that tests listen on and dial, with every channel's two ends at hand.
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { Channel, ChannelEnd } from '../../src/ports/channel.ts';
import type { DirectAddress, DirectChannel, DirectNetwork } from '../../src/ports/direct-network.ts';
import { channelPair, type PairedChannel } from '../link/channel-pair.ts';

export type MemoryChannel = PairedChannel & DirectChannel;

const nameOf = ({ host, port }: DirectAddress) => `${host} ${port}`;

/** Ports of several devices, by address. */
export class MemoryNetwork {
  /** Both ends of each connection, the dialler's first. */
  readonly connections: [MemoryChannel, MemoryChannel][] = [];
  /** Every address that was dialled, in order. */
  readonly dialled: DirectAddress[] = [];
  readonly #ports = new Map<string, (channel: DirectChannel) => void>();
  /** Dials of other addresses wait until they are aborted, in place of failing. */
  isBlackHole = false;
  /** Addresses that may be dialled. */
  mayDial: (address: DirectAddress) => boolean = () => true;
  /** Dials whose signal was aborted. */
  abortedDials = 0;

  /** The network as a device at an address sees it. */
  at(address: DirectAddress | null): DirectNetwork {
    return {
      mayDial: (other) => this.mayDial(other),
      dial: (other, signal) => this.#dial(other, signal),
      listen: async (onChannel) => {
        if (address === null) throw new Error('this device can’t listen');
        this.#ports.set(nameOf(address), onChannel);
        return { addresses: () => [address], close: () => void this.#ports.delete(nameOf(address)) };
      },
    };
  }

  get openPorts(): number {
    return this.#ports.size;
  }

  async #dial(address: DirectAddress, signal: AbortSignal): Promise<DirectChannel> {
    this.dialled.push(address);
    const onChannel = this.#ports.get(nameOf(address));
    if (onChannel !== undefined) {
      const [own, theirs] = directPair();
      this.connections.push([own, theirs]);
      onChannel(theirs);
      return own;
    }
    if (this.isBlackHole) {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      this.abortedDials += 1;
    }
    throw new Error('nobody is there');
  }
}

/** Both ends of a direct channel. */
function directPair(): [MemoryChannel, MemoryChannel] {
  const [a, b] = channelPair();
  return [Object.assign(a, { isLocal: true }), Object.assign(b, { isLocal: true })];
}

/** What a channel receives next: its bytes, or why it is closed. */
export async function received(channel: Pick<Channel, 'receive'>): Promise<Bytes | ChannelEnd> {
  const event = await channel.receive();
  return event.kind === 'message' ? event.bytes : event.why;
}

/** Turns of the event loop. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
