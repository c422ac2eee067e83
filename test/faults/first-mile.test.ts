// From the code on the screen to the first byte: whatever ends a connection there, or the relay, ends nothing else.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { type RelayConfig, type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import {
  type Clock,
  type EnginePorts,
  receiveFiles,
  type SendOptions,
  sendFiles,
  type TransferError,
  type TransferEvent,
} from '../../packages/core/src/index.ts';
import { MAX_LOST_HANDSHAKES, MEET_WAIT_MS } from '../../packages/core/src/wire/limits.ts';
import { fastClock } from '../../packages/core/test/transfer/rig/fast-clock.ts';
import { fileEntry, MemoryFolder } from '../../packages/core/test/transfer/rig/memory-files.ts';
import { realClock, relayPorts } from '../../packages/core/test/transfer/rig/run-pair.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { ScheduledFault } from './fault-script.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

const CONTENT = new Uint8Array(randomBytes(300_000));
/** From then on a release isn't said again. */
const RELEASED_AFTER_MS = 61_000;
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function relayAt(port = 0, limits: Partial<RelayConfig> = {}): Promise<RunningRelay> {
  const relay = await startRelay({ host: '127.0.0.1', port, logLevel: 'silent', ...limits });
  endings.push(() => relay.close());
  return relay;
}

