// The ready-made networks: who reaches whom, by which link.
import { describe, expect, it } from 'vitest';
import { reasonToSkip } from './reason-to-skip.ts';
import { connectsTcp, streamTcp } from './tcp-stream.ts';
import { blockedPorts, DIRECT_ADDRESSES, RELAY_HOST, slowRelay, twoNats } from './topologies.ts';

const reason = reasonToSkip();
const PORT = 5000;
const BYTES = 300_000;

describe.skipIf(reason !== null)(`ready-made networks${reason ? ` (${reason})` : ''}`, () => {
  it.each(['slow', 'blocked'] as const)('%s: both ends reach the relay, over its link only', async (kind) => {
    const network = kind === 'slow' ? await slowRelay() : await blockedPorts();
    for (const { namespace } of [network.sender, network.receiver]) {
      const before = network.relayBytes().toRelay;
      await streamTcp({ from: namespace, to: network.relay }, RELAY_HOST, PORT, BYTES);
      expect(network.relayBytes().toRelay - before).toBeGreaterThan(BYTES);
    }
    expect(network.direct.bytes).toBeLessThan(10_000);
  });

  it('slow: both ends reach each other by the direct link of both families, not by way of the relay', async () => {
    const network = await slowRelay();
    const pair = { from: network.sender.namespace, to: network.receiver.namespace };
    for (const address of DIRECT_ADDRESSES.receiver) {
      const stream = await streamTcp(pair, address.split('/')[0]!, PORT, BYTES);
      expect(stream.bytes).toBe(BYTES);
    }
    expect(network.direct.bytes).toBeGreaterThan(2 * BYTES);
    // The receiver's address on its link to the relay.
    expect(await connectsTcp(pair, '198.18.1.2', PORT)).toBe(false);
    expect(network.relayBytes().fromRelay).toBeLessThan(10_000);
  });

  it('slow: the congestion control is that of the option', async () => {
    const network = await slowRelay({ congestion: 'reno' });
    for (const namespace of [network.sender.namespace, network.relay])
      expect(namespace.ip('route')).toContain('congctl reno');
  });

  it('blocked: no TCP passes between both ends, other protocols do', async () => {
    const network = await blockedPorts({ blocked: 'tcp' });
    const [from, to] = [network.sender.namespace, network.receiver.namespace];
    const host = DIRECT_ADDRESSES.receiver[0].split('/')[0]!;
    expect(await connectsTcp({ from, to }, host, PORT)).toBe(false);
    // A datagram to a port that nobody has is answered by ICMP.
    expect(() => from.execute(process.execPath, '-e', DATAGRAM, host)).toThrow('ECONNREFUSED');
  });

  it('blocked as a whole: neither TCP nor datagrams pass', async () => {
    const network = await blockedPorts();
    const [from, to] = [network.sender.namespace, network.receiver.namespace];
    const host = DIRECT_ADDRESSES.receiver[0].split('/')[0]!;
    expect(await connectsTcp({ from, to }, host, PORT)).toBe(false);
    expect(from.execute(process.execPath, '-e', DATAGRAM, host)).toBe('unanswered');
  });

  it('NATs: each end reaches the relay from an address of its NAT, and nobody reaches an end', async () => {
    const { sender, receiver, relay } = await twoNats();
    const seen: string[] = [];
    for (const { namespace } of [sender, receiver])
      seen.push((await streamTcp({ from: namespace, to: relay }, RELAY_HOST, PORT, BYTES)).address);
    expect(seen).toEqual(['45.45.0.2', '45.45.1.2']);
    const pair = { from: sender.namespace, to: receiver.namespace };
    for (const address of ['192.168.1.2', '45.45.1.2'])
      expect(await connectsTcp(pair, address, PORT)).toBe(false);
  });
});

const DATAGRAM = `
  const socket = require('node:dgram').createSocket('udp4');
  socket.on('error', ({ code }) => { throw new Error(code); });
  socket.connect(9, process.argv[1], () => socket.send('x'));
  setTimeout(() => {
    process.stdout.write('unanswered');
    socket.close();
  }, 2_000);
`;
