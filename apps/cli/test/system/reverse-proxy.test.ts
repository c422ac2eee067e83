// A relay behind real proxies, each set up by the sample of deploy/: its clients are told apart, nobody chooses an address,
// pages are known by every form of their host, and idle pairs outlast the proxies' timeouts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClientOptions } from 'ws';
import {
  type DeployedProxy,
  deployProxy,
  OWN_HOST,
  PROXIES,
  type ProxySettings,
  reasonToSkip,
} from '../../../../test/proxies/deployed-proxy.ts';
import { startRelay } from '../../../relay/src/index.ts';
import { opaqueKey, RelayClient } from '../../../relay/test/relay-client.ts';
import { relayWith } from '../../../relay/test/running-relays.ts';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run } from './cli-process.ts';

const TRUSTED = { trustProxy: ['127.0.0.1'] };

describe.each(PROXIES)('behind %s', (name) => {
  const why = reasonToSkip(name);
  const skipped = why === null ? '' : ` (skipped: ${why})`;

  async function behind(relay: { url: string }, settings: ProxySettings = {}): Promise<DeployedProxy> {
    const proxy = await deployProxy(name, relay.url, settings);
    onTestFinished(() => proxy.stop());
    return proxy;
  }

  describe.skipIf(why !== null)(`by its sample${skipped}`, () => {
    it.each(['rootUrl', 'belowUrl'] as const)(
      'a file goes from terminal to terminal at its %s',
      async (place) => {
        const proxy = await behind(await relayWith(TRUSTED));
        const file = join(await scratchFolder(), 'note.txt');
        writeFileSync(file, 'hello');
        const at = ['--relay', proxy[place], '--ca-file', proxy.caFile];
        const sender = run(['send', file, ...at]);
        const [, link] = await sender.says(/(https:\/\/\S+#\S+)/);
        expect(link!.startsWith(`${proxy[place]}/#`)).toBe(true);
        const out = await scratchFolder();
        // The link names the relay.
        const receiver = await finished(['receive', link!, '--ca-file', proxy.caFile, '--yes', '--out', out]);
        expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
        expect(readFileSync(join(out, 'note.txt'), 'utf8')).toBe('hello');
      },
    );

    it('one client’s wrong codes don’t shut out another’s right one', async () => {
      const proxy = await behind(await relayWith(TRUSTED));
      const file = join(await scratchFolder(), 'note.txt');
      writeFileSync(file, 'hello');
      const at = ['--relay', proxy.rootUrl, '--ca-file', proxy.caFile];
      const sender = run(['send', file, ...at]);
      const code = await codeOf(sender);
      expect(await wrongCodes(proxy.rootUrl, 25)).toEqual([
        ...new Array(20).fill(4404),
        ...new Array(5).fill(4429),
      ]);
      const receiver = await finished(['receive', code, '--yes', '--out', await scratchFolder(), ...at]);
      expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    });

    it('a client that writes its own headers is still itself, and so is one straight at the port', async () => {
      const relay = await relayWith(TRUSTED);
      const proxy = await behind(relay);
      let forged = 0;
      const forging = () => ({
        'x-forwarded-for': `198.51.100.${++forged}`,
        forwarded: `for=198.51.100.${forged}`,
      });
      expect((await wrongCodes(proxy.rootUrl, 21, forging)).at(-1)).toBe(4429);
      // From an address that no proxy has.
      expect((await wrongCodes(relay.url, 21, forging, '127.0.0.3')).at(-1)).toBe(4429);
    });

    it('that isn’t named, all its clients are one', async () => {
      const proxy = await behind(await relayWith());
      expect((await wrongCodes(proxy.rootUrl, 21)).at(-1)).toBe(4429);
      expect(await wrongCodes(proxy.rootUrl, 1, () => ({}), '127.0.0.1')).toEqual([4429]);
    });

    it('a page is known by every form of its host, and a foreign one by none', async () => {
      const proxy = await behind(await relayWith(TRUSTED));
      const asPage = (host: string, origin: string) =>
        connect(proxy.rootUrl, { headers: { host }, origin, servername: OWN_HOST });
      for (const [host, origin] of [
        [OWN_HOST, `https://${OWN_HOST}`],
        [`${OWN_HOST}:443`, `https://${OWN_HOST}`],
        [`${OWN_HOST}:${proxy.port}`, `https://${OWN_HOST}:${proxy.port}`],
        ['Copy.EXAMPLE.org', `https://${OWN_HOST}`],
        [`127.0.0.1:${proxy.port}`, `https://127.0.0.1:${proxy.port}`],
        [`[::1]:${proxy.port}`, `https://[::1]:${proxy.port}`],
      ] as const) {
        await asPage(host, origin);
      }
      for (const [host, origin] of [
        [OWN_HOST, 'https://evil.example'],
        [OWN_HOST, `https://${OWN_HOST}:8443`],
        [OWN_HOST, `http://${OWN_HOST}`],
        [`${OWN_HOST}:${proxy.port}`, `https://${OWN_HOST}`],
        [OWN_HOST, new URL(proxy.rootUrl).origin],
      ] as const) {
        await expect(asPage(host, origin)).rejects.toThrow('403');
      }
    });

    it('a client that forges what proxies say makes no foreign page this relay’s own', async () => {
      const proxy = await behind(await relayWith(TRUSTED));
      const headers = {
        host: OWN_HOST,
        'x-forwarded-host': 'evil.example',
        'x-forwarded-port': '8443',
        'x-forwarded-proto': 'http',
        forwarded: 'host=evil.example;proto=http',
      };
      const forging = (origin: string) => connect(proxy.rootUrl, { headers, origin, servername: OWN_HOST });
      for (const origin of ['https://evil.example', `https://${OWN_HOST}:8443`, `http://${OWN_HOST}`]) {
        await expect(forging(origin)).rejects.toThrow('403');
      }
      await forging(`https://${OWN_HOST}`);
    });

    it('all of it holds for a client that comes by IPv6, and for a relay at a unix socket', async () => {
      const socket = `unix:${join(await scratchFolder(), 'relay.sock')}`;
      const relay = await startRelay({ listen: [socket], trustProxy: ['unix'], logLevel: 'silent' });
      onTestFinished(() => relay.close());
      const proxy = await behind({ url: socket });
      const url = `https://[::1]:${proxy.port}`;
      const forging = () => ({ 'x-forwarded-for': '198.51.100.1' });
      expect((await wrongCodes(url, 21, forging, '::1')).at(-1)).toBe(4429);
      expect(await wrongCodes(proxy.rootUrl, 1)).toEqual([4404]);
      await connect(url, { origin: url });
      await expect(connect(url, { origin: proxy.rootUrl })).rejects.toThrow('403');
    });

    // 50 s and 25 s, divided by 25.
    it('an idle pair outlasts its timeouts by the relay’s pings', async () => {
      const relay = await relayWith({ ...TRUSTED, pingIntervalMs: 1_000 });
      const { rootUrl } = await behind(relay, { timeout: '2s' });
      const ends = await pairAt(rootUrl);
      await Promise.all(ends.map((end) => pings(end, 5)));
      ends[0]!.socket.send(Buffer.from('still here'));
      expect((await ends[1]!.nextBytes()).toString()).toBe('still here');
    });

    it.skipIf(name === 'caddy')('and wouldn’t without them', async () => {
      const relay = await relayWith({ ...TRUSTED, pingIntervalMs: 60_000 });
      const { rootUrl } = await behind(relay, { timeout: '2s' });
      const [sender] = await pairAt(rootUrl);
      expect(await sender!.nextClose()).toBe(1006);
    });
  });
});

/** Resolves when the relay has pinged that many times. */
function pings(end: RelayClient, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = 0;
    end.socket.on('ping', () => {
      heard += 1;
      if (heard === count) resolve();
    });
    end.socket.on('close', (code) => reject(new Error(`closed with ${code} after ${heard} pings`)));
  });
}

async function pairAt(url: string): Promise<RelayClient[]> {
  const ends = [];
  for (const role of ['sender', 'receiver'] as const) {
    ends.push((await connect(url)).hello(role, opaqueKey('k')));
  }
  for (const end of ends) await end.nextJson();
  return ends;
}

async function connect(
  url: string,
  options: ClientOptions & { servername?: string } = {},
): Promise<RelayClient> {
  const client = await RelayClient.connect(url, '/ws', { rejectUnauthorized: false, ...options });
  onTestFinished(() => client.socket.terminate());
  return client;
}

/** Close codes of `count` joins of unknown nameplates by one client. */
async function wrongCodes(
  url: string,
  count: number,
  headers: () => Record<string, string> = () => ({}),
  localAddress = '127.0.0.2',
): Promise<number[]> {
  const codes: number[] = [];
  for (let i = 0; i < count; i++) {
    const client = await connect(url, { localAddress, headers: headers() });
    codes.push(await client.hello('receiver', String(900_000_000 + i)).nextClose());
  }
  return codes;
}
