// What every channel does, whatever carries it: a suite that runs against each implementation.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Channel, ChannelEvent } from '../../src/ports/channel.ts';

type Message = Uint8Array<ArrayBuffer>;

/** Two ends that have met. */
export interface ConnectedPair {
  ends: readonly [Channel, Channel];
  /** Breaks what carries the messages, as a network does. */
  cut(): void | Promise<void>;
  /** Frees what the pair took. */
  close(): void | Promise<void>;
}

export interface ChannelTraits {
  connect(): Promise<ConnectedPair>;
  /** Most MiB that a sender gets rid of while the other end receives nothing; null for a channel that can't bound it. */
  boundMiB: number | null;
}

const MIB = 1024 * 1024;
const SIZES = [0, 1, 256 * 1024, MIB];
const CONDITION = { interval: 5, timeout: 20_000 };

export function channelContract(name: string, { connect, boundMiB }: ChannelTraits): void {
  async function pair(): Promise<{ a: Channel; b: Channel; cut: ConnectedPair['cut'] }> {
    const { ends, cut, close } = await connect();
    onTestFinished(async () => {
      for (const end of ends) end.terminate();
      await close();
    });
    return { a: ends[0], b: ends[1], cut };
  }

  describe(name, () => {
    it('carries messages of every size in order, both ways at once', async () => {
      const { a, b } = await pair();
      const [fromA, fromB] = [
        SIZES.map((size, i) => filled(size, i)),
        SIZES.map((size, i) => filled(size, 9 - i)),
      ];
      for (let i = 0; i < SIZES.length; i += 1) {
        a.send(fromA[i]!.slice());
        b.send(fromB[i]!.slice());
      }
      const [atA, atB] = await Promise.all([take(a, SIZES.length), take(b, SIZES.length)]);
      expectEqual(atB, fromA);
      expectEqual(atA, fromB);
    });

    it('keeps the bounds of messages that are sent in one go', async () => {
      const { a, b } = await pair();
      const sent = Array.from({ length: 500 }, (_, i) => filled(i % 7, i));
      for (const message of sent) a.send(message.slice());
      expectEqual(await take(b, sent.length), sent);
    });

    it('takes a part of a larger buffer for the message, and nothing beside it', async () => {
      const { a, b } = await pair();
      a.send(filled(100, 1).subarray(10, 20));
      expectEqual(await take(b, 1), [filled(10, 1)]);
    });

    it('gives each message to its receiver for good: overwriting one changes no other', async () => {
      const { a, b } = await pair();
      const sent = [1, 2, 3].map((value) => filled(1000, value));
      for (const message of sent) a.send(message.slice());
      const got: Message[] = [];
      for (let i = 0; i < sent.length; i += 1) {
        const [message] = await take(b, 1);
        got.push(message!.slice());
        message!.fill(0xff);
      }
      expectEqual(got, sent);
    });

    it('says when what was sent has left', async () => {
      const { a, b } = await pair();
      const receiving = take(b, 8);
      for (let i = 0; i < 8; i += 1) a.send(filled(MIB, i));
      await a.drained(2 * MIB);
      expect(a.bufferedBytes).toBeLessThanOrEqual(2 * MIB);
      await a.drained(0);
      expect(a.bufferedBytes).toBe(0);
      expect(await receiving).toHaveLength(8);
    });

    it('delivers what was queued before it was closed, and then that the other end left', async () => {
      const { a, b } = await pair();
      const sent = SIZES.map((size, i) => filled(size, i));
      for (const message of sent) a.send(message.slice());
      a.close();
      expectEqual(await take(b, sent.length), sent);
      expect(await b.receive()).toMatchObject({ kind: 'closed', why: 'peer-left' });
      expect(await untilClosed(a)).toMatchObject({ allWritten: true });
    });

    it('tells a broken carrier from an end that left, at both ends', async () => {
      const { a, b, cut } = await pair();
      const pending = a.receive();
      await cut();
      expect(await pending).toMatchObject({ kind: 'closed', why: 'lost' });
      expect(await untilClosed(b)).toMatchObject({ why: 'lost' });
    });

    it('ends at once when it is terminated, and the other end hears of it', async () => {
      const { a, b } = await pair();
      const pending = a.receive();
      a.terminate();
      expect(await pending).toMatchObject({ kind: 'closed' });
      expect(['lost', 'peer-left']).toContain((await untilClosed(b)).why);
    });

    it('is closed for ever: it receives the same end again, and what is sent then is dropped', async () => {
      const { a, b } = await pair();
      a.close();
      const end = await untilClosed(b);
      b.send(filled(MIB, 1));
      expect(b.bufferedBytes).toBe(0);
      await b.drained(0);
      expect([await b.receive(), await b.receive()]).toEqual([end, end]);
      const own = await untilClosed(a);
      a.send(filled(MIB, 1));
      a.close();
      a.terminate();
      expect(await a.receive()).toEqual(own);
      expect(a.bufferedBytes).toBe(0);
    });

    it.runIf(boundMiB !== null)('bounds what is under way while the other end receives nothing', async () => {
      const { a, b } = await pair();
      const count = boundMiB! + 16;
      let sent = 0;
      const sending = (async () => {
        for (; sent < count; sent += 1) {
          await a.drained(MIB);
          a.send(filled(MIB, sent));
        }
      })();
      await standsStill(() => sent);
      expect(sent).toBeLessThanOrEqual(boundMiB!);
      expect(a.bufferedBytes).toBeLessThanOrEqual(2 * MIB);
      for (let i = 0; i < count; i += 1) expectEqual(await take(b, 1), [filled(MIB, i)]);
      await sending;
    });
  });
}

/** A message of one value. */
function filled(sizeBytes: number, value: number): Message {
  return new Uint8Array(sizeBytes).fill(value % 251);
}

async function take(channel: Channel, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  while (messages.length < count) {
    const event = await channel.receive();
    if (event.kind === 'closed') throw new Error(`closed after ${messages.length} of ${count}: ${event.why}`);
    messages.push(event.bytes);
  }
  return messages;
}

async function untilClosed(channel: Channel): Promise<Extract<ChannelEvent, { kind: 'closed' }>> {
  for (;;) {
    const event = await channel.receive();
    if (event.kind === 'closed') return event;
  }
}

/** Compares as buffers: an assertion about megabytes as arrays takes seconds. */
function expectEqual(messages: readonly Message[], expected: readonly Message[]): void {
  expect(messages.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  expect(messages.every((message, i) => Buffer.compare(message, expected[i]!) === 0)).toBe(true);
}

/** Resolves when a count has been the same at twenty looks in a row. */
async function standsStill(count: () => number): Promise<void> {
  let [last, looks] = [-1, 0];
  await vi.waitFor(() => {
    looks = count() === last ? looks + 1 : 0;
    last = count();
    expect(looks).toBeGreaterThan(20);
  }, CONDITION);
}
