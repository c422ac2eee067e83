// By what names and addresses other devices reach this machine: what its certificate is for, and which URLs people are
// shown.
import { hostname, networkInterfaces } from 'node:os';

export interface MachineNames {
  hosts: string[];
  /** Those that people are shown, and so the ones that a certificate must be for. */
  ipv4: string[];
  /** Many change daily, so a certificate is for them only as long as it lasts. */
  ipv6: string[];
}

/** This machine's names and addresses now, and its loopback. */
export function machineNames(): MachineNames {
  const { ipv4, ipv6 } = networkAddresses();
  return {
    hosts: ['localhost', ...hostsOf(hostname())],
    ipv4: ['127.0.0.1', ...ipv4],
    ipv6: ['::1', ...ipv6],
  };
}

/** Addresses of this machine in its networks. */
export function networkAddresses(): { ipv4: string[]; ipv6: string[] } {
  const found = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal }) => !internal);
  const of = (wanted: 'IPv4' | 'IPv6') => [
    ...new Set(found.filter(({ family }) => family === wanted).map(({ address }) => address)),
  ];
  return { ipv4: of('IPv4'), ipv6: of('IPv6') };
}

/** `box` and `box.local` of `Box` or `box.example.org`, with that too; nothing of a name that no certificate can hold. */
export function hostsOf(name: string): string[] {
  const host = name.toLowerCase();
  if (host.length > 63 || !/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(host))
    return [];
  const [first] = host.split('.');
  return [...new Set([host, `${first}.local`])].filter((found) => !/^localhost(\.|$)/.test(found));
}
