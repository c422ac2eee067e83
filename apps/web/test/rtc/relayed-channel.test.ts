// A browser that can't transfer a data channel: the page passes everything on, and the worker uses it like its own.
import { RTC_LOW_BYTES } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type ComingChannel, takeChannel } from '../../src/engine/rtc/data-channels.ts';
import { relayedChannel } from '../../src/rtc/relayed-channel.ts';

/** Node has no RTCDataChannel: one of which the test is the network. */
class TestChannel {
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType = 'blob';
  readonly sent: number[] = [];
  onopen = () => {};
  onclose = () => {};
  onbufferedamountlow = () => {};
  onmessage: (event: { data: ArrayBuffer | string }) => void = () => {};

  send(data: ArrayBuffer): void {
    if (this.readyState !== 'open') throw new Error('InvalidStateError');
    this.sent.push(data.byteLength);
    this.bufferedAmount += data.byteLength;
  }

  open(): void {
    this.readyState = 'open';
    this.onopen();
  }

  drain(): void {
    this.bufferedAmount = 0;
    this.onbufferedamountlow();
  }

  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.onclose();
  }
}

let network: TestChannel;
let port: MessagePort;
let channel: ComingChannel;
const told: string[] = [];
const hooks = {
  onMessage: (bytes: Uint8Array) => void told.push(`message of ${bytes.length}`),
  onLow: () => void told.push('low'),
  onClosed: () => void told.push('closed'),
};

beforeEach(() => {
  told.length = 0;
  network = new TestChannel();
  port = relayedChannel(network as unknown as RTCDataChannel);
  channel = takeChannel(port, () => told.push('gone'));
});
afterEach(() => port.close());

/** Both directions of the port are idle. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('what comes before anyone listens is told first, and in order', async () => {
  network.open();
  for (const length of [1, 2, 3]) network.onmessage({ data: new ArrayBuffer(length) });
  await channel.opened;
  await settled();
  channel.give(false).attach(hooks);
  network.onmessage({ data: new ArrayBuffer(4) });
  await settled();
  expect(told).toEqual(['message of 1', 'message of 2', 'message of 3', 'message of 4']);
});

test('what the network has not taken counts as queued, wherever it lies', async () => {
  network.open();
  await channel.opened;
  const open = channel.give(false);
  open.attach(hooks);
  const pieces = 2 * (RTC_LOW_BYTES / 65_536);
  for (let piece = 0; piece < pieces; piece += 1) open.send(new Uint8Array(65_536));
  expect(open.bufferedAmount).toBe(2 * RTC_LOW_BYTES);
  await settled();
  expect(network.sent.length).toBe(pieces);
  // The first half was counted as taken while the queue was short.
  expect(open.bufferedAmount).toBe(RTC_LOW_BYTES);
  told.length = 0;
  network.drain();
  await settled();
  expect([open.bufferedAmount, told]).toEqual([0, ['low']]);
});

test('a view into a larger buffer is sent without the rest of it, which stays usable', async () => {
  network.open();
  await channel.opened;
  const whole = new Uint8Array(100);
  channel.give(false).send(whole.subarray(10, 30));
  await settled();
  expect([network.sent, whole.length]).toEqual([[20], 100]);
});

test('a channel that closes is told of once, has nothing queued, and takes no more', async () => {
  network.open();
  await channel.opened;
  const open = channel.give(false);
  open.attach(hooks);
  open.send(new Uint8Array(10));
  network.close();
  await settled();
  open.send(new Uint8Array(10));
  open.close();
  await settled();
  expect([told.filter((each) => each !== 'low'), open.bufferedAmount]).toEqual([['closed', 'gone'], 0]);
  expect(network.sent.length).toBeLessThanOrEqual(1);
});

test('a channel that closes before it opens does not keep who waits for it', async () => {
  network.close();
  await channel.opened;
  channel.give(false).attach(hooks);
  expect(told).toEqual(['gone', 'closed']);
});

test('a text ends the channel: it is no part of what two ends say', async () => {
  network.open();
  network.onmessage({ data: 'hello' });
  expect(network.readyState).toBe('closed');
});

test('a message that the network refuses ends the channel: one that is missing would be worse', async () => {
  network.open();
  await channel.opened;
  const open = channel.give(false);
  open.attach(hooks);
  network.readyState = 'closing';
  open.send(new Uint8Array(10));
  await settled();
  expect([network.readyState, told]).toEqual(['closed', ['closed', 'gone']]);
});

test('a flood before anyone listens ends the channel, and is forgotten', async () => {
  network.open();
  await channel.opened;
  for (let piece = 0; piece < 17; piece += 1) network.onmessage({ data: new ArrayBuffer(65_536) });
  await settled();
  expect(network.readyState).toBe('closed');
  channel.give(false).attach(hooks);
  expect(told).toEqual(['gone', 'closed']);
});
