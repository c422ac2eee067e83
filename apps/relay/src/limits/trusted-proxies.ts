// The reverse proxies whose word on a client's address is taken. Each appends the address that it was called from to
// X-Forwarded-For, so only what stands right of the first stranger, read from the right, wasn't written by a client.
import { BlockList, isIP, isIPv6 } from 'node:net';

/** The caller at a unix socket: it has no address, and who may call is a matter of the socket's permissions. */
export const LOCAL_CALLER = 'unix';

/** Whether `text` is `unix`, or names one address, or a block of them as CIDR. A block of all addresses is none. */
export function isAddressOrBlock(text: string): boolean {
  if (text === LOCAL_CALLER) return true;
  const { address, prefix } = splitBlock(text);
  if (isIP(address) === 0) return false;
  const longest = isIPv6(address) ? 128 : 32;
  return prefix === null || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= longest);
}

export class TrustedProxies {
  #blocks = new BlockList();
  #trustsLocal = false;

  /** @param proxies each passes `isAddressOrBlock` */
  constructor(proxies: readonly string[]) {
    this.retune(proxies);
  }

  /** Trusts these from now on, and no others. */
  retune(proxies: readonly string[]): void {
    this.#blocks = new BlockList();
    this.#trustsLocal = proxies.includes(LOCAL_CALLER);
    for (const proxy of proxies) {
      if (proxy === LOCAL_CALLER) continue;
      const { address, prefix } = splitBlock(proxy);
      if (prefix === null) this.#blocks.addAddress(address, familyOf(address));
      else this.#blocks.addSubnet(address, Number(prefix), familyOf(address));
    }
  }

  /** An IPv4-mapped IPv6 address is the IPv4 address. */
  has(address: string): boolean {
    if (address === LOCAL_CALLER) return this.#trustsLocal;
    return isIP(address) !== 0 && this.#blocks.check(address, familyOf(address));
  }

  /**
   * The address of the client: the rightmost hop that isn't a trusted proxy. A hop that can't be read is spoken for by
   * the proxy that wrote it.
   * @param caller of the TCP connection
   * @param forwarded the X-Forwarded-For header, all of its lines joined by commas
   */
  clientAddress(caller: string, forwarded: string): string {
    return this.#walk(caller, forwarded).client;
  }

  /** How many trusted proxies in a row passed a request on, the caller first; 0 where the caller is a stranger. */
  hops(caller: string, forwarded: string): number {
    return this.#walk(caller, forwarded).hops;
  }

  #walk(caller: string, forwarded: string): { client: string; hops: number } {
    let [client, hops] = [caller, 0];
    for (const entry of forwarded.split(',').reverse()) {
      if (!this.has(client)) return { client, hops };
      hops += 1;
      const hop = withoutPort(entry.trim());
      if (isIP(hop) === 0) return { client, hops };
      client = hop;
    }
    return { client, hops };
  }
}

function splitBlock(text: string): { address: string; prefix: string | null } {
  const [address = '', prefix = null, ...more] = text.split('/');
  return more.length === 0 ? { address, prefix } : { address: '', prefix };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** Some proxies write `1.2.3.4:5678` and `[2001:db8::1]:5678`: by the port each connection would count as a client. */
function withoutPort(hop: string): string {
  return /^\[(.*)\](:\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
