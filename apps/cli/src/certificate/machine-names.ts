// By what names and addresses other devices reach this machine: what its certificate is for, and which URLs people are
// shown.
import { hostname } from 'node:os';
import { noteDefaultRoute, ownNetworkAddresses } from '@p2p-copy/relay';

export interface MachineNames {
  hosts: string[];
  /** Those that people are shown, and so the ones that a certificate must be for. */
  ipv4: string[];
  /** IPv4 of networks between programs of this machine, which come and go: a certificate is for them only as long as it lasts. */
  passing?: string[];
  /** Many change daily, so a certificate is for them only as long as it lasts. */
  ipv6: string[];
}

/** This machine's names and addresses now, and its loopback. */
export async function machineNames(): Promise<MachineNames> {
  await noteDefaultRoute();
  const own = ownNetworkAddresses();
  const physical = own.filter(({ isVirtual }) => !isVirtual);
  // Where there is nothing else, others come by those.
  const lasting = physical.length > 0 ? physical : own;
  const of = (wanted: typeof own, family: 'IPv4' | 'IPv6') =>
    wanted.filter((each) => each.family === family).map(({ address }) => address);
  return {
    hosts: ['localhost', ...hostsOf(hostname())],
    ipv4: unique(['127.0.0.1', ...of(lasting, 'IPv4')]),
    passing: unique(of(own, 'IPv4').filter((address) => !of(lasting, 'IPv4').includes(address))),
    ipv6: unique(['::1', ...of(own, 'IPv6')]),
  };
}

/** Addresses of this machine in its networks, the likeliest to be reached first. */
export function networkAddresses(): { ipv4: string[]; ipv6: string[] } {
  const own = ownNetworkAddresses();
  const of = (wanted: 'IPv4' | 'IPv6') =>
    unique(own.flatMap(({ address, family }) => (family === wanted ? [address] : [])));
  return { ipv4: of('IPv4'), ipv6: of('IPv6') };
}

function unique(addresses: string[]): string[] {
  return [...new Set(addresses)];
}

/** `box` and `box.local` of `Box` or `box.example.org`, with that too; nothing of a name that no certificate can hold. */
export function hostsOf(name: string): string[] {
  const host = name.toLowerCase();
  if (host.length > 63 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host))
    return [];
  const [first] = host.split('.');
  return [...new Set([host, `${first}.local`])].filter((found) => !/^localhost(\.|$)/.test(found));
}
