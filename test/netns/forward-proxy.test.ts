// A proxy as the only way out, and beside a way that leads around it, between terminals in network namespaces.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { codeOf, finished, run } from '../../apps/cli/test/system/cli-process.ts';
import type { Namespace } from './namespace.ts';
import { Namespaces } from './namespaces.ts';
import { PlainLink } from './plain-link.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { startInNamespace } from './tcp-stream.ts';

const reason = reasonToSkip();
/** Of no private range: such as an address of the internet, which leads past a proxy where routers let it. */
const RELAY_HOST = '11.0.9.1';
const RELAY_URL = `http://${RELAY_HOST}:8765`;
const PROXY_PORT = 3128;
const LOGIN = 'ann:secret';

interface ProxiedNetwork {
  router: Namespace;
  ends: { namespace: Namespace; set: Record<string, string> }[];
  /** What the proxy was asked. */
  calls(): string[];
}

/** Both ends have a link to the proxy's machine, where the relay is too, and no other route. */
async function behindProxy(kind: 'http' | 'socks'): Promise<ProxiedNetwork> {
  const namespaces = new Namespaces();
  const router = namespaces.add('router');
  router.address('lo', `${RELAY_HOST}/32`);
  const ends = [];
  for (const [index, label] of ['sender', 'receiver'].entries()) {
    const namespace = namespaces.add(label);
    await PlainLink.join(
      { namespace, device: 'out0', addresses: [`11.0.${index}.2/30`] },
      { namespace: router, device: label, addresses: [`11.0.${index}.1/30`] },
    );
    const scheme = kind === 'http' ? 'http' : 'socks5h';
    const set = { HTTP_PROXY: `${scheme}://${LOGIN}@11.0.${index}.1:${PROXY_PORT}` };
    ends.push({ namespace, set });
  }
  const proxy = await startInNamespace(router, PROXY, kind, '0.0.0.0', String(PROXY_PORT), LOGIN);
  const relay = run(['relay', '--http', '--host', RELAY_HOST, '--port', '8765'], { within: router.within });
  await relay.says(/Ctrl-C stops it/);
  return { router, ends, calls: proxy.lines };
}

const PROXY = join(import.meta.dirname, '../proxies/forward-proxies.mjs');

/** Gives the ends a route around the proxy, by which they reach the relay and each other. */
function openWayAround({ router, ends }: ProxiedNetwork): void {
  router.set('net.ipv4.ip_forward', 1);
  for (const [index, { namespace }] of ends.entries()) {
    namespace.route({ to: 'default', device: 'out0', via: `11.0.${index}.1` });
  }
}

/** Packets that the router has passed from one end to the other. */
function forwarded(router: Namespace): number {
  const [names, values] = router
    .execute('cat', '/proc/net/snmp')
    .split('\n')
    .filter((line) => line.startsWith('Ip: '))
    .map((line) => line.split(' '));
  return Number(values![names!.indexOf('ForwDatagrams')]);
}

/** Exit codes of both ends, and the paths that the content took. */
async function transferred({ ends }: ProxiedNetwork, isProxied: boolean, path = 'auto') {
  const folder = await scratchFolder();
  const source = join(folder, 'content');
  writeFileSync(source, Buffer.alloc(20_000_000, 'content '));
  const common = ['--relay', RELAY_URL, '--path', path];
  const [sending, receiving] = ends.map(({ namespace, set }) => ({
    within: namespace.within,
    ...(isProxied && { set }),
  }));
  const sender = run(['send', source, '--compress', 'off', ...common], sending);
  const receive = ['receive', await codeOf(sender), '--yes', '--json', '--out', join(folder, 'out')];
  const receiver = run([...receive, ...common], receiving);
  const exitCodes = [await sender.exitCode, await receiver.exitCode];
  if (exitCodes[1] === 0) {
    expect(readFileSync(join(folder, 'out/content')).equals(readFileSync(source))).toBe(true);
  }
  const paths = receiver.events.filter(({ event }) => event === 'path').map((event) => event.path);
  return { exitCodes, paths };
}

describe.skipIf(reason !== null)(`a proxy${reason === null ? '' : ` (${reason})`}`, () => {
  it.each(['http', 'socks'] as const)(
    'of the kind %s carries a transfer where it is the only way out',
    async (kind) => {
      const network = await behindProxy(kind);
      const [{ namespace }] = network.ends as [ProxiedNetwork['ends'][0]];
      const args = ['send', '--text', 'x', '--relay', RELAY_URL, '--reconnect-timeout', '0'];
      const without = await finished(args, { within: namespace.within });
      expect(without).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('no route') });
      expect(await transferred(network, true)).toEqual({ exitCodes: [0, 0], paths: ['relay'] });
      const call = kind === 'http' ? `CONNECT ${RELAY_HOST}:8765` : `SOCKS address ${RELAY_HOST}:8765`;
      expect(network.calls().filter((each) => each === call).length).toBeGreaterThanOrEqual(2);
    },
  );

  it('isn’t gone around by direct paths to other networks, though there is a way', async () => {
    const network = await behindProxy('http');
    openWayAround(network);
    expect(await transferred(network, false, 'tcp')).toEqual({ exitCodes: [0, 0], paths: ['tcp'] });
    const before = forwarded(network.router);
    expect(before).toBeGreaterThan(100);
    expect(await transferred(network, true)).toEqual({ exitCodes: [0, 0], paths: ['relay'] });
    expect(await transferred(network, true, 'tcp')).toEqual({ exitCodes: [3, 4], paths: [] });
    expect(forwarded(network.router) - before).toBe(0);
  });

  it('leaves direct paths within the network of both ends', async () => {
    const network = await behindProxy('socks');
    const [near, far] = network.ends.map(({ namespace }, index) => ({
      namespace,
      device: 'home0',
      addresses: [`192.168.5.${index + 1}/24`],
    }));
    const home = await PlainLink.join(near!, far!);
    expect(await transferred(network, true, 'tcp')).toEqual({ exitCodes: [0, 0], paths: ['tcp'] });
    expect(home.bytes).toBeGreaterThan(20_000_000);
  });
});
