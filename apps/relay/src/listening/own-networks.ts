// This machine's addresses in its networks, the likeliest to be reached by other devices first: of the interface with the default route,
// then wired and wireless ones, then what isn't known, and last networks between programs of one machine.
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { defaultRoute } from './default-route.ts';

/** An address of this machine. `isVirtual`: no other device is in its network, as a rule. */
export interface OwnNetworkAddress {
  address: string;
  family: 'IPv4' | 'IPv6';
  isVirtual: boolean;
}

/** Of containers, virtual machines and tunnels: Linux, macOS, then Windows. */
const VIRTUAL =
  /^(docker|br-|veth|virbr|vmnet|vmenet|vnet|vnic|vboxnet|lxc|lxd|podman|cni|flannel|cali|kube|weave|dummy|utun|tun|tap|wg|tailscale|zt|feth|nordlynx|ppp|ipsec|gif|stf|awdl|llw|anpi|ap\d|bridge\d|vEthernet|VirtualBox|VMware|Hyper-V|Bluetooth|Npcap|ZeroTier|Tailscale|WireGuard|Wintun|NordLynx|CloudflareWARP|Mullvad|Hamachi|PANGP|Teredo|isatap|6to4)|VPN/i;
/** Wi-Fi Direct and other adapters that Windows hides, in each of its languages: `Local Area Connection* 2`, `LAN-Verbindung* 2`. */
const HIDDEN = /\* ?\d+$/;
/** The host's side of a network of VirtualBox and of VMware, whatever Windows calls it. */
const VIRTUAL_MAC = /^(0a:00:27|00:50:56:c0)/i;
const PHYSICAL = /^(en|eth|wl|Ethernet|Wi-?Fi|WLAN|LAN)/i;
const LINK_LOCAL = /^(169\.254\.|fe80:)/i;

/** @param route interface with the default route, by name or by its address; null where the system doesn't say */
export function ownNetworkAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
  route: ReturnType<typeof defaultRoute> = defaultRoute(),
): OwnNetworkAddress[] {
  const defaultInterface = route === null ? null : nameOf(route, interfaces);
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal }) => !internal)
      .map(({ address, family, mac }) => {
        const isOfPrograms = VIRTUAL.test(name) || HIDDEN.test(name) || VIRTUAL_MAC.test(mac);
        const isVirtual = name !== defaultInterface && isOfPrograms;
        return { address, family, isVirtual, rank: rankOf(name, address, { isVirtual, defaultInterface }) };
      }),
  );
  // The order of the system's stays within a rank.
  return found
    .sort((a, b) => a.rank - b.rank)
    .map(({ address, family, isVirtual }) => ({ address, family, isVirtual }));
}

function rankOf(
  name: string,
  address: string,
  { isVirtual, defaultInterface }: { isVirtual: boolean; defaultInterface: string | null },
): number {
  if (isVirtual) return 4;
  // Given by the machine to itself, since nobody else gave it one.
  if (LINK_LOCAL.test(address)) return 3;
  if (name === defaultInterface) return 0;
  return PHYSICAL.test(name) ? 1 : 2;
}

function nameOf(
  route: NonNullable<ReturnType<typeof defaultRoute>>,
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>,
): string | null {
  if ('name' in route) return route.name;
  const has = ([, addresses = []]: [string, NetworkInterfaceInfo[] | undefined]) =>
    addresses.some(({ address }) => address === route.address);
  return Object.entries(interfaces).find(has)?.[0] ?? null;
}
