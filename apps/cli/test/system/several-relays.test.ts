// Three relays behind a balancer, set up by the samples of deploy/: both ends of a meeting have the same hash in their URL, so
// they land on one relay, before and after another relay dies.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Room, relayRooms } from '@p2p-copy/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ClientOptions } from 'ws';
import { routeHash } from '../../../../packages/core/src/crypto/route-hash.ts';
import { AccessProofs } from '../../../../packages/core/src/relay-client/access-proofs.ts';
import { allocateNameplate } from '../../../../packages/core/src/relay-client/allocate-nameplate.ts';
import {
  announce,
  awaitReady,
  awaitReadyInTime,
} from '../../../../packages/core/src/relay-client/meet-relay.ts';
import {
  type DeployedProxy,
  deployProxy,
  freePort,
  type ProxyName,
  reasonToSkip,
} from '../../../../test/proxies/deployed-proxy.ts';
import { scrape } from '../../../relay/test/metrics/scrape.ts';
import { RelayClient } from '../../../relay/test/relay-client.ts';
import { createDial, endpoint } from '../../src/node/network/dial-relay.ts';
import { nodeClock } from '../../src/node/time/clock.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, codeOf, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const PIECE = Buffer.alloc(4 * 1024 * 1024, 'p');
const PAIRS = 40;
const PATIENCE_MS = 120_000;
const settings = ['--http', '--trust-proxy', '127.0.0.1', '--max-rooms-per-connection', '1'];

interface Node {
  port: string;
  relay: RelayProcess;
  /** Its address for operators. */
  admin: string;
}

interface Cluster {
  proxy: DeployedProxy;
  nodes: Node[];
}

describe.each(['nginx', 'haproxy'] as const)('three relays behind %s', (name) => {
  const why = reasonToSkip(name);
  const skipped = why === null ? '' : ` (skipped: ${why})`;

  describe.skipIf(why !== null)(`by its sample${skipped}`, () => {
    it('all ends meet, by code and by key, also after one relay is killed', {
      timeout: PATIENCE_MS,
    }, async () => {
      const { proxy, nodes } = await cluster(name);
      const { meetByCode, meetByKey } = endsAt(proxy);
      expect(await Promise.all(Array.from({ length: PAIRS }, meetByCode))).toEqual(met());
      expect(await Promise.all(Array.from({ length: PAIRS }, meetByKey))).toEqual(met());
      for (const { admin } of nodes)
        expect(await figure(admin, 'pairs_total{dialect="own"}')).toBeGreaterThan(0);
      await nodes[0]!.relay.kill();
      expect(await Promise.all(Array.from({ length: PAIRS }, meetByCode))).toEqual(met());
      expect(await Promise.all(Array.from({ length: PAIRS }, meetByKey))).toEqual(met());
    });

    it('clients without a hash, such as the Python tool, meet at one of them', {
      timeout: PATIENCE_MS,
    }, async () => {
      const { proxy, nodes } = await cluster(name);
      for (let i = 0; i < 4; i++) {
        const receiver = (await classic(proxy)).classicHello('receiver', `c0de${i}`);
        const sender = (await classic(proxy)).classicHello('sender', `c0de${i}`);
        expect(await sender.nextJson()).toMatchObject({ type: 'ready' });
        receiver.socket.terminate();
      }
      const pairs = await Promise.all(
        nodes.map(({ admin }) => figure(admin, 'pairs_total{dialect="classic"}')),
      );
      expect(pairs.sort()).toEqual([0, 0, 4]);
    });

    it('killed under transfers, a shown code and a room, nothing is lost', {
      timeout: PATIENCE_MS,
    }, async () => {
      const { proxy, nodes } = await cluster(name);
      const transfers = await Promise.all([0, 1].map(() => halfway(proxy)));
      const doomed = (await busiest(nodes))!;
      // Both wait at the relay that dies.
      const nameplate = await nameplateOf(doomed, proxy);
      const at = atProxy(proxy);
      const file = join(await scratchFolder(), 'note.txt');
      writeFileSync(file, 'hello');
      const waiting = run(['send', file, '--code', `${nameplate}-guitar-ocean`, ...at]);
      const code = await codeOf(waiting);
      const room = keyBeside(nameplate);
      const devices = [deviceAt(proxy, room), deviceAt(proxy, room)];
      await Promise.all(devices.map((device) => device.untilOthers(1)));
      // Figures are counted once a second at most.
      await vi.waitFor(async () => expect(await figure(doomed.admin, 'room_places')).toBe(2), 15_000);
      await doomed.relay.kill();
      await Promise.all(devices.map((device) => device.untilOthers(0)));
      await Promise.all(transfers.map((transfer) => transfer.finish()));
      const others = nodes.filter((node) => node !== doomed);
      await untilWaiting(others);
      const folder = await scratchFolder();
      const receiver = run(['receive', code, '--yes', '--out', folder, ...at], { input: '' });
      expect([await receiver.exitCode, await waiting.exitCode]).toEqual([0, 0]);
      expect(readFileSync(join(folder, 'note.txt'), 'utf8')).toBe('hello');
      await Promise.all(devices.map((device) => device.untilOthers(1)));
      await vi.waitFor(async () => {
        const present = await Promise.all(others.map(({ admin }) => figure(admin, 'room_places')));
        expect(present.sort()).toEqual([0, 2]);
      }, 15_000);
    });
  });
});