/** A way to whichever relay runs just now, which can be closed, and whose connections can be cut. */
async function startWay(first: RunningRelay | null) {
  /** Where each dial leads, the last one for all that follow. */
  let targets = [first];
  const sockets = new Set<Socket>();
  let dials = 0;
  const server: Server = createServer((end) => {
    const target = targets[Math.min(dials, targets.length - 1)]!;
    dials += 1;
    sockets.add(end);
    if (target === null) {
      end.resetAndDestroy();
      return;
    }
    const relay = connect({ host: '127.0.0.1', port: Number(new URL(target.url).port) });
    for (const [one, other] of [
      [end, relay],
      [relay, end],
    ] as const) {
      one.on('error', () => {}).on('close', () => other.resetAndDestroy());
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  endings.push(() => {
    cut();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${port}`,
    get dials() {
      return dials;
    },
    cut,
    /** Cuts what there is; the next dials lead to these, one after the other. */
    lead(...to: (RunningRelay | null)[]) {
      targets = to;
      dials = 0;
      cut();
    },
  };
}

/** What an end was told, and when it was told something of a type. */
function listener() {
  const events: TransferEvent[] = [];
  const waiting: { fits: (event: TransferEvent) => boolean; resolve: (event: TransferEvent) => void }[] = [];
  return {
    events,
    types: () => events.map(({ type }) => type),
    onEvent(event: TransferEvent) {
      events.push(event);
      for (const { fits, resolve } of waiting) if (fits(event)) resolve(event);
    },
    told<T extends TransferEvent['type']>(
      type: T,
      wanted: Partial<TransferEvent & { type: T }> = {},
    ): Promise<TransferEvent & { type: T }> {
      const fits = (event: TransferEvent) =>
        event.type === type &&
        Object.entries(wanted).every(([key, value]) => event[key as keyof TransferEvent] === value);
      const told = events.find(fits);
      const found =
        told === undefined
          ? new Promise<TransferEvent>((resolve) => waiting.push({ fits, resolve }))
          : Promise.resolve(told);
      return found as Promise<TransferEvent & { type: T }>;
    },
  };
}

async function portsWith(clock: Clock = realClock): Promise<EnginePorts> {
  const { rendezvousAt: _, ...platform } = await createNodePorts({ caFile: undefined });
  const { createDial, endpoint } = await import('../../apps/cli/src/node/network/dial-relay.ts');
  return { ...relayPorts(createDial({ endpoint, isSealed: true }), clock), ...platform, clock };
}

const WISHES = { reconnectTimeoutMs: 60_000 };

async function startSender(relayUrl: string, wishes: Partial<SendOptions> = {}, clock?: Clock) {
  const heard = listener();
  const abort = new AbortController();
  endings.push(() => abort.abort());
  const sent = sendFiles(await portsWith(clock), {
    relayUrl,
    entries: Promise.resolve([fileEntry('f', CONTENT)]),
    signal: abort.signal,
    ...WISHES,
    ...wishes,
    onEvent: heard.onEvent,
  });
  sent.catch(() => {});
  return { ...heard, sent };
}

async function startReceiver(relayUrl: string, code: string, reconnectTimeoutMs = 60_000, clock?: Clock) {
  const heard = listener();
  const abort = new AbortController();
  const folder = new MemoryFolder();
  endings.push(() => abort.abort());
  const received = receiveFiles(await portsWith(clock), {
    relayUrl,
    code,
    nameRules: { windowsNames: false, foldsCase: false },
    signal: abort.signal,
    reconnectTimeoutMs,
    onEvent: heard.onEvent,
    onText: () => {},
    review: async () => ({ accept: true, sink: folder, skip: new Set<number>() }),
  });
  received.catch(() => {});
  return { ...heard, received, folder };
}

type Sender = Awaited<ReturnType<typeof startSender>>;

async function deliver(sender: Sender, relayUrl: string, code: string): Promise<void> {
  const { received, folder } = await startReceiver(relayUrl, code);
  await Promise.all([sender.sent, received]);
  expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
}

const codeOf = (transfer: Promise<unknown>) =>
  transfer.then(
    () => 'done',
    (error: TransferError) => error.code,
  );

describe('a code on the screen', () => {
  it.each(['its connection is cut', 'the relay is started anew'])('stays the same when %s', async (what) => {
    let relay = await relayAt();
    const way = await startWay(relay);
    const sender = await startSender(way.url);
    const { code } = await sender.told('code');
    if (what === 'its connection is cut') way.cut();
    else {
      way.lead(null);
      await sender.told('reconnecting', { missing: 'relay' });
      await relay.close();
      relay = await relayAt();
      way.lead(relay);
    }
    await sender.told('reconnected');
    await deliver(sender, relay.url, code);
    expect(sender.types().filter((type) => type === 'code')).toHaveLength(1);
    expect(sender.types().filter((type) => type === 'reconnecting')).toHaveLength(1);
  });

  it('is another one when its number is somebody else’s by then, with the same files', async () => {
    const way = await startWay(await relayAt());
    const sender = await startSender(way.url);
    const { code } = await sender.told('code');
    way.lead(null);
    await sender.told('reconnecting');
    const relay = await relayAt();
    const other = await startSender(relay.url, { code: `${code.split('-')[0]}-somebody-else` });
    await other.told('code');
    way.lead(relay);
    await sender.told('code-lost');
    const { code: next } = await sender.told('code', {});
    expect(next).toBe(code);
    await vi.waitFor(() => expect(sender.types().filter((type) => type === 'code')).toHaveLength(2), 10_000);
    const codes = sender.events.flatMap((event) => (event.type === 'code' ? [event.code] : []));
    expect(codes[1]!.split('-')[0]).not.toBe(code.split('-')[0]);
    await deliver(sender, relay.url, codes[1]!);
    // Its number was never asked of the one who has it.
    expect(other.types()).toEqual(['code']);
  });

  it('that a person chose isn’t changed: it ends when its number is somebody else’s', async () => {
    const way = await startWay(await relayAt());
    const sender = await startSender(way.url, { code: '4711-guitar-ocean' });
    await sender.told('code');
    way.lead(null);
    await sender.told('reconnecting');
    const relay = await relayAt();
    await (await startSender(relay.url, { code: '4711-somebody-else' })).told('code');
    way.lead(relay);
    expect(await codeOf(sender.sent)).toBe('code-taken');
  });

  it('is told with how long it is valid, and ends then', async () => {
    const relay = await relayAt();
    const sender = await startSender(relay.url, { waitMs: 60_000 }, fastClock(100));
    expect((await sender.told('code')).validMs).toBe(60_000);
    expect(await codeOf(sender.sent)).toBe('wait-expired');
  });

  it('is void at once when the person wants no patience', async () => {
    const way = await startWay(await relayAt());
    const sender = await startSender(way.url, { reconnectTimeoutMs: 0 });
    await sender.told('code');
    way.lead(null);
    expect(await codeOf(sender.sent)).toBe('connection-lost');
  });

  it('is given up by a sender that is stopped, so that nobody waits for it', async () => {
    const relay = await relayAt();
    const abort = new AbortController();
    const sender = await startSender(relay.url, { signal: abort.signal });
    const { code } = await sender.told('code');
    abort.abort();
    expect(await codeOf(sender.sent)).toBe('interrupted');
    const { received } = await startReceiver(relay.url, code);
    expect(await codeOf(received)).toBe('unknown-code');
  });

  it('waits for a sender that is away, and says who is missing', async () => {
    const relay = await relayAt();
    const way = await startWay(relay);
    const sender = await startSender(way.url);
    const { code } = await sender.told('code');
    way.lead(null);
    await sender.told('reconnecting');
    const receiver = await startReceiver(relay.url, code);
    expect(await receiver.told('reconnecting')).toMatchObject({ missing: 'peer' });
    way.lead(relay);
    await Promise.all([sender.sent, receiver.received]);
    expect(Buffer.compare(receiver.folder.files.get('f')!, CONTENT)).toBe(0);
  });
});

describe('a relay that can’t be reached at the beginning', () => {
  it('is waited for at both ends, and the transfer begins by itself', async () => {
    const ways = { sender: await startWay(null), receiver: await startWay(null) };
    const sender = await startSender(ways.sender.url, { code: '4712-guitar-ocean' });
    const receiver = await startReceiver(ways.receiver.url, '4712-guitar-ocean');
    for (const end of [sender, receiver])
      expect(await end.told('reconnecting')).toMatchObject({ missing: 'relay' });
    const relay = await relayAt();
    ways.sender.lead(relay);
    await sender.told('code');
    ways.receiver.lead(relay);
    await Promise.all([sender.sent, receiver.received]);
    expect(Buffer.compare(receiver.folder.files.get('f')!, CONTENT)).toBe(0);
  });

  it.each([
    ['a host that doesn’t exist', 'http://nothing.invalid'],
    ['no address', 'nonsense'],
  ])('for good, such as %s, is told at once', async (_what, url) => {
    const sender = await startSender(url);
    expect(await codeOf(sender.sent)).toBe('relay-unreachable');
    expect(sender.types()).toEqual([]);
  });
});

/** A way to a relay whose first connection is cut with the end's first message, or with the relay's answer to it. */
async function startLosing(relay: RunningRelay, lost: 'first message' | 'answer'): Promise<string> {
  let connections = 0;
  const server = createServer((end) => {
    connections += 1;
    const isLosing = connections === 1;
    const up = connect({ host: '127.0.0.1', port: Number(new URL(relay.url).port) });
    const cut = () => {
      end.resetAndDestroy();
      up.resetAndDestroy();
    };
    for (const socket of [end, up]) socket.on('error', cut).on('close', cut);
    let isOpen = false;
    end.on('data', (bytes) => (isLosing && isOpen && lost === 'first message' ? cut() : up.write(bytes)));
    up.on('data', (bytes) => {
      if (isLosing && isOpen) return cut();
      // The relay takes the connection as a WebSocket.
      isOpen = true;
      end.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endings.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe.each(['first message', 'answer'] as const)('a connection that is lost with the %s', (lost) => {
  it('of a receiver is made anew, and costs no code', async () => {
    const relay = await relayAt();
    const sender = await startSender(relay.url);
    const { code } = await sender.told('code');
    await deliver(sender, await startLosing(relay, lost), code);
    expect(sender.types().filter((type) => type === 'code')).toHaveLength(1);
  });

  it('of a sender is made anew, and the code is told', async () => {
    const relay = await relayAt();
    const sender = await startSender(await startLosing(relay, lost));
    const told = sender.told('code');
    await Promise.race([told, sender.sent]);
    await deliver(sender, relay.url, (await told).code);
  });

  it('is told at once to who wants no patience', async () => {
    const relay = await relayAt();
    const impatient = { reconnectTimeoutMs: 0 };
    const sender = await startSender(await startLosing(relay, lost), impatient);
    expect(await codeOf(sender.sent)).toBe('connection-lost');
    const { code } = await (await startSender(relay.url)).told('code');
    const { received } = await startReceiver(await startLosing(relay, lost), code, 0);
    expect(await codeOf(received)).toBe('connection-lost');
  });
});

describe('a connection that is cut', () => {
  const CUTS: ScheduledFault[] = (['up', 'down'] as const).flatMap((direction) =>
    [0, 1, 2, 3].flatMap((at) =>
      (['before', 'after'] as const).map((where) => ({
        connection: 0,
        direction,
        at,
        fault: { kind: 'cut', where } as const,
      })),
    ),
  );
  it.each(
    (['sender', 'receiver'] as const).flatMap((proxied) =>
      CUTS.map(
        (cut) =>
          [proxied, cut.direction, cut.fault.kind === 'cut' ? cut.fault.where : '', cut.at, cut] as const,
      ),
    ),
  )('at the %s, %s, %s message %d, costs no code', async (proxied, _direction, _where, _at, cut) => {
    const relay = await relayAt();
    const proxy = await startFaultProxy({ relayUrl: relay.url, schedule: [cut] });
    endings.push(() => proxy.close());
    const sender = await startSender(proxied === 'sender' ? proxy.url : relay.url);
    const { code } = await sender.told('code');
    const receiver = await startReceiver(
      proxied === 'receiver' ? proxy.url : relay.url,
      code,
      60_000,
      fastClock(8),
    );
    const ending = await codeOf(receiver.received);
    // The one loss that looks like a guess: the confirmation left, and nobody who knows the code heard it.
    if (ending === 'possible-guess') await deliver(sender, relay.url, code);
    else {
      expect(ending).toBe('done');
      expect(Buffer.compare(receiver.folder.files.get('f')!, CONTENT)).toBe(0);
      await sender.sent;
    }
    expect(sender.types().filter((type) => type === 'code')).toHaveLength(1);
  });
});

it('a handshake that is lost again and again is given up, so that nobody in between gets shares without end', async () => {
  // The ends' minutes pass in seconds, and the relay's don't.
  const relay = await relayAt(0, { joinsPerMinutePerAddress: 10_000 });
  const cuts = Array.from({ length: 40 }, (_, connection) => ({
    connection,
    direction: 'up' as const,
    at: 1,
    fault: { kind: 'cut' as const, where: 'before' as const },
  }));
  const proxy = await startFaultProxy({ relayUrl: relay.url, schedule: cuts });
  endings.push(() => proxy.close());
  const clock = fastClock(50);
  const sender = await startSender(relay.url, {}, clock);
  const { code } = await sender.told('code');
  const { received } = await startReceiver(proxy.url, code, 30 * 60_000, clock);
  expect(await codeOf(received)).toMatch(/^(connection-lost|peer-gone)$/);
  expect(proxy.fired).toHaveLength(1 + MAX_LOST_HANDSHAKES);
});

it('a sender that is stopped in a handshake gives its code up, so that nobody waits for it', async () => {
  const relay = await relayAt();
  const silence: ScheduledFault = {
    connection: 0,
    direction: 'up',
    at: 0,
    fault: { kind: 'half-open', thenReset: false },
  };
  const proxy = await startFaultProxy({ relayUrl: relay.url, schedule: [silence] });
  endings.push(() => proxy.close());
  const abort = new AbortController();
  const sender = await startSender(relay.url, { signal: abort.signal });
  const { code } = await sender.told('code');
  await startReceiver(proxy.url, code);
  await sender.told('joined');
  abort.abort();
  expect(await codeOf(sender.sent)).toBe('interrupted');
  const late = await startReceiver(relay.url, code);
  expect(await codeOf(late.received)).toBe('unknown-code');
});

it('ends that wait at two relays of one address meet once both have dialled anew', async () => {
  const [one, two] = [await relayAt(), await relayAt()];
  const ways = { sender: await startWay(one), receiver: await startWay(one) };
  const clock = fastClock(20);
  const sender = await startSender(
    ways.sender.url,
    { entries: Promise.resolve([fileEntry('f', CONTENT)]) },
    clock,
  );
  const { code } = await sender.told('code');
  let accept = () => {};
  const folder = new MemoryFolder();
  const heard = listener();
  const abort = new AbortController();
  endings.push(() => abort.abort());
  const received = receiveFiles(await portsWith(clock), {
    relayUrl: ways.receiver.url,
    code,
    nameRules: { windowsNames: false, foldsCase: false },
    signal: abort.signal,
    onEvent: heard.onEvent,
    onText: () => {},
    review: () =>
      new Promise((resolve) => {
        accept = () => resolve({ accept: true, sink: folder, skip: new Set<number>() });
      }),
  });
  await heard.told('offer');
  // A code's release that may have been lost is said again, over a connection that the balancer would count.
  await new Promise<void>((resolve) => clock.after(RELEASED_AFTER_MS, resolve));
  // The balancer sends each of them to the other relay first, and to the same one then.
  ways.sender.lead(two, one);
  ways.receiver.lead(one);
  const sinceMs = clock.nowMs();
  await Promise.all([sender, heard].map((end) => end.told('reconnected')));
  expect(clock.nowMs() - sinceMs).toBeGreaterThanOrEqual(MEET_WAIT_MS);
  expect(clock.nowMs() - sinceMs).toBeLessThan(2 * MEET_WAIT_MS);
  expect(
    [sender, heard].map((end) => end.events.findLast(({ type }) => type === 'reconnecting')),
  ).toMatchObject([{ missing: 'peer' }, { missing: 'peer' }]);
  accept();
  await Promise.all([sender.sent, received]);
  expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
});
