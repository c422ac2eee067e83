// Ready-made networks, each of a relay and two ends. Addresses are of the ranges for benchmarks (RFC 2544, RFC 5180),
// which look public to the product.
import type { Congestion, Namespace } from './namespace.ts';
import { Namespaces } from './namespaces.ts';
import { PlainLink } from './plain-link.ts';
import { type Shape, ShapedLink } from './shaped-link.ts';

/** Where the relay listens in every topology. */
export const RELAY_HOST = '198.19.0.1';
const RELAY_PORT = 8765;
export const RELAY_URL = `http://${RELAY_HOST}:${RELAY_PORT}`;

/** One end's view: a device `relay0` to the relay, and `direct0` to the other end where they are joined. */
interface End {
  namespace: Namespace;
  /** Its link to the relay. */
  relayLink: ShapedLink;
}

export interface Network {
  namespaces: Namespaces;
  relay: Namespace;
  sender: End;
  receiver: End;
  /** IP bytes that arrived so far at the relay, and at both ends from it. */
  relayBytes(): { toRelay: number; fromRelay: number };
}

export interface DirectNetwork extends Network {
  /** Joins both ends; the relay isn't on it. */
  direct: PlainLink;
}

export interface NetworkOptions extends Partial<Shape> {
  /** Of both ends and of the relay, on the shaped links. Default: the kernel's. */
  congestion?: Congestion;
  /** Of the lost packets. */
  seed?: number;
}

const SLOW = { bitsPerSecond: 50e6, delayMs: 10, lossProbability: 0 };
/** The queue of a link, where none is given, as the time that it takes to send. */
const QUEUE_SECONDS = 0.05;

export const DIRECT_ADDRESSES = {
  sender: ['198.18.100.1/24', '2001:2:0:100::1/64'],
  receiver: ['198.18.100.2/24', '2001:2:0:100::2/64'],
} as const;

/** The relay behind 50 Mbit/s and 10 ms for each end; both ends side by side on an unshaped link. */
export async function slowRelay(options: NetworkOptions = {}): Promise<DirectNetwork> {
  const network = await relayAndEnds(options);
  const device = 'direct0';
  const direct = await PlainLink.join(
    { namespace: network.sender.namespace, device, addresses: DIRECT_ADDRESSES.sender },
    { namespace: network.receiver.namespace, device, addresses: DIRECT_ADDRESSES.receiver },
  );
  return { ...network, direct };
}

/** The relay as in `slowRelay`; both ends side by side on a link as slow as `shape` says. */
export async function slowDirect(shape: Partial<Shape>): Promise<Network> {
  const network = await relayAndEnds({});
  const device = 'direct0';
  const rated = { ...SLOW, ...shape };
  await ShapedLink.open(
    [
      { namespace: network.sender.namespace, device, addresses: ['198.18.101.1/24'] },
      { namespace: network.receiver.namespace, device, addresses: ['198.18.101.2/24'] },
    ],
    { queueBytes: 100_000, ...rated },
  );
  return network;
}

/** As `slowRelay`, but a firewall drops all TCP between both ends; other protocols pass. */
export async function blockedPorts(options: NetworkOptions = {}): Promise<DirectNetwork> {
  const network = await slowRelay(options);
  network.direct.drop('tcp');
  return network;
}

/**
 * Each end behind a NAT of its own, with the same private address as the other end; the NATs reach the relay, and each
 * other by way of the relay's namespace, so that `relayBytes` counts what they send each other too.
 */
export async function twoNats(options: NetworkOptions = {}): Promise<Network> {
  const namespaces = new Namespaces();
  const relay = relayIn(namespaces);
  relay.set('net.ipv4.ip_forward', 1);
  const ends: End[] = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const nat = namespaces.add(`nat-${label}`);
    const relayLink = await linkToRelay(relay, nat, label, index, options);
    const namespace = namespaces.add(label);
    await PlainLink.join(
      { namespace, device: 'home0', addresses: ['192.168.1.2/24'] },
      { namespace: nat, device: 'home0', addresses: ['192.168.1.1/24'] },
    );
    namespace.route({ to: 'default', device: 'home0', via: '192.168.1.1' });
    nat.set('net.ipv4.ip_forward', 1);
    nat.masquerade('relay0');
    ends.push({ namespace, relayLink });
  }
  return networkOf(namespaces, relay, ends);
}

async function relayAndEnds(options: NetworkOptions): Promise<Network> {
  const namespaces = new Namespaces();
  const relay = relayIn(namespaces);
  const ends: End[] = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const namespace = namespaces.add(label);
    ends.push({ namespace, relayLink: await linkToRelay(relay, namespace, label, index, options) });
  }
  return networkOf(namespaces, relay, ends);
}

/** It doesn't forward, so the ends reach each other only by links of their own. */
function relayIn(namespaces: Namespaces): Namespace {
  const relay = namespaces.add('relay');
  relay.address('lo', `${RELAY_HOST}/32`);
  return relay;
}

async function linkToRelay(
  relay: Namespace,
  namespace: Namespace,
  label: string,
  index: number,
  { congestion, seed, ...options }: NetworkOptions,
): Promise<ShapedLink> {
  const rated = { ...SLOW, ...options };
  const shape = { queueBytes: (rated.bitsPerSecond / 8) * QUEUE_SECONDS, ...rated };
  const [near, far] = [`198.18.${index}.2`, `198.18.${index}.1`];
  const link = await ShapedLink.open(
    [
      { namespace, device: 'relay0', addresses: [`${near}/30`] },
      { namespace: relay, device: label, addresses: [`${far}/30`] },
    ],
    shape,
    seed,
  );
  namespace.route({ to: 'default', device: 'relay0', via: far, congestion });
  relay.route({ to: `${near}/32`, device: label, congestion });
  return link;
}

function networkOf(namespaces: Namespaces, relay: Namespace, [sender, receiver]: End[]): Network {
  const links = [sender!.relayLink, receiver!.relayLink];
  const arrivedAt = (end: 0 | 1) => links.reduce((sum, link) => sum + link.arrivedBytes(end), 0);
  return {
    namespaces,
    relay,
    sender: sender!,
    receiver: receiver!,
    relayBytes: () => ({ toRelay: arrivedAt(1), fromRelay: arrivedAt(0) }),
  };
}
