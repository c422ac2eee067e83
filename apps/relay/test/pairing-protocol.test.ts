// The relay protocol over real sockets: docs/PROTOCOL.md section 4, sentence by sentence.
import {
  HELLO_DEADLINE_MS,
  isNameplate,
  MAX_HELLO_BYTES,
  MAX_MESSAGE_BYTES,
  NAMEPLATE_QUARANTINE_MS,
  NAMEPLATE_RESERVED_MS,
  OPAQUE_WAIT_MS,
  RELEASE_MESSAGE,
} from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { opaqueKey } from './relay-client.ts';
import { allocatedOn, clientOf, healthOf, pairOf, relayWith, untilWaiting } from './running-relays.ts';

const KEY = opaqueKey('k');
const READY = { type: 'ready', features: [] };
const GREETING = Buffer.from('sealed');

describe('pairing', () => {
  it('allocates a nameplate and pairs its sender with a receiver', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    expect(isNameplate(nameplate)).toBe(true);
    expect(Buffer.from(token, 'base64url')).toHaveLength(16);
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    expect(await receiver.nextJson()).toEqual(READY);
    expect(await sender.nextJson()).toEqual(READY);
  });

  it('allocates the nameplate that was asked for, unless it is taken', async () => {
    const relay = await relayWith();
    expect((await allocatedOn(relay, '4711')).nameplate).toBe('4711');
    expect(await (await clientOf(relay)).allocate('4711').nextClose()).toBe(4409);
  });

  it.each(['sender', 'receiver'] as const)('pairs under an opaque key, %s first', async (first) => {
    const relay = await relayWith();
    const one = (await clientOf(relay)).hello(first, KEY);
    const two = (await clientOf(relay)).hello(first === 'sender' ? 'receiver' : 'sender', KEY);
    expect(await one.nextJson()).toEqual(READY);
    expect(await two.nextJson()).toEqual(READY);
  });

  it('keeps different keys apart', async () => {
    const relay = await relayWith();
    const [a, b] = [await pairOf(relay, opaqueKey('a')), await pairOf(relay, opaqueKey('b'))];
    a.sender.socket.send(Buffer.from('for a'));
    b.sender.socket.send(Buffer.from('for b'));
    expect((await a.receiver.nextBytes()).toString()).toBe('for a');
    expect((await b.receiver.nextBytes()).toString()).toBe('for b');
  });

  it('lets only one receiver at a time join a nameplate', async () => {
    const relay = await relayWith();
    const { nameplate } = await allocatedOn(relay);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4409);
  });
});

describe('a nameplate after its pair', () => {
  it('stays its sender’s, who waits again with the token', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    const scanner = (await clientOf(relay)).hello('receiver', nameplate);
    await scanner.nextJson();
    await sender.nextJson();
    scanner.socket.close();
    expect(await sender.nextClose()).toBe(4410);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4409);

    const back = (await clientOf(relay)).hello('sender', nameplate, token);
    await untilWaiting(relay, 1);
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    expect(await receiver.nextJson()).toEqual(READY);
    expect(await back.nextJson()).toEqual(READY);
  });

  it.each([[null], ['A'.repeat(22)]])('isn’t given to who shows the token %s', async (token) => {
    const relay = await relayWith();
    const { nameplate } = await allocatedOn(relay);
    expect(await (await clientOf(relay)).hello('sender', nameplate, token).nextClose()).toBe(4404);
  });

  it('replaces a sender that comes back while it still waits', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    const newer = (await clientOf(relay)).hello('sender', nameplate, token);
    expect(await sender.nextClose()).toBe(4411);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await newer.nextJson()).toEqual(READY);
  });

  it('is given back to the token that asks for it by number, with an answer', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    sender.socket.terminate();
    await untilWaiting(relay, 0);
    const back = (await clientOf(relay)).say({ type: 'allocate', nameplate, isDrawn: false, token });
    expect(await back.nextJson()).toMatchObject({ type: 'allocated', nameplate, token });
    const stranger = (await clientOf(relay)).say({
      type: 'allocate',
      nameplate,
      isDrawn: false,
      token: 'b'.repeat(22),
    });
    expect(await stranger.nextClose()).toBe(4409);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await back.nextJson()).toEqual(READY);
  });

  it('goes to the sender that held it before a restart, under the same token, which counts then', async () => {
    const { nameplate, token } = await allocatedOn(await relayWith());
    const relay = await relayWith();
    const back = (await clientOf(relay)).say({ type: 'allocate', nameplate, isDrawn: false, token });
    expect(await back.nextJson()).toMatchObject({ type: 'allocated', nameplate, token });
    const newer = (await clientOf(relay)).hello('sender', nameplate, token);
    expect(await back.nextClose()).toBe(4411);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await newer.nextJson()).toEqual(READY);
  });

  it('tells a receiver that its sender is only away, until the sender gives it up', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    sender.socket.terminate();
    await untilWaiting(relay, 0);
    const early = (await clientOf(relay)).hello('receiver', nameplate);
    expect(await early.nextJson()).toMatchObject({ type: 'error', code: 'code-in-use', away: true });
    const back = (await clientOf(relay)).hello('sender', nameplate, token);
    await untilWaiting(relay, 1);
    back.socket.close();
    await untilWaiting(relay, 0);
    const late = (await clientOf(relay)).hello('receiver', nameplate);
    expect(await late.nextJson()).toMatchObject({ type: 'error', code: 'unknown-code' });
  });

  it('lapses 15 minutes after its sender was lost, and is not drawn again for 10 minutes', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { sender, nameplate, token } = await allocatedOn(relay);
    sender.socket.terminate();
    await untilWaiting(relay, 0);
    clock.advance(NAMEPLATE_RESERVED_MS);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4404);
    expect(await (await clientOf(relay)).hello('sender', nameplate, token).nextClose()).toBe(4404);
    clock.advance(NAMEPLATE_QUARANTINE_MS - 1);
    const drawn = await Promise.all(Array.from({ length: 40 }, () => allocatedOn(relay)));
    expect(drawn.map((each) => each.nameplate)).not.toContain(nameplate);
    expect((await allocatedOn(relay, nameplate)).nameplate).toBe(nameplate);
  });

  it('is used up by release while its pair goes on', async () => {
    const relay = await relayWith();
    const { sender, nameplate, token } = await allocatedOn(relay);
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    sender.socket.send(RELEASE_MESSAGE);
    sender.socket.send(GREETING);
    expect(await receiver.nextBytes()).toEqual(GREETING);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4404);
    expect(await (await clientOf(relay)).hello('sender', nameplate, token).nextClose()).toBe(4404);
    receiver.socket.send(GREETING);
    expect(await sender.nextBytes()).toEqual(GREETING);
  });
});

