// Whether tests can make networks of their own here.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Debian puts these programs where only root looks for them. */
export const ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

const PROGRAMS: readonly (readonly [name: string, argument: string, debianPackage: string])[] = [
  ['ip', '-V', 'iproute2'],
  ['nft', '--version', 'nftables'],
  ['cc', '--version', 'gcc libc6-dev'],
];

/** For the name of a `describe` that is skipped: `null` where network namespaces, TUN devices and all programs are there. */
export function reasonToSkip(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  for (const [name, argument, debianPackage] of PROGRAMS) {
    if (!runs(name, argument)) return `no ${name} here; apt-get install ${debianPackage}`;
  }
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun here';
  if (!existsSync('/proc/sys/net/ipv6')) return 'no IPv6 here';
  const probe = `p2pc-probe-${process.pid}`;
  // Containers have root without the right to make namespaces.
  if (!runs('ip', 'netns', 'add', probe)) return 'this system gives no network namespaces';
  const hasAll =
    runs('ip', '-n', probe, 'tuntap', 'add', 'probe', 'mode', 'tun') &&
    runs('ip', '-n', probe, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1') &&
    runs('ip', 'netns', 'exec', probe, 'nft', 'add', 'table', 'inet', 'probe');
  runs('ip', 'netns', 'del', probe);
  return hasAll ? null : 'this kernel gives no TUN devices, veth pairs or nftables';
}

function runs(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { env: ENVIRONMENT }).status === 0;
}
