// This machine's addresses in its networks, the likeliest to be reached by other devices first: of the interface with the default route,
// then wired and wireless ones, then what isn't known, and last networks between programs of one machine.
import { readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';

/** An address of this machine. `isVirtual`: no other device is in its network, as a rule. */
export interface OwnNetworkAddress {
  address: string;
  family: 'IPv4' | 'IPv6';
  isVirtual: boolean;
}

/** Of containers, virtual machines and tunnels: Linux, macOS, then Windows. */
const VIRTUAL =
  /^(docker|br-|veth|virbr|vmnet|vnet|vboxnet|lxc|lxd|podman|cni|flannel|cali|kube|weave|dummy|utun|tun|tap|wg|tailscale|zt|nordlynx|ppp|ipsec|gif|stf|awdl|llw|anpi|ap\d|bridge\d|vEthernet|VirtualBox|VMware|Hyper-V|Bluetooth|Npcap|ZeroTier|Tailscale|WireGuard|OpenVPN|Local Area Connection\* )/i;
/** The host's side of a network of VirtualBox and of VMware, whatever Windows calls it. */
const VIRTUAL_MAC = /^(0a:00:27|00:50:56:c0)/i;
const PHYSICAL = /^(en|eth|wl|Ethernet|Wi-?Fi|WLAN|LAN)/i;
const LINK_LOCAL = /^(169\.254\.|fe80:)/i;

/** @param defaultInterface name of the one with the default route; null where the system doesn't say */
export function ownNetworkAddresses(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
  defaultInterface: string | null = interfaceOfDefaultRoute(),
): OwnNetworkAddress[] {
  const found = Object.entries(interfaces).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ internal }) => !internal)
      .map(({ address, family, mac }) => {
        const isVirtual = name !== defaultInterface && (VIRTUAL.test(name) || VIRTUAL_MAC.test(mac));
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

/** Linux says it in a file; elsewhere the kind decides. */
function interfaceOfDefaultRoute(): string | null {
  try {
    const routes = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1);
    const defaults = routes
      .map((line) => line.split('\t'))
      .filter((fields) => fields[1] === '00000000' && fields[7] === '00000000');
    return defaults.sort((a, b) => Number(a[6]) - Number(b[6]))[0]?.[0] ?? null;
  } catch {
    return null;
  }
}
