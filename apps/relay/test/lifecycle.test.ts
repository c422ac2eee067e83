// Start, failed start, stop, and what the log says on the way.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { explainListenError } from '../src/foundation/relay-error.ts';
import { type RelayConfig, startRelay } from '../src/index.ts';
import { FakeClock } from './fake-clock.ts';
import { opaqueKey } from './relay-client.ts';
import { allocatedOn, clientOf, pairOf, relayWith, untilWaiting } from './running-relays.ts';

describe('start', () => {
  it('says where it listens', async () => {
    const relay = await relayWith();
    expect(relay).toMatchObject({ host: '127.0.0.1', url: `http://127.0.0.1:${relay.port}` });
    expect(relay.port).toBeGreaterThan(0);
  });

  it('gives a wildcard a url that one can open', async () => {
    const relay = await relayWith({ host: '0.0.0.0' });
    expect(relay.url).toBe(`http://127.0.0.1:${relay.port}`);
    expect((await fetch(relay.url)).status).toBe(200);
  });

  it('warns of a folder for the page that holds none', async () => {
    const relay = await relayWith({ webRoot: '/nowhere' });
    expect(relay.warnings).toContain('The folder /nowhere holds no index.html, so the relay serves no page.');
    expect((await relayWith()).warnings.join()).not.toContain('index.html');
  });

  it('takes a host of IPv6 in brackets, too, as in a URL', async () => {
    const relay = await relayWith({ host: '[::1]' });
    expect(relay).toMatchObject({ host: '::1', url: `http://[::1]:${relay.port}` });
    const twice = startRelay({ host: '[::1]', port: 1, adminListen: ['[::1]:1'] });
    await expect(twice).rejects.toThrow('The address [::1]:1 is named twice');
  });

  it('explains a port in use', async () => {
    const { port } = await relayWith();
    const second = startRelay({ host: '127.0.0.1', port });
    await expect(second).rejects.toMatchObject({ name: 'RelayError', code: 'EADDRINUSE' });
    await expect(second).rejects.toThrow(`Can't listen on 127.0.0.1:${port}: another program already uses`);
  });

  it.each([
    ['EACCES', 'Choose a port from 1024 up'],
    ['EADDRNOTAVAIL', 'no network interface here'],
    ['ENOTFOUND', 'host name is not known'],
    ['EINVAL', 'such as fe80::1%eth0'],
  ])('explains %s', (code, advice) => {
    const error = explainListenError(Object.assign(new Error('listen'), { code }), 'h:80');
    expect(error).toMatchObject({ code, message: expect.stringContaining(advice) });
  });

  it('refuses a bad setting before it listens', async () => {
    await expect(startRelay({ port: -1 })).rejects.toMatchObject({ code: 'invalid-config' });
  });
});

describe('close', () => {
  it('closes everybody with 1001, and the port is free again', async () => {
    const relay = await relayWith();
    const greeting = await clientOf(relay);
    const { sender: waiting } = await allocatedOn(relay);
    const { sender, receiver } = await pairOf(relay);
    await relay.close();
    for (const client of [greeting, waiting, sender, receiver]) expect(await client.nextClose()).toBe(1001);
    await relayWith({ port: relay.port });
  });

  it('lets pairs end by themselves within the grace', async () => {
    const relay = await relayWith({}, new FakeClock());
    const { sender: waiting } = await allocatedOn(relay);
    const { sender, receiver } = await pairOf(relay);
    const closed = relay.close(60_000);
    expect(await waiting.nextClose()).toBe(1001);
    await expect(clientOf(relay)).rejects.toThrow();
    sender.socket.send(Buffer.from('still'));
    expect((await receiver.nextBytes()).toString()).toBe('still');
    sender.socket.close();
    expect(await receiver.nextClose()).toBe(4410);
    await closed;
  });

  it('closes pairs when the grace is over', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const { sender, receiver } = await pairOf(relay);
    const closed = relay.close(60_000);
    clock.advance(60_000);
    expect([await sender.nextClose(), await receiver.nextClose()]).toEqual([1001, 1001]);
    await closed;
  });

  it('closes pairs at once when it is asked a second time', async () => {
    const relay = await relayWith({}, new FakeClock());
    const { sender } = await pairOf(relay);
    const closed = relay.close(60_000);
    await relay.close();
    expect(await sender.nextClose()).toBe(1001);
    await closed;
  });

  it('cuts who doesn’t answer', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    const client = (await clientOf(relay)).hello('sender', opaqueKey('k'));
    await untilWaiting(relay, 1);
    client.socket.pause();
    const closed = relay.close();
    await vi.waitFor(() => {
      clock.advance(1_000);
      expect(clock.pending).toBe(0);
    });
    await closed;
  });

  it('frees the port while pairs still run', async () => {
    const relay = await relayWith({}, new FakeClock());
    await pairOf(relay);
    const closed = relay.close(60_000);
    await relayWith({ port: relay.port });
    await relay.close();
    await closed;
  });
});

describe('log', () => {
  afterEach(() => vi.restoreAllMocks());

  async function linesOf(
    config: Partial<RelayConfig>,
  ): Promise<{ text: string; lines: Record<string, unknown>[] }> {
    const written: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
      written.push(String(chunk));
      return true;
    });
    const relay = await relayWith(config);
    const { sender, nameplate, token } = await allocatedOn(relay, '987654321');
    const receiver = (await clientOf(relay)).hello('receiver', nameplate);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    sender.socket.send(Buffer.alloc(1_000));
    await receiver.nextBytes();
    await (await clientOf(relay)).hello('receiver', '123454321').nextClose();
    receiver.socket.close();
    await sender.nextClose();
    await relay.close();
    const text = written.join('');
    for (const secret of [nameplate, token, '123454321']) expect(text).not.toContain(secret);
    return {
      text,
      lines: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  }

  it('is silent by default when all is well', async () => {
    expect((await linesOf({ logLevel: 'warn' })).text).toBe('');
  });

  it('says at info how pairs went and what was refused', async () => {
    const { lines: all } = await linesOf({ logLevel: 'info' });
    // Not every system tells.
    const lines = all.filter(({ msg }) => !String(msg).startsWith('TCP congestion control: '));
    expect(lines.map((line) => line.msg)).toEqual([
      expect.stringMatching(/^relay 0\.3\.0 listens at http:\/\/127\.0\.0\.1:\d+$/),
      'pair started',
      'refused',
      'pair ended',
      'relay stopped',
    ]);
    expect(lines[1]).toMatchObject({ pairs: 1, dialect: 'own' });
    expect(lines[2]).toMatchObject({ reason: 'unknown-code', from: '127.0.0.0/24' });
    expect(lines[3]).toMatchObject({ toReceiverBytes: 1_000, toSenderBytes: 0 });
    expect(lines[4]).toMatchObject({
      endedPairs: 1,
      passedBytes: 1_000,
      closes: { 'unknown-code': 1, 'peer-left': 1 },
    });
  });

  it('says at debug who was closed and why, by network only', async () => {
    const { lines } = await linesOf({ logLevel: 'debug' });
    for (const line of lines.slice(1)) expect(JSON.stringify(line)).not.toContain('127.0.0.1');
    expect(lines).toContainEqual(expect.objectContaining({ close: 'peer-left', from: '127.0.0.0/24' }));
  });
});
