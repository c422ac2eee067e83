// Ready-made networks, each of a relay and two ends. Addresses are of the ranges for benchmarks (RFC 2544, RFC 5180), but
// behind a NAT an end has to have a global one: those are the internet's, and seen by nobody outside of the namespaces.
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
/** Begins the addresses of links to the relay: those of ends that have them themselves, and those of NATs. */
const OF_ENDS = '198.18';
const OF_NATS = '45.45';
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

/** As `slowRelay`, but a firewall drops TCP, UDP or both between both ends; other protocols pass. */
export async function blockedPorts(
  options: NetworkOptions & { blocked?: 'tcp' | 'udp' | 'ports' } = {},
): Promise<DirectNetwork> {
  const { blocked = 'ports', ...others } = options;
  const network = await slowRelay(others);
  network.direct.drop(blocked);
  return network;
}

/** As `slowRelay`, but the link between both ends has a shape, and a TCP connection at most 64 KiB on the way. */
export async function longPath(shape: Shape): Promise<Network & { direct: ShapedLink }> {
  const network = await relayAndEnds({});
  const device = 'direct0';
  const ends = [
    { namespace: network.sender.namespace, device, addresses: DIRECT_ADDRESSES.sender.slice(0, 1) },
    { namespace: network.receiver.namespace, device, addresses: DIRECT_ADDRESSES.receiver.slice(0, 1) },
  ] as const;
  const direct = await ShapedLink.open(ends, shape);
  for (const { namespace } of ends) {
    for (const setting of ['tcp_rmem', 'tcp_wmem'])
      namespace.set(`net.ipv4.${setting}`, "'4096 65536 65536'");
  }
  return { ...network, direct };
}

/**
 * Each end behind a NAT of its own that keeps ports and drops whatever nobody asked for, with the same private address as the other end; the NATs reach the relay, and each
 * other by way of the relay's namespace, so that `relayBytes` counts what they send each other too.
 */
export async function twoNats(options: NetworkOptions = {}): Promise<Network> {
  const namespaces = new Namespaces();
  const relay = relayIn(namespaces);
  relay.set('net.ipv4.ip_forward', 1);
  const ends: End[] = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const nat = namespaces.add(`nat-${label}`);
    const relayLink = await linkToRelay(relay, nat, label, `${OF_NATS}.${index}`, options);
    const namespace = namespaces.add(label);
    await PlainLink.join(
      { namespace, device: 'home0', addresses: ['192.168.1.2/24'] },
      { namespace: nat, device: 'home0', addresses: ['192.168.1.1/24'] },
    );
    namespace.route({ to: 'default', device: 'home0', via: '192.168.1.1' });
    nat.set('net.ipv4.ip_forward', 1);
    nat.masquerade('relay0');
    nat.dropUnasked('relay0');
    ends.push({ namespace, relayLink });
  }
  return networkOf(namespaces, relay, ends);
}

export interface HomeNetwork extends Network {
  /** Bytes between both ends that went over the home's own network so far, IP headers included. */
  homeBytes(): number;
}

/**
 * Both ends in one home, on one bridge, with their default route to its router; the router hides them behind one address, and has
 * the only link to the relay, of 50 Mbit/s and 10 ms.
 */
export async function oneHome(options: NetworkOptions = {}): Promise<HomeNetwork> {
  const namespaces = new Namespaces();
  const relay = relayIn(namespaces);
  const router = namespaces.add('router');
  const relayLink = await linkToRelay(relay, router, 'router', `${OF_NATS}.0`, options);
  router.ip('link', 'add', 'home0', 'type', 'bridge');
  router.address('home0', '192.168.1.1/24');
  router.link('home0', 'up');
  const ends: End[] = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const namespace = namespaces.add(label);
    await PlainLink.join(
      { namespace, device: 'home0', addresses: [`192.168.1.${index + 2}/24`] },
      { namespace: router, device: label, addresses: [] },
    );
    router.ip('link', 'set', label, 'master', 'home0');
    namespace.route({ to: 'default', device: 'home0', via: '192.168.1.1' });
    ends.push({ namespace, relayLink });
  }
  router.set('net.ipv4.ip_forward', 1);
  router.masquerade('relay0');
  router.dropUnasked('relay0');
  const network = networkOf(namespaces, relay, ends);
  const homeBytes = () => {
    const [sent, received] = ends.map(({ namespace }) => namespace.counts('home0').sentBytes);
    return sent! + received! - network.relayBytes().toRelay;
  };
  return { ...network, homeBytes };
}

async function relayAndEnds(options: NetworkOptions): Promise<Network> {
  const namespaces = new Namespaces();
  const relay = relayIn(namespaces);
  const ends: End[] = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const namespace = namespaces.add(label);
    ends.push({
      namespace,
      relayLink: await linkToRelay(relay, namespace, label, `${OF_ENDS}.${index}`, options),
    });
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
  net: string,
  { congestion, seed, ...options }: NetworkOptions,
): Promise<ShapedLink> {
  const rated = { ...SLOW, ...options };
  const shape = { queueBytes: (rated.bitsPerSecond / 8) * QUEUE_SECONDS, ...rated };
  const [near, far] = [`${net}.2`, `${net}.1`];
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
  const links = [...new Set([sender!.relayLink, receiver!.relayLink])];
  const arrivedAt = (end: 0 | 1) => links.reduce((sum, link) => sum + link.arrivedBytes(end), 0);
  return {
    namespaces,
    relay,
    sender: sender!,
    receiver: receiver!,
    relayBytes: () => ({ toRelay: arrivedAt(1), fromRelay: arrivedAt(0) }),
  };
}
