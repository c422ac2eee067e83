// What version 3 of the relay protocol adds, over real sockets, and that clients of version 2 get what they always got.
import { OPAQUE_WAIT_MS, RELEASE_MESSAGE } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { opaqueKey, type RelayClient } from './relay-client.ts';
import { allocatedOn, clientOf, pairOf, relayWith, untilWaiting } from './running-relays.ts';

const KEY = opaqueKey('k');
type Relay = Awaited<ReturnType<typeof relayWith>>;

/** A client that says just that. */
async function saying(relay: Relay, fields: object, path = '/ws'): Promise<RelayClient> {
  const client = await clientOf(relay, path);
  client.socket.send(JSON.stringify(fields));
  return client;
}

/** The error that a client hears, and the close code after it. */
async function refusalOf(client: RelayClient): Promise<[Record<string, unknown>, number]> {
  const error = await client.nextJson();
  return [error, await client.nextClose()];
}

describe('a client of version 2', () => {
  const sender = { type: 'allocate', version: 2 };

  it('meets one of version 3 under a nameplate, and hears what it always heard', async () => {
    const relay = await relayWith();
    const old = await saying(relay, sender);
    const { nameplate, ...rest } = await old.nextJson();
    expect(rest).toEqual({ type: 'allocated', token: expect.stringMatching(/^[\w-]{22}$/) });
    const receiver = (await clientOf(relay)).hello('receiver', nameplate!);
    expect(await receiver.nextJson()).toEqual({ type: 'ready', features: [] });
    expect(await old.nextJson()).toEqual({ type: 'ready' });
    old.socket.send(Buffer.from('greeting'));
    expect(String(await receiver.nextBytes())).toBe('greeting');
  });

  it('joins one of version 3', async () => {
    const relay = await relayWith();
    const { nameplate, sender: newer } = await allocatedOn(relay);
    const old = await saying(relay, { type: 'hello', version: 2, role: 'receiver', key: nameplate });
    expect([await old.nextJson(), await newer.nextJson()]).toEqual([
      { type: 'ready' },
      { type: 'ready', features: [] },
    ]);
  });

  it('is told by the close code alone', async () => {
    const relay = await relayWith({ failedJoinsPerMinutePerAddress: 1 });
    const unknown = { type: 'hello', version: 2, role: 'receiver', key: '4711' };
    const closes = [await saying(relay, unknown), await saying(relay, unknown)].map((old) => old.next());
    expect(await Promise.all(closes)).toMatchObject([{ closed: 4404 }, { closed: 4429 }]);
    expect(await (await saying(relay, { type: 'allocate', version: 1 })).next()).toMatchObject({
      closed: 4426,
    });
  });

  it('draws nothing: the field is one that it doesn’t know', async () => {
    const relay = await relayWith({ drawsPerMinutePerAddress: 1, drawBurstPerAddress: 1 });
    const { sender: first } = await allocatedOn(relay, '47');
    first.socket.close();
    await untilWaiting(relay, 0);
    const asking = await saying(relay, { ...sender, nameplate: '48', drawn: 'by lot' });
    expect(await asking.nextJson()).toMatchObject({ nameplate: '48' });
  });
});

describe('an error', () => {
  const hello = { type: 'hello', version: 3, role: 'receiver', key: KEY };

  it.each([
    ['an unknown nameplate', { ...hello, key: '4711' }, 'unknown-code', 4404],
    ['a newer version', { ...hello, version: 4 }, 'wrong-version', 4426],
    ['an ill-typed field', { ...hello, role: 'relay' }, 'bad-hello', 4400],
    ['features that are none', { ...hello, features: ['A b'] }, 'bad-hello', 4400],
    [
      'too many features',
      { ...hello, features: Array.from({ length: 33 }, (_, i) => `f${i}`) },
      'bad-hello',
      4400,
    ],
    ['a draw that is none', { type: 'allocate', version: 3, nameplate: '47', drawn: 1 }, 'bad-hello', 4400],
  ])('says why before the close code that says the same: %s', async (_name, first, code, close) => {
    const relay = await relayWith();
    const [error, closed] = await refusalOf(await saying(relay, first));
    expect(error).toEqual({ type: 'error', code, message: expect.stringMatching(/\.$/) });
    expect(closed).toBe(close);
  });

  it('comes before no close that a paired end hears, whose message may stand half-way', async () => {
    const relay = await relayWith();
    const { sender, receiver } = await pairOf(relay);
    receiver.socket.send('no release');
    expect([await sender.next(), await receiver.next()]).toMatchObject([{ closed: 4410 }, { closed: 4400 }]);
    const { sender: paired, nameplate, token } = await allocatedOn(relay);
    const joined = (await clientOf(relay)).hello('receiver', nameplate);
    await Promise.all([paired.nextJson(), joined.nextJson()]);
    (await clientOf(relay)).hello('sender', nameplate, token);
    expect([await paired.next(), await joined.next()]).toMatchObject([{ closed: 4411 }, { closed: 4410 }]);
  });

  it('reaches one that waits', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ pingIntervalMs: 600_000 }, clock);
    const older = (await clientOf(relay)).hello('receiver', KEY);
    await untilWaiting(relay, 1);
    const newer = (await clientOf(relay)).hello('receiver', KEY);
    expect(await refusalOf(older)).toMatchObject([{ code: 'replaced' }, 4411]);
    clock.advance(OPAQUE_WAIT_MS);
    expect(await refusalOf(newer)).toMatchObject([{ code: 'wait-expired' }, 4412]);
  });

  it('says how long to wait where a rate is the reason, and then it works', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ joinsPerMinutePerAddress: 2, failedJoinsPerMinutePerAddress: 1 }, clock);
    const join = async () => refusalOf((await clientOf(relay)).hello('receiver', '4711'));
    expect(await join()).toMatchObject([{ code: 'unknown-code' }, 4404]);
    expect(await join()).toMatchObject([{ code: 'rate-limited', retryAfterMs: 60_000 }, 4429]);
    clock.advance(59_999);
    expect(await join()).toMatchObject([{ code: 'rate-limited', retryAfterMs: 1 }, 4429]);
    clock.advance(1);
    expect(await join()).toMatchObject([{ code: 'unknown-code' }, 4404]);
  });
});

