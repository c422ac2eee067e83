// What passes between two classic ends, and what one hears when the other ends.
import { once } from 'node:events';
import { MAX_MESSAGE_BYTES } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG } from '../../src/index.ts';
import { FakeClock } from '../fake-clock.ts';
import { classicPairOf, clientOf, relayWith, untilPairs } from '../running-relays.ts';

const CHUNK_BYTES = 1024 * 1024;
const FINISHED = { closed: 1000, reason: '' };
const LOST = { closed: 1011, reason: 'The other side was lost' };

describe('a classic pipe', () => {
  it('passes text and binary messages of every size unchanged, in order, both ways', async () => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    const sizes = [0, 1, 125, 126, 65_535, 65_536, CHUNK_BYTES + 40, MAX_MESSAGE_BYTES];
    for (const [from, to] of [
      [sender, receiver],
      [receiver, sender],
    ] as const) {
      for (const size of sizes) {
        from.socket.send(Buffer.alloc(size, size));
        from.socket.send('ä'.repeat(size / 2));
      }
      for (const size of sizes) {
        expect((await to.nextBytes()).equals(Buffer.alloc(size, size))).toBe(true);
        const heard = await to.next();
        expect('text' in heard && heard.text === 'ä'.repeat(size / 2)).toBe(true);
      }
    }
  });

  it('passes on what looks like the relay’s own messages', async () => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    for (const text of ['{"type":"release"}', '{"type":"ready"}', '{"type":"hello"}', 'no JSON']) {
      sender.socket.send(text);
      expect(await receiver.next()).toEqual({ text });
    }
  });

  it('passes on a text that came in fragments as one', async () => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    sender.socket.send('one, ', { fin: false });
    sender.socket.send('two', { fin: true });
    expect(await receiver.next()).toEqual({ text: 'one, two' });
  });

  it.each([
    ['binary', Buffer.alloc(MAX_MESSAGE_BYTES + 1)],
    ['text', 'x'.repeat(MAX_MESSAGE_BYTES + 1)],
  ])('takes no %s message over 2 MiB', async (_name, message) => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    sender.socket.send(message);
    expect(await sender.nextClose()).toBe(1009);
    expect(await receiver.next()).toEqual(LOST);
  });
});

describe('when one end ends', () => {
  it.each([
    [1000, 'done', FINISHED],
    [undefined, undefined, FINISHED],
    [1001, 'going away', LOST],
    [1011, 'failed', LOST],
    [1002, '', LOST],
    [4000, 'other', LOST],
  ])('with %s %s, the other hears %j', async (code, reason, heard) => {
    for (const role of ['sender', 'receiver'] as const) {
      const ends = await classicPairOf(await relayWith());
      ends[role].socket.close(code, reason);
      expect(await ends[role === 'sender' ? 'receiver' : 'sender'].next()).toEqual(heard);
    }
  });

  it('by a cut, the other hears that it was lost', async () => {
    const relay = await relayWith();
    for (const role of ['sender', 'receiver'] as const) {
      const ends = await classicPairOf(relay);
      ends[role].socket.terminate();
      expect(await ends[role === 'sender' ? 'receiver' : 'sender'].next()).toEqual(LOST);
    }
    await untilPairs(relay, 0);
  });

  it('by silence, the other hears that it was lost', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const receiver = (await clientOf(relay, '/', { autoPong: false })).classicHello('receiver', 'c0de');
    const sender = (await clientOf(relay, '/')).classicHello('sender', 'c0de');
    await sender.nextJson();
    for (let beats = 0; beats < 3; beats++) {
      const pinged = once(sender.socket, 'ping');
      clock.advance(DEFAULT_RELAY_CONFIG.pingIntervalMs);
      if (beats < 2) await pinged;
      // By the time that a fresh connection has been answered, the relay has read the pong before it.
      const fresh = await clientOf(relay, '/');
      fresh.socket.send('?');
      await fresh.nextClose();
    }
    expect(await receiver.nextClose()).toBe(1006);
    expect(await sender.next()).toEqual(LOST);
  });

  it.each([
    ['a close', FINISHED, 'close'],
    ['a cut', LOST, 'end'],
  ] as const)('by %s, what is in flight is passed on first', async (_name, heard, how) => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    receiver.socket.pause();
    const total = 32;
    for (let i = 0; i < total; i++) {
      sender.socket.send(Buffer.alloc(CHUNK_BYTES, i));
      sender.socket.send(`{"chunk":${i}}`);
    }
    if (how === 'close') sender.socket.close(1000);
    // TCP's own end, after all that was written, without a close frame.
    else (sender.socket as unknown as { _socket: { end(): void } })._socket.end();
    receiver.socket.resume();
    for (let i = 0; i < total; i++) {
      expect((await receiver.nextBytes()).equals(Buffer.alloc(CHUNK_BYTES, i))).toBe(true);
      expect(await receiver.next()).toEqual({ text: `{"chunk":${i}}` });
    }
    expect(await receiver.next()).toEqual(heard);
  });

  it('what the other still sends is dropped', async () => {
    const { sender, receiver } = await classicPairOf(await relayWith());
    receiver.socket.close();
    for (let i = 0; i < 10; i++) sender.socket.send(Buffer.alloc(CHUNK_BYTES));
    expect(await sender.next()).toEqual(FINISHED);
  });
});
