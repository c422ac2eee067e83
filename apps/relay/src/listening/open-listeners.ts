// All places where the relay listens: opened together, or not at all.
import { lookup } from 'node:dns/promises';
import { EVERYWHERE, type ListenAddress, readAddress, unbracketed } from '../settings/addresses.ts';
import type { RelayConfig } from '../settings/table.ts';
import { type BoundAddress, Listener, type ListenerOptions } from './listener.ts';

type Handlers = Pick<ListenerOptions, 'isSecure' | 'onConnection' | 'onFault' | 'onDrop'>;

/** What the settings say: `listen`, or else host and port. */
export function listenAddresses({ listen, host, port }: RelayConfig): ListenAddress[] {
  return listen.length > 0 ? addressesIn(listen) : [{ kind: 'tcp', host: unbracketed(host), port }];
}

/** @param texts each passes `readAddress` */
export function addressesIn(texts: readonly string[]): ListenAddress[] {
  return texts.map((text) => readAddress(text)!);
}

/** @throws RelayError with the system's code, naming the address; none is open then */
export async function openListeners(
  addresses: readonly ListenAddress[],
  socketMode: string,
  handlers: Handlers,
): Promise<Listener[]> {
  const listeners: Listener[] = [];
  const open = async (address: ListenAddress) => {
    const isIpv6Only =
      address.kind === 'tcp' && address.host === EVERYWHERE && hasIpv4Twin(address, addresses);
    const options = { ...handlers, socketMode: Number.parseInt(socketMode, 8), isIpv6Only };
    const listener = await Listener.open(address, options);
    listeners.push(listener);
    return listener;
  };
  try {
    for (const address of addresses) {
      const { bound } = await open(address);
      for (const twin of await twinsOf(address, bound)) await open(twin);
    }
    return listeners;
  } catch (error) {
    for (const listener of listeners) listener.stop();
    throw error;
  }
}

/** `0.0.0.0:80` beside `[::]:80`: the second then means IPv6 alone. */
function hasIpv4Twin({ port }: { port: number }, addresses: readonly ListenAddress[]): boolean {
  return (
    port !== 0 &&
    addresses.some((other) => other.kind === 'tcp' && other.host === '0.0.0.0' && other.port === port)
  );
}

/** `localhost` is an address of either family, and browsers try both. */
async function twinsOf(address: ListenAddress, bound: BoundAddress): Promise<ListenAddress[]> {
  if (address.kind !== 'tcp' || address.host !== 'localhost' || bound.kind !== 'tcp') return [];
  const found = await lookup('localhost', { all: true });
  return found
    .filter((each) => each.address !== bound.host)
    .map((each) => ({ kind: 'tcp', host: each.address, port: bound.port }));
}