describe('features', () => {
  it('that a relay doesn’t know are ignored', async () => {
    const relay = await relayWith();
    const features = ['direct', 'direct', 'share.1'];
    const sender = await saying(relay, { type: 'allocate', version: 3, features });
    const { nameplate, features: common } = await sender.nextJson();
    expect(common).toEqual([]);
    const receiver = await saying(relay, {
      type: 'hello',
      version: 3,
      role: 'receiver',
      key: nameplate,
      features,
    });
    expect(await receiver.nextJson()).toEqual({ type: 'ready', features: [] });
  });
});

describe('the routing hash in the URL', () => {
  it.each(['?k=ffff', '?k=', '?k=x&k=y', '?K=%00', ''])('means nothing to a relay: %j', async (query) => {
    const relay = await relayWith();
    const sender = await saying(
      relay,
      { type: 'hello', version: 3, role: 'sender', key: KEY },
      `/ws${query}`,
    );
    const receiver = (await clientOf(relay, '/ws?k=0000')).hello('receiver', KEY);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
  });
});

describe('a drawn nameplate', () => {
  const drawOn = async (relay: Relay, nameplate: string) =>
    (await clientOf(relay)).draw(nameplate).nextJson();

  it('is refused while another waits under it, is joined or away', async () => {
    const relay = await relayWith();
    expect(await drawOn(relay, '47')).toMatchObject({ type: 'allocated', nameplate: '47' });
    expect(await drawOn(relay, '47')).toMatchObject({ code: 'code-in-use', digits: 2 });
  });

  it('isn’t given out in quarantine, where one that a person chose is', async () => {
    const relay = await relayWith();
    const { sender, nameplate } = await allocatedOn(relay, '47');
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    sender.socket.send(RELEASE_MESSAGE);
    sender.socket.send(Buffer.from('after'));
    await receiver.nextBytes();
    expect(await drawOn(relay, '47')).toMatchObject({ type: 'error', code: 'code-in-use' });
    expect((await allocatedOn(relay, '47')).nameplate).toBe('47');
  });

  it('says which length has room: the first of which less than half are taken', async () => {
    const relay = await relayWith();
    const take = (numbers: number[]) => Promise.all(numbers.map((number) => drawOn(relay, String(number))));
    await take(Array.from({ length: 44 }, (_, i) => 10 + i));
    expect(await drawOn(relay, '10')).toMatchObject({ digits: 2 });
    await take([54]);
    expect(await drawOn(relay, '10')).toMatchObject({ digits: 3 });
  });

  it('costs no join, and joins cost no draw', async () => {
    const relay = await relayWith({ joinsPerMinutePerAddress: 1, failedJoinsPerMinutePerAddress: 1 });
    for (let i = 0; i < 20; i++) await drawOn(relay, '47');
    await (await clientOf(relay)).hello('receiver', '47').nextJson();
    expect(await (await clientOf(relay)).hello('receiver', '48').nextClose()).toBe(4429);
    expect(await drawOn(relay, '48')).toMatchObject({ nameplate: '48' });
  });

  it('tells a stranger of one address at most so many numbers: a burst, then the rate', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({ drawsPerMinutePerAddress: 6, drawBurstPerAddress: 30 }, clock);
    await allocatedOn(relay, '470');
    const learned = async () => {
      for (let count = 0; ; count++) {
        const { code, retryAfterMs } = await drawOn(relay, '470');
        if (code !== 'code-in-use') return [count, code, retryAfterMs];
      }
    };
    expect(await learned()).toEqual([30, 'rate-limited', 10_000]);
    clock.advance(60_000);
    expect(await learned()).toEqual([6, 'rate-limited', 10_000]);
    // The ones who send files with a code of an older version, or with lanes, notice nothing.
    await allocatedOn(relay);
    await pairOf(relay);
  });
});
