// Every cap and rate, hit over real sockets.
import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { opaqueKey } from './relay-client.ts';
import { allocatedOn, clientOf, pairOf, relayWith, untilWaiting } from './running-relays.ts';

/** How a client behind the relay's proxy appears. */
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe('caps', () => {
  it('refuses who would wait in a full relay, and keeps who waits', async () => {
    const relay = await relayWith({ maxWaiting: 1 });
    const { sender, nameplate } = await allocatedOn(relay);
    expect(await (await clientOf(relay)).allocate().nextClose()).toBe(4503);
    expect(await (await clientOf(relay)).hello('sender', opaqueKey('k')).nextClose()).toBe(4503);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await sender.nextJson()).toEqual({ type: 'ready', features: [] });
    await allocatedOn(relay);
  });

  it('refuses who would wait too often from one address', async () => {
    const relay = await relayWith({ maxWaitingPerAddress: 2, trustProxy: ['127.0.0.1'] });
    const alice = from('192.0.2.1');
    for (const key of ['a', 'b']) {
      (await clientOf(relay, '/ws', alice)).hello('sender', opaqueKey(key));
    }
    await untilWaiting(relay, 2);
    expect(await (await clientOf(relay, '/ws', alice)).allocate().nextClose()).toBe(4429);
    const bob = (await clientOf(relay, '/ws', from('192.0.2.2'))).allocate();
    expect(await bob.nextJson()).toMatchObject({ type: 'allocated' });
  });

  it('takes one IPv6 /64 for one address', async () => {
    const relay = await relayWith({ maxWaitingPerAddress: 1, trustProxy: ['127.0.0.1'] });
    await (await clientOf(relay, '/ws', from('2001:db8::1'))).allocate().nextJson();
    expect(await (await clientOf(relay, '/ws', from('2001:db8::2'))).allocate().nextClose()).toBe(4429);
    await (await clientOf(relay, '/ws', from('2001:db8:0:1::1'))).allocate().nextJson();
  });

  it('bounds connections in whatever state, and has room again when one ends', async () => {
    const relay = await relayWith({ maxConnections: 2 });
    const { sender, receiver } = await pairOf(relay);
    expect(await (await clientOf(relay)).nextClose()).toBe(4503);
    receiver.socket.close();
    await Promise.all([sender.nextClose(), receiver.nextClose()]);
    await pairOf(relay);
  });

  it('bounds connections of one address', async () => {
    const relay = await relayWith({ maxConnectionsPerAddress: 1, trustProxy: ['127.0.0.1'] });
    await clientOf(relay, '/ws', from('192.0.2.1'));
    expect(await (await clientOf(relay, '/ws', from('192.0.2.1'))).nextClose()).toBe(4429);
    await (await clientOf(relay, '/ws', from('192.0.2.2'))).allocate().nextJson();
  });
});

describe('rates', () => {
  it('limits joins of nameplates, until time passes', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ joinsPerMinutePerAddress: 2 }, clock);
    const { nameplate } = await allocatedOn(relay);
    await (await clientOf(relay)).hello('receiver', nameplate).nextJson();
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4409);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4429);
    expect(await (await clientOf(relay)).allocate('4711').nextClose()).toBe(4429);
    clock.advance(30_000);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4409);
  });

  it('aren’t used up by strangers who have a sender come back', async () => {
    const rates = { joinsPerMinutePerAddress: 1, failedJoinsPerMinutePerAddress: 1 };
    const relay = await relayWith({ ...rates, trustProxy: ['127.0.0.1'] }, new FakeClock());
    const home = from('192.0.2.1');
    let sender = (await clientOf(relay, '/ws', home)).allocate();
    const { nameplate, token } = await sender.nextJson();
    for (let stranger = 0; stranger < 5; stranger++) {
      const joiner = await clientOf(relay, '/ws', from(`198.51.100.${stranger}`));
      await joiner.hello('receiver', nameplate!).nextJson();
      await sender.nextJson();
      joiner.socket.close();
      expect(await sender.nextClose()).toBe(4410);
      sender = (await clientOf(relay, '/ws', home)).hello('sender', nameplate!, token);
      await untilWaiting(relay, 1);
    }
    // Nor does a wrong token, or somebody else's, pass for the right one.
    const guess = async (key: string, guessed: string) =>
      (await clientOf(relay, '/ws', home)).hello('sender', key, guessed).nextClose();
    expect(await guess(nameplate!, 'A'.repeat(22))).toBe(4404);
    expect(await guess(nameplate!, 'A'.repeat(22))).toBe(4429);
    expect(await guess('4711', token!)).toBe(4429);
  });

  it('limits joins of unknown nameplates more, and then tells nothing of known ones either', async () => {
    const relay = await relayWith({ failedJoinsPerMinutePerAddress: 2 });
    const { nameplate } = await allocatedOn(relay, '4711');
    expect(await (await clientOf(relay)).hello('receiver', '1').nextClose()).toBe(4404);
    expect(await (await clientOf(relay)).hello('sender', '2', 'A'.repeat(22)).nextClose()).toBe(4404);
    expect(await (await clientOf(relay)).hello('receiver', '3').nextClose()).toBe(4429);
    expect(await (await clientOf(relay)).hello('receiver', nameplate).nextClose()).toBe(4429);
  });

  it('leave opaque keys and plain allocation alone', async () => {
    const relay = await relayWith({ joinsPerMinutePerAddress: 1, failedJoinsPerMinutePerAddress: 1 });
    expect(await (await clientOf(relay)).hello('receiver', '1').nextClose()).toBe(4404);
    for (const key of ['a', 'b', 'c']) await pairOf(relay, opaqueKey(key));
    await allocatedOn(relay);
  });

  it('believe a proxy only where it is trusted, and only its own entry', async () => {
    const rates = { failedJoinsPerMinutePerAddress: 1 };
    const direct = await relayWith(rates);
    const proxied = await relayWith({ ...rates, trustProxy: ['127.0.0.1'] });
    const join = async (relay: typeof direct, forwarded: string) =>
      (await clientOf(relay, '/ws', from(forwarded))).hello('receiver', '1').nextClose();
    expect([await join(direct, '192.0.2.1'), await join(direct, '192.0.2.2')]).toEqual([4404, 4429]);
    expect([await join(proxied, '192.0.2.1'), await join(proxied, '192.0.2.2')]).toEqual([4404, 4404]);
    // The client forged the first entry; the proxy wrote the last.
    expect(await join(proxied, '198.51.100.9, 192.0.2.1')).toBe(4429);
  });
});