describe.skipIf(reasonToSkip('haproxy') !== null)('a relay behind haproxy that is back', () => {
  it('doesn’t draw receivers away from a sender that found another relay meanwhile', {
    timeout: PATIENCE_MS,
  }, async () => {
    const { proxy, nodes } = await cluster('haproxy');
    const [doomed] = nodes as [Node, Node, Node];
    const nameplate = await nameplateOf(doomed, proxy);
    const at = atProxy(proxy);
    const sender = run(['send', '-', '--code', `${nameplate}-guitar-ocean`, ...at], { input: 'hello' });
    const code = await codeOf(sender);
    await doomed.relay.kill();
    await untilWaiting(nodes.filter((node) => node !== doomed));
    Object.assign(doomed, await startNode(doomed.port));
    // Clients without a hash go to the first relay that is there: once they come, the checks know that it is back.
    await vi.waitFor(async () => {
      await classic(proxy);
      expect(await figure(doomed.admin, 'connections{phase="greeting"}')).toBeGreaterThan(0);
    }, 15_000);
    const folder = await scratchFolder();
    const receiver = run(['receive', code, '--yes', '--out', folder, ...at], { input: '' });
    expect(await receiver.exitCode, receiver.stderr).toBe(0);
    expect(await sender.exitCode).toBe(0);
  });
});

async function cluster(name: ProxyName): Promise<Cluster> {
  const nodes = await Promise.all([0, 1, 2].map(async () => startNode(String(await freePort()))));
  const urls = nodes.map(({ relay }) => relay.url) as [string, string, string];
  const proxy = await deployProxy(name, urls[0], { nodes: urls });
  onTestFinished(() => proxy.stop());
  return { proxy, nodes };
}

/** Until the sender whose relay was killed waits at another one. */
async function untilWaiting(nodes: readonly Node[]): Promise<void> {
  await vi.waitFor(async () => {
    const waiting = await Promise.all(
      nodes.map(({ admin }) => figure(admin, 'connections{phase="waiting"}')),
    );
    expect(waiting.sort()).toEqual([0, 1]);
  }, 15_000);
}

async function startNode(port: string): Promise<Node> {
  const relay = await startRelayProcess(port, [...settings, '--admin-listen', '127.0.0.1:0']);
  const [, admin] = await relay.process.says(/^Administration: (\S+)$/m);
  return { port, relay, admin: admin! };
}

async function figure(admin: string, name: string): Promise<number> {
  return (await scrape(admin)).get(`p2p_copy_relay_${name}`) ?? 0;
}

async function busiest(nodes: readonly Node[]): Promise<Node | undefined> {
  const pairs = await Promise.all(nodes.map(({ admin }) => figure(admin, 'pairs')));
  return nodes[pairs.indexOf(Math.max(...pairs))];
}

/** A nameplate whose hash leads to that relay, and which nobody has. */
async function nameplateOf(node: Node, proxy: DeployedProxy): Promise<string> {
  for (let number = 5_000; ; number++) {
    const nameplate = String(number);
    const client = await connect(proxy, `/ws?k=${routeHash(nameplate)}`);
    client.allocate(nameplate);
    await client.nextJson();
    const asking = (await RelayClient.connect(node.relay.url)).allocate(nameplate);
    const { type } = await asking.nextJson();
    for (const each of [asking, client]) {
      each.socket.close();
      while (!('closed' in (await each.next())));
    }
    if (type === 'error') return nameplate;
  }
}

/** An opaque key with the same hash. */
function keyBeside(nameplate: string): string {
  for (let number = 0; ; number++) {
    const key = String(number).padStart(43, 'k');
    if (routeHash(key) === routeHash(nameplate)) return key;
  }
}

