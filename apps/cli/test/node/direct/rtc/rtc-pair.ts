// Two ends of a real WebRTC connection on this device, as a session makes it: the receiver offers, the sender answers.
import { networkInterfaces } from 'node:os';
import type { DirectChannel, RtcConnection, RtcDataChannel, RtcNetwork } from '@p2p-copy/core';
import { webBulkCrypto } from '../../../../../../packages/core/src/crypto/web-bulk-crypto.ts';
import type { DirectWay } from '../../../../../../packages/core/src/direct/direct-ways.ts';
import { RtcBudget } from '../../../../../../packages/core/src/direct/rtc-budget.ts';
import { RtcChannel } from '../../../../../../packages/core/src/direct/rtc-channel.ts';
import { RtcMeeting } from '../../../../../../packages/core/src/direct/rtc-meeting.ts';
import { rtcNetwork } from '../../../../src/node/direct/rtc/rtc-network.ts';
import { nodeClock } from '../../../../src/node/time/clock.ts';

const DIAL_KEY = new Uint8Array(32).fill(5);

/** Why WebRTC isn't tried here; null where it can be. */
export function reasonToSkip(): string | null {
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  if (rtcNetwork() === null) return 'the addon isn’t installed';
  return addresses.some(({ internal }) => !internal) ? null : 'this device has no address but loopback';
}

/** This device, which reaches itself: both ends are on it. */
function ownNetwork(): RtcNetwork {
  return { ...rtcNetwork()!, mayReach: () => true };
}

export interface RtcPair {
  sender: RtcMeeting;
  receiver: RtcMeeting;
  /** Channels that the receiver took. */
  taken: DirectChannel[];
  close(): void;
}

export async function rtcPair(network = ownNetwork()): Promise<RtcPair> {
  const taken: DirectChannel[] = [];
  const context = (role: 'sender' | 'receiver') => ({
    ...{ network, clock: nodeClock, bulk: webBulkCrypto, role, budget: new RtcBudget(), stunUrls: [] },
    onChannel: (channel: DirectChannel) => void taken.push(channel),
  });
  const receiver = new RtcMeeting(null, context('receiver'));
  const sender = new RtcMeeting((await receiver.describe())!, context('sender'));
  await receiver.accept((await sender.describe())!);
  const close = () => {
    for (const each of [sender, receiver]) each.close();
  };
  return { sender, receiver, taken, close };
}

/** The next channel that the sender opens. */
export function dialled({ sender }: RtcPair, signal: AbortSignal): Promise<DirectWay> {
  return new Promise((resolve) => {
    void sender.dial(1, DIAL_KEY, signal, resolve);
  });
}

/** Two ends of a connection, without what a session makes of them. */
export interface BareRtcPair {
  sender: RtcConnection;
  receiver: RtcConnection;
  /** Data channels that the receiver was given, the first of them later. */
  first: Promise<RtcDataChannel>;
  /** Ends that said they are lost. */
  lost: string[];
}

export async function bareRtcPair(network = ownNetwork()): Promise<BareRtcPair> {
  const lost: string[] = [];
  const signal = new AbortController().signal;
  let give: (channel: RtcDataChannel) => void = () => {};
  const first = new Promise<RtcDataChannel>((resolve) => {
    give = resolve;
  });
  const options = (role: string) => ({
    ...{ stunUrls: [], onChannel: (channel: RtcDataChannel) => give(channel) },
    onLost: () => void lost.push(role),
  });
  const receiver = network.offer(options('receiver'));
  const sender = network.answer(await receiver.describe(signal), options('sender'));
  await receiver.accept(await sender.describe(signal));
  return { sender, receiver, first, lost };
}

/** A channel of this protocol on a data channel, without limits. */
export function channelOn(channel: RtcDataChannel): RtcChannel {
  return new RtcChannel(channel, { limitOf: () => 2 ** 21, onWaiting() {}, onClosed() {} });
}
