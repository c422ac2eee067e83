// WebRTC between two ends on this device: real connections and data channels.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type ConnectedPair,
  channelContract,
} from '../../../../../../packages/core/test/ports/channel-contract.ts';
import { rtcNetwork } from '../../../../src/node/direct/rtc/rtc-network.ts';
import { bareRtcPair, channelOn, dialled, type RtcPair, reasonToSkip, rtcPair } from './rtc-pair.ts';

const reason = reasonToSkip();
const ending = new AbortController();
let pair: RtcPair | null = null;
afterEach(() => pair?.close());

async function connect(): Promise<ConnectedPair> {
  const { sender, receiver, first } = await bareRtcPair();
  const own = channelOn(await sender.open(ending.signal));
  const theirs = channelOn(await first);
  const close = () => {
    sender.close();
    receiver.close();
  };
  return { ends: [own, theirs], cut: () => receiver.close(), close };
}

describe.skipIf(reason !== null)(`WebRTC${reason === null ? '' : ` (${reason})`}`, () => {
  // A data channel can't stop reading: the engine's credits bound it, and a limit for all that waits.
  channelContract('a channel over WebRTC', { connect, boundMiB: null });

  it('brings a lane’s channel from the sender to the receiver, and both say that they are in one network', async () => {
    pair = await rtcPair();
    const { path } = await dialled(pair, ending.signal);
    expect(path).toEqual({ kind: 'webrtc', isLocal: true });
    await vi.waitFor(() => expect(pair!.taken).toHaveLength(1), 20_000);
    expect(pair.taken[0]!.isLocal).toBe(true);
    expect(await pair.taken[0]!.receive()).toMatchObject({ kind: 'message' });
  });

  it('opens nothing to an end whose certificate isn’t the one it told', async () => {
    const network = rtcNetwork()!;
    const options = { stunUrls: [], onChannel() {}, onLost: vi.fn() };
    const receiver = network.offer(options);
    const offer = await receiver.describe(ending.signal);
    const sender = network.answer({ ...offer, fingerprint: new Uint8Array(32) }, options);
    await receiver.accept(await sender.describe(ending.signal));
    await expect(sender.open(AbortSignal.timeout(20_000))).rejects.toThrow();
    sender.close();
    receiver.close();
  });

  it.each(['stun:127.0.0.1:39999', 'stun:[::1]:39999', 'stun:localhost:39999'])(
    'is made though %s doesn’t answer',
    async (stunUrl) => {
      const made = rtcNetwork()!.offer({ stunUrls: [stunUrl], onChannel() {}, onLost() {} });
      const told = await made.describe(AbortSignal.timeout(500));
      expect(told.candidates.length).toBeGreaterThan(0);
      made.close();
    },
  );

  it('asks the STUN server that it is given', async () => {
    const server = createSocket('udp4').bind(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = once(server, 'message', { signal: AbortSignal.timeout(10_000) });
    const stunUrls = [`stun:127.0.0.1:${server.address().port}`];
    const made = rtcNetwork()!.offer({ stunUrls, onChannel() {}, onLost() {} });
    await made.describe(AbortSignal.timeout(500));
    const [request] = (await asked) as [Buffer];
    // A Binding request.
    expect([request.readUInt16BE(0), request.readUInt32BE(4)]).toEqual([1, 0x2112a442]);
    made.close();
    server.close();
  });

  it('tells both ends when the other one is gone', async () => {
    const { sender, receiver, first, lost } = await bareRtcPair();
    const channel = await sender.open(ending.signal);
    const onClosed = vi.fn();
    channel.attach({ onMessage() {}, onLow() {}, onClosed });
    await first;
    receiver.close();
    await vi.waitFor(() => expect([lost, onClosed.mock.calls.length]).toEqual([['sender'], 1]), 20_000);
    await expect(sender.open(ending.signal)).rejects.toThrow();
  });

  it('checks none of this device’s own addresses, no private one of another network, and no name', () => {
    const { mayReach } = rtcNetwork()!;
    const at = (host: string) => mayReach({ host, port: 5000, type: 'host' });
    expect(at('127.0.0.1')).toBe(false);
    expect(at('10.99.98.97')).toBe(false);
    expect(at('7f1e9c2a-0b3d-4c5e-8f6a-112233445566.local')).toBe(false);
    expect(at('8.8.8.8')).toBe(true);
  });
});
