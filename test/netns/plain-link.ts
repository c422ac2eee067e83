// A veth pair between two namespaces: as fast as the machine, and cut when a test says so.
import type { Drop, Namespace } from './namespace.ts';

/** One end of a link: its namespace, the name of its device there, its addresses with prefix lengths. */
export interface LinkEnd {
  namespace: Namespace;
  device: string;
  addresses: readonly string[];
}

export class PlainLink {
  private constructor(readonly ends: readonly [LinkEnd, LinkEnd]) {}

  static async join(near: LinkEnd, far: LinkEnd): Promise<PlainLink> {
    const peer = ['peer', 'name', far.device, 'netns', far.namespace.name];
    near.namespace.ip('link', 'add', near.device, 'type', 'veth', ...peer);
    const link = new PlainLink([near, far]);
    for (const { namespace, device, addresses } of link.ends) namespace.address(device, ...addresses);
    await link.plug();
    return link;
  }

  /** Both ends see at once that the link is down. Their addresses stay, IPv6 ones too. */
  unplug(): void {
    for (const { namespace, device } of this.ends) {
      namespace.set(`net.ipv6.conf.${device}.keep_addr_on_down`, 1);
      namespace.link(device, 'down');
    }
  }

  /** Returns once both ends can send again. */
  async plug(): Promise<void> {
    for (const { namespace, device } of this.ends) namespace.link(device, 'up');
    for (const { namespace, device } of this.ends) await namespace.ready(device);
  }

  /** Drops packets in both directions; neither end is told. In place of an earlier drop. */
  drop(what: Drop): void {
    for (const { namespace, device } of this.ends) namespace.drop(device, what);
  }

  /** Takes back `drop`. */
  mend(): void {
    for (const { namespace } of this.ends) namespace.receiveAll();
  }

  /** Bytes that went over the link, both directions together, IP headers included. */
  get bytes(): number {
    const [{ namespace, device }] = this.ends;
    const { sentBytes, receivedBytes } = namespace.counts(device);
    return sentBytes + receivedBytes;
  }
}
