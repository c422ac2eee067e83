// A direct channel whose first three messages each way are wrapped: it is a channel like any other, and shows an observer nothing.
import { describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { directMessageLimit, WrappedChannel } from '../../src/direct/wrapped-channel.ts';
import { type Bytes, utf8 } from '../../src/foundation/bytes.ts';
import { secureChannel } from '../../src/link/secure-channel.ts';
import type { Channel } from '../../src/ports/channel.ts';
import { FIRST_FRAME_BYTES, MAX_WRAPPED_BYTES } from '../../src/wire/limits.ts';
import { channelPair, type PairedChannel } from '../link/channel-pair.ts';
import { channelContract } from '../ports/channel-contract.ts';
import { received, turns } from './memory-network.ts';

const DIAL_KEY = new Uint8Array(32).fill(7);
const R = new Uint8Array(16).fill(9);
const TAG_BYTES = 16;
/** Of greetings, and of what the two ends meet under. */
const WORDS = ['version', 'role', 'sender', 'receiver', 'nonce', 'lane', 'direct', 'recognisable'];

const wrap = (channel: Channel, role: 'sender' | 'receiver', dialKey = DIAL_KEY, r = R) =>
  WrappedChannel.create(channel, dialKey, r, role, webBulkCrypto);

interface Ends {
  a: WrappedChannel;
  b: WrappedChannel;
  /** What carries them. */
  bare: [PairedChannel, PairedChannel];
}

async function wrappedPair(): Promise<Ends> {
  const bare = channelPair();
  return { a: await wrap(bare[0], 'sender'), b: await wrap(bare[1], 'receiver'), bare };
}

async function pastWrapping(): Promise<Ends> {
  const ends = await wrappedPair();
  for (const [from, to] of [
    [ends.a, ends.b],
    [ends.b, ends.a],
  ] as const) {
    for (let i = 0; i < 3; i += 1) {
      from.send(Uint8Array.of(i));
      expect(await received(to)).toEqual(Uint8Array.of(i));
    }
  }
  return ends;
}

for (const [name, start] of [
  ['a wrapped channel', wrappedPair],
  ['a wrapped channel after its handshake', pastWrapping],
] as const) {
  channelContract(name, {
    async connect() {
      const { a, b, bare } = await start();
      return { ends: [a, b], cut: () => bare[0].cut(), close() {} };
    },
    boundMiB: name === 'a wrapped channel' ? null : 4,
  });
}

describe('a wrapped channel', () => {
  it('wraps three messages each way and no more, in order with those that are sent behind them in one go', async () => {
    const { a, b, bare } = await wrappedPair();
    const sent = Array.from({ length: 40 }, (_, i) => Uint8Array.of(i, i));
    for (const message of sent) a.send(message.slice());
    for (const message of sent) expect(await received(b)).toEqual(message);
    expect(bare[0].sent.map(({ length }) => length - 2)).toEqual([
      ...Array(3).fill(TAG_BYTES),
      ...Array(37).fill(0),
    ]);
  });

  it('seals the two directions, and each dial, under keys of their own', async () => {
    const seen = new Set<string>();
    for (const r of [R, R.map((byte) => byte + 1)]) {
      for (const role of ['sender', 'receiver'] as const) {
        const [channel] = channelPair();
        const end = await wrap(channel, role, DIAL_KEY, r);
        for (let i = 0; i < 3; i += 1) end.send(new Uint8Array(8));
        await vi.waitFor(() => expect(channel.sent).toHaveLength(3));
        for (const message of channel.sent) seen.add(Buffer.from(message).toString('hex'));
      }
    }
    expect(seen.size).toBe(12);
  });

  it('shows an observer nothing of a handshake: no version, role, purpose or key', async () => {
    const { a, b, bare } = await wrappedPair();
    const clock = new FakeClock();
    const access = { clock, bulk: webBulkCrypto };
    const inputs = {
      purpose: 'lane 1',
      key: 'recognisable-key',
      prs: utf8('secret'),
      lanes: 1,
      features: ['direct'],
    };
    await Promise.all([
      secureChannel(a, { ...inputs, role: 'sender' }, access),
      secureChannel(b, { ...inputs, role: 'receiver' }, access),
    ]);
    for (const { sent } of bare) {
      expect(sent).toHaveLength(3);
      const bytes = Buffer.concat(sent);
      for (const text of WORDS) expect(bytes.includes(text), text).toBe(false);
      for (const { length } of sent) expect(length).toBeLessThanOrEqual(MAX_WRAPPED_BYTES);
    }
  });

  it('ends at the end that dialled with another key or r, and gives out nothing', async () => {
    for (const [dialKey, r] of [
      [DIAL_KEY.map((byte) => byte ^ 1), R],
      [DIAL_KEY, R.map((byte) => byte ^ 1)],
    ] as const) {
      const bare = channelPair();
      const [a, b] = [await wrap(bare[0], 'sender', dialKey, r), await wrap(bare[1], 'receiver')];
      a.send(utf8('hello'));
      expect(await received(b)).toBe('lost');
      expect(await received(a)).toBe('peer-left');
    }
  });

  it('ends for two ends in one role', async () => {
    const bare = channelPair();
    const [a, b] = [await wrap(bare[0], 'sender'), await wrap(bare[1], 'sender')];
    a.send(utf8('hello'));
    expect(await received(b)).toBe('lost');
  });
});

/** What an attacker on the way makes of the messages that a sender wraps. */
const ATTACKS: [string, (messages: Bytes[]) => Bytes[], taken: number][] = [
  ['flips a bit of the first', ([a, ...rest]) => [flipped(a!), ...rest], 0],
  ['flips a bit of the third', ([a, b, c, ...rest]) => [a!, b!, flipped(c!), ...rest], 2],
  ['cuts a byte off the second', ([a, b, ...rest]) => [a!, b!.slice(0, -1), ...rest], 1],
  ['puts a byte behind the second', ([a, b, ...rest]) => [a!, Uint8Array.from([...b!, 0]), ...rest], 1],
  ['drops the first', ([, ...rest]) => rest, 0],
  ['drops the second', ([a, , ...rest]) => [a!, ...rest], 1],
  ['replays the first', ([a, ...rest]) => [a!, a!.slice(), ...rest], 1],
  ['swaps the second and the third', ([a, b, c, ...rest]) => [a!, c!, b!, ...rest], 1],
  ['puts an empty one first', (all) => [new Uint8Array(0), ...all], 0],
  ['puts one of a tag’s length first', (all) => [new Uint8Array(TAG_BYTES), ...all], 0],
  [
    'replays the third as the fourth, which is none of its own',
    ([a, b, c, ...rest]) => [a!, b!, c!, c!.slice(), ...rest],
    3,
  ],
];

function flipped(message: Bytes): Bytes {
  const copy = message.slice();
  copy[0]! ^= 1;
  return copy;
}

describe('a wrapped channel on whose way somebody', () => {
  it.each(ATTACKS)(
    '%s gives out what came before, and then ends for good at both ends',
    async (name, attack, taken) => {
      const { a, b, bare } = await wrappedPair();
      const sent = Array.from({ length: 5 }, (_, i) => Uint8Array.of(i));
      bare[0].onSend = () => {};
      for (const message of sent) a.send(message.slice());
      await vi.waitFor(() => expect(bare[0].sent).toHaveLength(5));
      for (const message of attack(bare[0].sent)) bare[1].push(message.slice());
      for (const message of sent.slice(0, taken)) expect(await received(b)).toEqual(message);
      // Nothing proves what isn't wrapped: records are sealed.
      if (name.includes('none of its own')) return expect(await received(b)).toHaveLength(1 + TAG_BYTES);
      const end = await b.receive();
      expect(end).toMatchObject({ kind: 'closed', why: 'lost' });
      expect([await b.receive(), await b.receive()]).toEqual([end, end]);
      b.send(Uint8Array.of(1));
      await turns();
      expect(bare[1].sent).toEqual([]);
      expect(await received(bare[0])).toBe('peer-left');
    },
  );

  it('changes one gives out nothing to several who wait at once', async () => {
    const { a, b, bare } = await wrappedPair();
    bare[0].onSend = () => {};
    for (let i = 0; i < 6; i += 1) a.send(Uint8Array.of(i));
    await vi.waitFor(() => expect(bare[0].sent).toHaveLength(6));
    const waiting = Promise.all(Array.from({ length: 6 }, () => b.receive()));
    bare[0].sent.forEach((message, i) => void bare[1].push(i === 0 ? flipped(message) : message));
    expect((await waiting).map(({ kind }) => kind)).toEqual(Array(6).fill('closed'));
  });
});

it('is told how long each message may be: 32 bytes of a first frame, 4 KiB while it is wrapped, 2 MiB of records', () => {
  const limits = (isListener: boolean) =>
    [0, 1, 2, 3, 4, 5].map((index) => directMessageLimit(isListener, index));
  const [wrapped, record] = [MAX_WRAPPED_BYTES, 2 * 1024 * 1024];
  expect(limits(true)).toEqual([FIRST_FRAME_BYTES, wrapped, wrapped, wrapped, record, record]);
  expect(limits(false)).toEqual([wrapped, wrapped, wrapped, record, record, record]);
  expect([FIRST_FRAME_BYTES, MAX_WRAPPED_BYTES]).toEqual([32, 4096]);
});
