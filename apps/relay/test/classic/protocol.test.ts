// Pairing of the older tool's clients over real sockets: docs/CLASSIC.md, “The relay”, sentence by sentence.
import { HELLO_DEADLINE_MS, MAX_HELLO_BYTES, OPAQUE_WAIT_MS } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../fake-clock.ts';
import { opaqueKey } from '../relay-client.ts';
import {
  allocatedOn,
  classicPairOf,
  clientOf,
  healthOf,
  pairOf,
  relayWith,
  untilPairs,
  untilWaiting,
} from '../running-relays.ts';

const HASH = 'ab'.repeat(32);
/** How a client behind the relay's proxy appears. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('classic pairing', () => {
  it.each(['sender', 'receiver'] as const)('tells ready to the sender alone, %s first', async (first) => {
    const relay = await relayWith();
    const one = (await clientOf(relay, '/')).classicHello(first, HASH);
    await untilWaiting(relay, 1);
    const two = (await clientOf(relay, '/')).classicHello(first === 'sender' ? 'receiver' : 'sender', HASH);
    const [sender, receiver] = first === 'sender' ? [one, two] : [two, one];
    expect(await sender.next()).toEqual({ text: '{"type":"ready"}' });
    sender.socket.send('first');
    // Nothing stood before it.
    expect(await receiver.next()).toEqual({ text: 'first' });
  });

  it.each(['sender', 'receiver'] as const)('closes both of two that are %s', async (role) => {
    const relay = await relayWith();
    const older = (await clientOf(relay, '/')).classicHello(role, HASH);
    await untilWaiting(relay, 1);
    const newer = (await clientOf(relay, '/')).classicHello(role, HASH);
    const closed = { closed: 1013, reason: 'Duplicate role for code' };
    expect([await older.next(), await newer.next()]).toEqual([closed, closed]);
    await untilWaiting(relay, 0);
    await classicPairOf(relay, HASH);
  });

  it('keeps different hashes apart', async () => {
    const relay = await relayWith();
    const [a, b] = [await classicPairOf(relay, 'a'), await classicPairOf(relay, 'b')];
    a.sender.socket.send('for a');
    b.sender.socket.send('for b');
    expect(await a.receiver.next()).toEqual({ text: 'for a' });
    expect(await b.receiver.next()).toEqual({ text: 'for b' });
  });

  it('waits as long as it takes', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ pingIntervalMs: 600_000 }, clock);
    const sender = (await clientOf(relay, '/')).classicHello('sender', HASH);
    await untilWaiting(relay, 1);
    clock.advance(OPAQUE_WAIT_MS);
    (await clientOf(relay, '/')).classicHello('receiver', HASH);
    expect(await sender.next()).toEqual({ text: '{"type":"ready"}' });
  });

  it('lets its place go when it leaves', async () => {
    const relay = await relayWith();
    const early = (await clientOf(relay, '/')).classicHello('sender', HASH);
    await untilWaiting(relay, 1);
    early.socket.close();
    await untilWaiting(relay, 0);
    await classicPairOf(relay, HASH);
  });
});

describe('the two dialects', () => {
  it('are counted together and never meet, whatever they announce', async () => {
    const relay = await relayWith();
    const key = opaqueKey('k');
    const { nameplate } = await allocatedOn(relay, '4711');
    const ours = (await clientOf(relay)).hello('sender', key);
    await untilWaiting(relay, 2);
    const theirs = [key, nameplate].map(async (hash) =>
      (await clientOf(relay, '/')).classicHello('receiver', hash),
    );
    const [classicOfKey] = await Promise.all(theirs);
    await untilWaiting(relay, 4);
    expect(await healthOf(relay)).toMatchObject({ waiting: 4, pairs: 0 });

    const ourReceiver = (await clientOf(relay)).hello('receiver', key);
    const theirSender = (await clientOf(relay, '/')).classicHello('sender', key);
    for (const end of [ours, ourReceiver, theirSender])
      expect(await end.nextJson()).toMatchObject({ type: 'ready' });
    expect(await healthOf(relay)).toMatchObject({ waiting: 2, pairs: 2 });
    ours.socket.send(Buffer.from('ours'));
    theirSender.socket.send(Buffer.from('theirs'));
    expect((await ourReceiver.nextBytes()).toString()).toBe('ours');
    expect((await classicOfKey!.nextBytes()).toString()).toBe('theirs');
  });

  it('are each refused at the other’s path', async () => {
    const relay = await relayWith();
    const hello = await (await clientOf(relay, '/')).hello('sender', opaqueKey('k')).next();
    expect(hello).toEqual({ closed: 1002, reason: 'Bad hello' });
    const allocate = await (await clientOf(relay, '/')).allocate().next();
    expect(allocate).toEqual({ closed: 1002, reason: 'First frame must be hello' });
    expect(await (await clientOf(relay)).classicHello('sender', HASH).nextClose()).toBe(4400);
  });
});

describe('classic first messages', () => {
  const hello = { type: 'hello', code_hash_hex: HASH, role: 'sender' };
  const padded = (bytes: number) =>
    JSON.stringify({ ...hello, pad: '' }).replace('"pad":""', (empty) =>
      empty.replace('""', `"${'x'.repeat(bytes - JSON.stringify({ ...hello, pad: '' }).length)}"`),
    );

  it.each([
    ['binary', Buffer.from(JSON.stringify(hello)), 'First frame must be hello text'],
    ['empty', '', 'Bad hello json'],
    ['no JSON', '{"type":"hello"', 'Bad hello json'],
    ['a list', '[]', 'First frame must be hello'],
    ['null', 'null', 'First frame must be hello'],
    ['a number', '7', 'First frame must be hello'],
    ['no type', JSON.stringify({ ...hello, type: undefined }), 'First frame must be hello'],
    ['another type', JSON.stringify({ ...hello, type: 'manifest' }), 'First frame must be hello'],
    ['no hash', JSON.stringify({ ...hello, code_hash_hex: undefined }), 'Bad hello'],
    ['an empty hash', JSON.stringify({ ...hello, code_hash_hex: '' }), 'Bad hello'],
    ['a hash that is no text', JSON.stringify({ ...hello, code_hash_hex: 7 }), 'Bad hello'],
    ['a hash too long', JSON.stringify({ ...hello, code_hash_hex: 'a'.repeat(129) }), 'Bad hello'],
    ['no role', JSON.stringify({ ...hello, role: undefined }), 'Bad hello'],
    ['another role', JSON.stringify({ ...hello, role: 'relay' }), 'Bad hello'],
    ['a role that is no text', JSON.stringify({ ...hello, role: ['sender'] }), 'Bad hello'],
    ['too long', padded(MAX_HELLO_BYTES + 1), 'Bad hello'],
    ['too long in bytes', JSON.stringify({ ...hello, pad: 'ä'.repeat(MAX_HELLO_BYTES / 2) }), 'Bad hello'],
    ['too long and no JSON', 'x'.repeat(MAX_HELLO_BYTES + 1), 'Bad hello'],
  ])('%s', async (_name, first, reason) => {
    const client = await clientOf(await relayWith(), '/');
    client.socket.send(first);
    expect(await client.next()).toEqual({ closed: 1002, reason });
  });

  it.each([
    ['more fields', JSON.stringify({ ...hello, version: 9, more: [1] })],
    ['a hash of one character', JSON.stringify({ ...hello, code_hash_hex: '!' })],
    ['the longest hash', JSON.stringify({ ...hello, code_hash_hex: 'ä'.repeat(128) })],
    ['the longest hello', padded(MAX_HELLO_BYTES)],
  ])('may be %s', async (_name, first) => {
    const relay = await relayWith();
    (await clientOf(relay, '/')).socket.send(first);
    await untilWaiting(relay, 1);
  });

  it('arrive within 10 s, and have no deadline any more once they came', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const sender = (await clientOf(relay, '/')).classicHello('sender', HASH);
    await untilWaiting(relay, 1);
    const silent = await clientOf(relay, '/');
    clock.advance(HELLO_DEADLINE_MS - 1);
    expect(silent.socket.readyState).toBe(silent.socket.OPEN);
    clock.advance(1);
    expect(await silent.next()).toEqual({ closed: 1002, reason: 'No hello' });
    (await clientOf(relay, '/')).classicHello('receiver', HASH);
    expect(await sender.nextJson()).toEqual({ type: 'ready' });
  });

  it.each([
    ['text', 'early'],
    ['binary', Buffer.from('early')],
  ])('have nothing after them before the pair is complete: %s', async (_name, early) => {
    const relay = await relayWith();
    const sender = (await clientOf(relay, '/')).classicHello('sender', HASH);
    sender.socket.send(early);
    expect(await sender.next()).toEqual({ closed: 1002, reason: 'Wait for the other side' });
    await untilWaiting(relay, 0);
    await classicPairOf(relay, HASH);
  });
});

describe('classic caps', () => {
  const FULL = 'This relay is full. Try again later or use another relay.';
  const TOO_MANY = 'Too many connections from your address. Wait a minute and try again.';

  it('of all who wait', async () => {
    const relay = await relayWith({ maxWaiting: 1 });
    const sender = (await clientOf(relay, '/')).classicHello('sender', HASH);
    await untilWaiting(relay, 1);
    const second = (await clientOf(relay, '/')).classicHello('sender', 'other');
    expect(await second.next()).toEqual({ closed: 1013, reason: FULL });
    expect(await (await clientOf(relay)).allocate().nextClose()).toBe(4503);
    (await clientOf(relay, '/')).classicHello('receiver', HASH);
    expect(await sender.nextJson()).toEqual({ type: 'ready' });
  });

  it('of who waits at one address', async () => {
    const relay = await relayWith({ maxWaitingPerAddress: 1, trustProxy: ['127.0.0.1'] });
    (await clientOf(relay, '/', from('192.0.2.1'))).classicHello('sender', HASH);
    await untilWaiting(relay, 1);
    const second = (await clientOf(relay, '/', from('192.0.2.1'))).classicHello('sender', 'other');
    expect(await second.next()).toEqual({ closed: 1013, reason: TOO_MANY });
    (await clientOf(relay, '/', from('192.0.2.2'))).classicHello('sender', 'other');
    await untilWaiting(relay, 2);
  });

  it('of connections in whatever state', async () => {
    const relay = await relayWith({ maxConnections: 2 });
    const { sender } = await classicPairOf(relay, HASH);
    expect(await (await clientOf(relay, '/')).next()).toEqual({ closed: 1013, reason: FULL });
    expect(await (await clientOf(relay)).nextClose()).toBe(4503);
    sender.socket.close();
    await untilPairs(relay, 0);
  });

  it('of connections of one address', async () => {
    const relay = await relayWith({ maxConnectionsPerAddress: 1, trustProxy: ['127.0.0.1'] });
    await clientOf(relay, '/ws', from('192.0.2.1'));
    const second = await clientOf(relay, '/', from('192.0.2.1'));
    expect(await second.next()).toEqual({ closed: 1013, reason: TOO_MANY });
  });
});

describe('a relay that shuts down', () => {
  it('sends classic ends away with 1001', async () => {
    const relay = await relayWith();
    const greeting = await clientOf(relay, '/');
    const waiting = (await clientOf(relay, '/')).classicHello('sender', 'x');
    await untilWaiting(relay, 1);
    const { sender, receiver } = await classicPairOf(relay, HASH);
    await relay.close();
    for (const end of [greeting, waiting, sender, receiver]) expect(await end.nextClose()).toBe(1001);
  });

  it('lets classic pairs end by themselves within the grace', async () => {
    const relay = await relayWith({}, new FakeClock());
    const { sender, receiver } = await classicPairOf(relay, HASH);
    const other = await pairOf(relay);
    const closed = relay.close(60_000);
    sender.socket.send('still');
    expect(await receiver.next()).toEqual({ text: 'still' });
    sender.socket.close(1000);
    expect(await receiver.nextClose()).toBe(1000);
    other.sender.socket.close();
    await closed;
  });
});
