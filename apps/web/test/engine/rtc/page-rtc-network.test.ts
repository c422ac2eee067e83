// The worker's side of a connection that lives in the page, which may be busy, gone, or of another mind.
import type { RtcConnection } from '@p2p-copy/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromConnection, ToConnection } from '../../../src/contract/rtc-messages.ts';
import { pageRtcNetwork } from '../../../src/engine/rtc/page-rtc-network.ts';

const SDP = [
  'v=0',
  'a=fingerprint:sha-256 BE:99:F2:E2:14:B7:9D:EA:56:5A:B1:03:59:AD:5D:AA:F3:B3:A0:F3:91:E4:85:D2:B6:2F:2B:1A:E3:4C:D2:A1',
  'a=ice-pwd:M+yhg5U2o8PDvCYHp3JV1QoJ',
  'a=ice-ufrag:QUyW',
  'a=candidate:1 1 udp 2113937151 58995ed9-f960-4622-b0e8-45ecab45e807.local 41479 typ host',
].join('\r\n');

let page: MessagePort;
let connection: RtcConnection;
const asked: ToConnection[] = [];
const told: string[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  asked.length = 0;
  told.length = 0;
  const network = pageRtcNetwork((port) => {
    page = port;
    port.onmessage = ({ data }: MessageEvent<ToConnection>) => void asked.push(data);
  });
  connection = network.offer({
    stunUrls: ['stun:copy.example.org:3478'],
    onChannel: ({ isLocal }) => told.push(`channel, local: ${isLocal}`),
    onLost: () => told.push('lost'),
  });
});
afterEach(() => {
  page.close();
  connection.close();
  vi.useRealTimers();
});

const say = (message: FromConnection, transfer: Transferable[] = []) => page.postMessage(message, transfer);

/** Both directions of the port are idle. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A channel that stays in the page, and what the page hears on it. */
function pageChannel() {
  const { port1, port2 } = new MessageChannel();
  const heard: unknown[] = [];
  port1.onmessage = ({ data }) => void heard.push(data);
  return { port: port2, heard, open: () => port1.postMessage('open'), end: () => port1.close() };
}

test('the page is asked for a description at once, and hurried when nobody waits longer', async () => {
  const until = new AbortController();
  const description = connection.describe(until.signal);
  await settled();
  until.abort();
  await settled();
  expect(asked.map(({ type }) => type)).toEqual(['offer', 'describe', 'describe-now']);
  expect(asked[0]).toEqual({ type: 'offer', stunUrls: ['stun:copy.example.org:3478'] });
  say({ type: 'description', sdp: SDP });
  const { ufrag, candidates } = await description;
  expect([ufrag, candidates.length]).toEqual(['QUyW', 1]);
});

test('a page that is busy or still loads its part holds nobody up for longer than a quarter of a second', async () => {
  const refused = expect(connection.describe(AbortSignal.abort())).rejects.toThrow();
  await vi.advanceTimersByTimeAsync(250);
  await refused;
});

test('a description that nobody can read is none', async () => {
  const description = connection.describe(new AbortController().signal);
  say({ type: 'description', sdp: 'v=0' });
  await expect(description).rejects.toThrow();
});

test('a channel that comes when nobody waits for it any more is closed', async () => {
  const until = new AbortController();
  const opened = connection.open(until.signal);
  await settled();
  until.abort();
  await expect(opened).rejects.toThrow();
  const { port, heard, end } = pageChannel();
  say({ type: 'channel', id: 0, channel: port }, [port]);
  await settled();
  expect(heard).toEqual(['close']);
  end();
});

test('a channel of the other end is given once it is open and it is known where that end is', async () => {
  const { port, open, end } = pageChannel();
  say({ type: 'channel', id: null, channel: port }, [port]);
  open();
  await settled();
  expect(told).toEqual([]);
  say({ type: 'connected', isLocal: true });
  await settled();
  expect(told).toEqual(['channel, local: true']);
  end();
});

test('a connection that the page loses ends what is under way and every channel, and is told of once', async () => {
  const opened = connection.open(new AbortController().signal);
  const { port, heard, open, end } = pageChannel();
  say({ type: 'channel', id: 0, channel: port }, [port]);
  say({ type: 'connected', isLocal: false });
  open();
  const channel = await opened;
  const closed: string[] = [];
  channel.attach({ onMessage() {}, onLow() {}, onClosed: () => closed.push('closed') });
  const waiting = expect(connection.open(new AbortController().signal)).rejects.toThrow();
  say({ type: 'lost' });
  say({ type: 'lost' });
  await waiting;
  await settled();
  expect([told, closed, heard]).toEqual([['lost'], ['closed'], ['close']]);
  await expect(connection.open(new AbortController().signal)).rejects.toThrow();
  end();
});

test('a connection that this end closes tells nothing more', async () => {
  connection.close();
  say({ type: 'lost' });
  await settled();
  expect(told).toEqual([]);
  expect(asked.map(({ type }) => type)).toEqual(['offer', 'close']);
});