function atProxy({ rootUrl, caFile }: DeployedProxy): string[] {
  return ['--relay', rootUrl, '--ca-file', caFile];
}

function dialAt({ caFile }: DeployedProxy) {
  return createDial({ endpoint, isSealed: true, ca: readFileSync(caFile, 'utf8') });
}

async function connect({ rootUrl }: DeployedProxy, path: string): Promise<RelayClient> {
  const options: ClientOptions = { rejectUnauthorized: false };
  const client = await RelayClient.connect(rootUrl, path, options);
  onTestFinished(() => client.socket.terminate());
  return client;
}

function classic(proxy: DeployedProxy): Promise<RelayClient> {
  return connect(proxy, '/');
}

function met(): string[] {
  return Array.from({ length: PAIRS }, () => 'met');
}

/** Pairs of ends as the apps make them. */
function endsAt(proxy: DeployedProxy) {
  const dial = dialAt(proxy);
  const accessOf = () => ({
    ...{ dial, clock: nodeClock, relayUrl: proxy.rootUrl, signal: new AbortController().signal },
    proofs: new AccessProofs(() => null),
    onStunUrl() {},
  });
  let keys = 0;
  return {
    async meetByCode(): Promise<string> {
      const access = accessOf();
      const { socket, nameplate } = await allocateNameplate(access, null);
      const joiner = await announce(access, hello('receiver', nameplate));
      await Promise.all([awaitReady(access, socket), awaitReadyInTime(access, joiner)]);
      return hearEachOther(socket, joiner);
    },
    async meetByKey(): Promise<string> {
      const access = accessOf();
      const key = String(++keys).padStart(43, 'k');
      const ends = [announce(access, hello('sender', key)), announce(access, hello('receiver', key))];
      const [sender, receiver] = (await Promise.all(ends)) as [Announced, Announced];
      await Promise.all([sender, receiver].map((end) => awaitReady(access, end)));
      return hearEachOther(sender, receiver);
    },
  };
}

type Announced = Awaited<ReturnType<typeof announce>>;

function hello(role: 'sender' | 'receiver', key: string) {
  return { type: 'hello', role, key, token: null } as const;
}

async function hearEachOther(one: Announced, other: Announced): Promise<string> {
  one.send(new Uint8Array([1]));
  const heard = await other.receive();
  for (const end of [one, other]) end.close();
  return heard.kind === 'binary' && heard.bytes[0] === 1 ? 'met' : heard.kind;
}

/** A transfer of two pieces, of which the first has arrived. */
async function halfway(proxy: DeployedProxy): Promise<{ finish(): Promise<void> }> {
  const folder = await scratchFolder();
  const sender = run(['send', '-', ...atProxy(proxy)]);
  const receiver = run(['receive', await codeOf(sender), '--yes', '--out', folder, ...atProxy(proxy)]);
  sender.type(PIECE);
  // A stream's last chunk waits for its end.
  const isThere = () => arrivedBytes(folder) >= PIECE.length - 256 * 1024 || null;
  await receiver.until(isThere, 'first piece');
  return {
    async finish() {
      sender.child.stdin!.end(PIECE);
      expect([await sender.exitCode, await receiver.exitCode], said(sender) + said(receiver)).toEqual([0, 0]);
      const [name, ...others] = readdirSync(folder);
      expect(others).toEqual([]);
      expect(readFileSync(join(folder, name!)).equals(Buffer.concat([PIECE, PIECE]))).toBe(true);
    },
  };
}

function said({ stderr }: CliProcess): string {
  return `${stderr}\n`;
}

function arrivedBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** A device in a room, by how many others it sees. */
function deviceAt(proxy: DeployedProxy, key: string) {
  const rooms = relayRooms(dialAt(proxy), nodeClock, proxy.rootUrl);
  onTestFinished(() => rooms.close());
  const room: Room = rooms.enter(key, new Uint8Array([1]));
  const others = new Set<number>();
  return {
    async untilOthers(count: number): Promise<void> {
      while (others.size !== count) {
        const event = await room.receive();
        if (event.kind === 'ended') throw event.why ?? new Error('the room ended');
        if (event.kind === 'entered' || event.kind === 'away') others.clear();
        if (event.kind === 'entered') for (const { number } of event.members) others.add(number);
        if (event.kind === 'joined') others.add(event.number);
        if (event.kind === 'left') others.delete(event.number);
      }
    },
  };
}