describe('opaque keys', () => {
  it('replace who waited in the same role', async () => {
    const relay = await relayWith();
    const older = (await clientOf(relay)).hello('receiver', KEY);
    await untilWaiting(relay, 1);
    const newer = (await clientOf(relay)).hello('receiver', KEY);
    expect(await older.nextClose()).toBe(4411);
    await (await clientOf(relay)).hello('sender', KEY).nextJson();
    expect(await newer.nextJson()).toEqual(READY);
  });

  it('expire after 15 minutes', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ pingIntervalMs: 600_000 }, clock);
    const waiting = (await clientOf(relay)).hello('receiver', KEY);
    await untilWaiting(relay, 1);
    clock.advance(OPAQUE_WAIT_MS - 1);
    expect(await healthOf(relay)).toMatchObject({ waiting: 1 });
    clock.advance(1);
    expect(await waiting.nextClose()).toBe(4412);
  });
});

describe('first messages', () => {
  const hello = { type: 'hello', version: 2, role: 'sender', key: KEY };
  it.each([
    ['no JSON', 'hello', 4400],
    ['another type', JSON.stringify({ ...hello, type: 'list' }), 4400],
    ['no version', JSON.stringify({ ...hello, version: undefined }), 4400],
    ['version 1', JSON.stringify({ ...hello, version: 1 }), 4426],
    ['version 4', JSON.stringify({ type: 'allocate', version: 4 }), 4426],
    ['a third role', JSON.stringify({ ...hello, role: 'relay' }), 4400],
    ['a short key', JSON.stringify({ ...hello, key: 'k'.repeat(42) }), 4400],
    ['a nameplate with a leading zero', JSON.stringify({ ...hello, key: '07' }), 4400],
    ['an ill-typed token', JSON.stringify({ ...hello, token: 7 }), 4400],
    ['an unknown nameplate', JSON.stringify({ ...hello, role: 'receiver', key: '7' }), 4404],
    ['one byte too many', JSON.stringify(hello).padEnd(MAX_HELLO_BYTES + 1), 4400],
    ['too many bytes in few characters', JSON.stringify({ ...hello, pad: 'é'.repeat(2_040) }), 4400],
  ])('%s', async (_name, text, code) => {
    const relay = await relayWith();
    const client = await clientOf(relay);
    client.socket.send(text);
    expect(await client.nextClose()).toBe(code);
  });

  it('may have just 4 KiB, with fields that this version doesn’t know', async () => {
    const relay = await relayWith();
    const client = await clientOf(relay);
    client.socket.send(JSON.stringify({ ...hello, pad: '' }).padEnd(MAX_HELLO_BYTES));
    await untilWaiting(relay, 1);
  });

  it('are text', async () => {
    const relay = await relayWith();
    const client = await clientOf(relay);
    client.socket.send(Buffer.from(JSON.stringify(hello)));
    expect(await client.nextClose()).toBe(4400);
  });

  it('arrive within 10 s', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const client = await clientOf(relay);
    clock.advance(HELLO_DEADLINE_MS - 1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    clock.advance(1);
    expect(await client.nextClose()).toBe(4408);
  });

  it('have no deadline any more once they came', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { sender, nameplate } = await allocatedOn(relay);
    clock.advance(HELLO_DEADLINE_MS);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await sender.nextJson()).toEqual(READY);
  });
});

describe('later messages', () => {
  it.each([
    ['binary', GREETING],
    ['text', RELEASE_MESSAGE],
  ])('%s before ready is a bad hello', async (_name, message) => {
    const relay = await relayWith();
    const { sender, nameplate } = await allocatedOn(relay);
    sender.socket.send(message);
    expect(await sender.nextClose()).toBe(4400);
    // The sender may come back: its nameplate is reserved.
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4409);
  });

  it('text after ready ends the one who said it, and the other is told', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    sender.socket.send(GREETING);
    sender.socket.send('{"type":"hello"}');
    expect(await sender.nextClose()).toBe(4400);
    expect(await receiver.nextBytes()).toEqual(GREETING);
    expect(await receiver.nextClose()).toBe(4410);
  });

  it('release is for senders', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    receiver.socket.send(RELEASE_MESSAGE);
    expect(await receiver.nextClose()).toBe(4400);
    expect(await sender.nextClose()).toBe(4410);
  });

  it('may have 2 MiB, and not a byte more', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    const largest = Buffer.alloc(MAX_MESSAGE_BYTES, 7);
    sender.socket.send(largest);
    expect((await receiver.nextBytes()).equals(largest)).toBe(true);
    sender.socket.send(Buffer.alloc(MAX_MESSAGE_BYTES + 1));
    expect(await sender.nextClose()).toBe(1009);
    expect(await receiver.nextClose()).toBe(4410);
  });
});
