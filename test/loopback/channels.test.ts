// The contract of a channel against real sockets: through a real relay with Node's and a browser's sockets, and over TCP
// without one.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES, TcpChannel } from '../../apps/cli/src/node/direct/tcp-channel.ts';
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import { nodeClock } from '../../apps/cli/src/node/time/clock.ts';
import { type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import { dialRelayBrowser } from '../../apps/web/src/engine/sockets/dial-relay-browser.ts';
import { likeBrowser } from '../../apps/web/test/engine/sockets/node-sockets.ts';
import { type DialRelay, relayRendezvous } from '../../packages/core/src/index.ts';
import { type ConnectedPair, channelContract } from '../../packages/core/test/ports/channel-contract.ts';
import { startFaultProxy } from '../faults/fault-proxy.ts';
import { tcpPair } from './tcp-rendezvous.ts';

/** The port asks for no more than that. */
const LINES = 140;

let relay: RunningRelay;
beforeAll(async () => {
  likeBrowser({ hasStreams: false });
  relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
});
afterAll(() => relay.close());

async function throughRelay(dial: DialRelay): Promise<ConnectedPair> {
  const proxy = await startFaultProxy({ relayUrl: relay.url });
  const rendezvous = relayRendezvous(dial, nodeClock)(proxy.url);
  const key = randomBytes(32).toString('base64url');
  const { signal } = new AbortController();
  const ends = await Promise.all([
    rendezvous.meet(key, 'sender', signal),
    rendezvous.meet(key, 'receiver', signal),
  ]);
  return { ends, cut: () => proxy.reset(), close: () => proxy.close() };
}

channelContract('a channel through a relay, over Node’s WebSocket', {
  connect: () => throughRelay(createDial({ endpoint, isSealed: true })),
  // The kernel takes up to 36 MiB for each of four connections on the way.
  boundMiB: 192,
});

// It can't make the relay wait, and drops a connection on which too much comes: the engine's credits bound it.
channelContract('a channel through a relay, over a browser’s WebSocket', {
  connect: () => throughRelay(dialRelayBrowser),
  boundMiB: null,
});

channelContract('a channel over TCP, without a relay', { connect: tcpPair, boundMiB: 64 });

describe('a channel over TCP', () => {
  it(`is one file of at most ${LINES} lines`, () => {
    const text = readFileSync(
      fileURLToPath(new URL('../../apps/cli/src/node/direct/tcp-channel.ts', import.meta.url)),
      'utf8',
    );
    expect(text.split('\n').length - 1).toBeLessThanOrEqual(LINES);
  });

  it.each([
    ['that states a byte more than is allowed', header(MAX_MESSAGE_BYTES + 1), 'malformed'],
    ['that states four gigabytes', Buffer.alloc(4, 0xff), 'malformed'],
    ['of which half comes', Buffer.concat([header(8), Buffer.from('half')]), 'lost'],
    ['of whose length half comes', header(8).subarray(0, 2), 'lost'],
  ])('ends at a message %s, and gives out none of it', async (_name, bytes, why) => {
    const server = createServer((socket) => socket.end(bytes));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const channel = new TcpChannel(connectTcp(server.address() as { port: number }));
    expect(await channel.receive()).toMatchObject({ kind: 'closed', why });
    expect(await channel.receive()).toMatchObject({ kind: 'closed', why });
    server.close();
  });
});

function header(sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sizeBytes);
  return bytes;
}
