// One network namespace: its addresses, routes, links, what it drops, and how a process is run in it.
import { execFileSync } from 'node:child_process';
import { ENVIRONMENT } from './reason-to-skip.ts';

export type Congestion = 'reno' | 'cubic' | 'bbr';

export interface Route {
  /** A network, or `default`. */
  to: string;
  device: string;
  via?: string;
  /** TCP congestion control of connections by this route. */
  congestion?: Congestion | undefined;
}

/** Bytes and packets of a link since it was made, as its namespace counts them: IP headers included. */
export interface LinkCounts {
  sentBytes: number;
  receivedBytes: number;
  sentPackets: number;
  receivedPackets: number;
}

/**
 * Which packets are dropped: all; all of TCP, of UDP, or of both; those of TCP from and to a port; those of UDP beyond a rate; those
 * of more bytes, IP header included.
 */
export type Drop =
  | 'everything'
  | keyof typeof PROTOCOLS
  | { port: number }
  | { udpBytesPerSecond: number }
  | { longerThan: number };

const PROTOCOLS = { tcp: 'tcp', udp: 'udp', ports: '{ tcp, udp }' };

/** The table of nftables that drops. */
const CUT = 'cut';
const PATIENCE_MS = 10_000;

export class Namespace {
  constructor(readonly name: string) {}

  /** Goes before a command that is to run in this namespace; the process keeps its id and gets its signals itself. */
  get within(): readonly string[] {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Runs `ip` on this namespace. Returns its standard output. */
  ip(...args: string[]): string {
    return execute('ip', '-n', this.name, ...args);
  }

  /** Runs a command to its end in this namespace. Returns its standard output. */
  execute(...command: string[]): string {
    const [file, ...args] = [...this.within, ...command];
    return execute(file!, ...args);
  }

  /** Writes a setting below `/proc/sys`, dots for slashes. */
  set(setting: string, value: string | number): void {
    this.execute('sh', '-c', `echo ${value} > /proc/sys/${setting.replaceAll('.', '/')}`);
  }

  /** Adds addresses with their prefix length, of either family, usable at once. */
  address(device: string, ...addresses: string[]): void {
    for (const address of addresses) {
      const nodad = address.includes(':') ? ['nodad'] : [];
      this.ip('address', 'add', address, 'dev', device, ...nodad);
    }
  }

  link(device: string, state: 'up' | 'down'): void {
    this.ip('link', 'set', device, state);
  }

  /** Waits until a device that was set up can send: the kernel tells addresses of it up to a second later. */
  async ready(device: string): Promise<void> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    while (!this.#isReady(device)) {
      if (performance.now() > giveUpMs) throw new Error(`${device} of ${this.name} does not come up`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #isReady(device: string): boolean {
    const [link] = JSON.parse(this.ip('-j', 'address', 'show', 'dev', device));
    const routes = this.ip('-6', 'route', 'show', 'dev', device);
    const addresses: { family: string; scope: string; tentative?: boolean }[] = link.addr_info;
    const hasRoutes = addresses.every(
      ({ family, scope }) =>
        family === 'inet' || scope === 'link' || /^(?!fe80:).* proto kernel/m.test(routes),
    );
    return (
      link.operstate === 'UP' &&
      addresses.every(({ tentative }) => !tentative) &&
      hasRoutes &&
      !routes.includes('linkdown')
    );
  }

  route({ to, device, via, congestion }: Route): void {
    const family = to.includes(':') || via?.includes(':') ? '-6' : '-4';
    this.ip(
      family,
      ...['route', 'replace', to, 'dev', device],
      ...(via === undefined ? [] : ['via', via]),
      ...(congestion === undefined ? [] : ['congctl', congestion]),
    );
  }

  /** Whether the kernel has a congestion control that routes can take. */
  hasCongestion(congestion: Congestion): boolean {
    const available = this.execute('cat', '/proc/sys/net/ipv4/tcp_available_congestion_control');
    return available.trim().split(' ').includes(congestion);
  }

  /** Ids of the processes in it. */
  processes(): number[] {
    return execute('ip', 'netns', 'pids', this.name).split('\n').filter(Boolean).map(Number);
  }

  counts(device: string): LinkCounts {
    const [link] = JSON.parse(this.ip('-s', '-j', 'link', 'show', 'dev', device));
    const { rx, tx } = link.stats64;
    return {
      sentBytes: tx.bytes,
      receivedBytes: rx.bytes,
      sentPackets: tx.packets,
      receivedPackets: rx.packets,
    };
  }

  /** Drops packets that come in by a link, silently, until `receiveAll`. In place of an earlier drop. */
  drop(device: string, what: Drop): void {
    this.receiveAll();
    const rules = matchesOf(what).map((match) => `iifname "${device}" ${match} counter drop`);
    this.#chain(`inet ${CUT}`, ['type filter hook prerouting priority -300', ...rules]);
  }

  /** Takes back `drop`. */
  receiveAll(): void {
    this.execute('nft', `table inet ${CUT} {}; delete table inet ${CUT}`);
  }

  /** Hides the addresses of what leaves by a link behind that link's own. */
  masquerade(device: string): void {
    this.#chain('ip nat', ['type nat hook postrouting priority 100', `oifname "${device}" masquerade`]);
  }

  /** Drops what comes in by a link for this namespace itself and belongs to nothing that went out, as routers at home do. */
  dropUnasked(device: string): void {
    this.#chain('inet firewall', [
      'type filter hook input priority 0',
      `iifname "${device}" ct state new drop`,
    ]);
  }

  #chain(table: string, statements: readonly string[]): void {
    const lines = statements.map((each) => `${each}\n`).join('');
    this.execute('nft', `table ${table} {\nchain packets {\n${lines}}\n}`);
  }
}

function matchesOf(what: Drop): string[] {
  if (what === 'everything') return [''];
  if (typeof what === 'string') return [`meta l4proto ${PROTOCOLS[what]}`];
  if ('port' in what) return [`tcp sport ${what.port}`, `tcp dport ${what.port}`];
  if ('udpBytesPerSecond' in what)
    return [`meta l4proto udp limit rate over ${what.udpBytesPerSecond} bytes/second`];
  return [`meta length > ${what.longerThan}`];
}

function execute(file: string, ...args: string[]): string {
  return execFileSync(file, args, {
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
