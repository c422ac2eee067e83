// What a relay tells of itself at its admin address, scraped as Prometheus does.
import { describe, expect, it, vi } from 'vitest';
import { type RelayConfig, type RunningRelay, startRelay } from '../../src/index.ts';
import { MAX_AGE_MS } from '../../src/metrics/render-once.ts';
import { FakeClock } from '../fake-clock.ts';
import { rawClient, rawWebSocket } from '../raw-client.ts';
import { opaqueKey } from '../relay-client.ts';
import { allocatedOn, classicPairOf, clientOf, pairOf, relayWith, untilWaiting } from '../running-relays.ts';
import { adminOf, type Samples, scrape } from './scrape.ts';

/** A relay whose every scrape is a fresh one. */
async function measured(config: Partial<RelayConfig> = {}): Promise<{
  relay: RunningRelay;
  clock: FakeClock;
  figures: () => Promise<Samples>;
}> {
  const clock = new FakeClock();
  const relay = await relayWith({ adminListen: ['127.0.0.1:0'], ...config }, clock);
  const figures = () => {
    clock.advance(MAX_AGE_MS);
    return scrape(adminOf(relay));
  };
  return { relay, clock, figures };
}

const phase = (name: string) => `p2p_copy_relay_connections{phase="${name}"}`;
const refusal = (reason: string) => `p2p_copy_relay_refusals_total{reason="${reason}"}`;
const bytes = (direction: string) => `p2p_copy_relay_bytes_total{direction="${direction}"}`;

describe('metrics', () => {
  it('count connections by phase and pairs, as they come and go', async () => {
    const { relay, figures } = await measured();
    await clientOf(relay);
    await allocatedOn(relay);
    const { sender, receiver } = await pairOf(relay);
    await classicPairOf(relay);
    const now = await figures();
    expect([phase('greeting'), phase('waiting'), phase('paired')].map((name) => now.get(name))).toEqual([
      1, 1, 4,
    ]);
    expect(now.get('p2p_copy_relay_pairs')).toBe(2);
    expect(now.get('p2p_copy_relay_keys')).toBe(1);
    expect(now.get('p2p_copy_relay_pairs_total{dialect="own"}')).toBe(1);
    expect(now.get('p2p_copy_relay_pairs_total{dialect="classic"}')).toBe(1);
    sender.socket.close();
    await receiver.nextClose();
    const later = await figures();
    expect(later.get('p2p_copy_relay_pairs')).toBe(1);
    expect(later.get('p2p_copy_relay_pairs_total{dialect="own"}')).toBe(1);
    expect(later.get('p2p_copy_relay_closes_total{reason="peer-left"}')).toBe(1);
  });

  it('count each byte once, while a pair runs and after it', async () => {
    const { relay, figures } = await measured();
    const { sender, receiver } = await pairOf(relay);
    sender.socket.send(Buffer.alloc(1_000));
    await receiver.nextBytes();
    receiver.socket.send(Buffer.alloc(30));
    await sender.nextBytes();
    const during = await figures();
    expect([during.get(bytes('to_receiver')), during.get(bytes('to_sender'))]).toEqual([1_000, 30]);
    sender.socket.close();
    await receiver.nextClose();
    const after = await figures();
    expect([after.get(bytes('to_receiver')), after.get(bytes('to_sender'))]).toEqual([1_000, 30]);
  });

  it('count refusals by their reason: of messages, of web pages, of paths, of TCP connections', async () => {
    const { relay, figures } = await measured({ maxPageConnectionsPerAddress: 4 });
    await (await clientOf(relay)).hello('receiver', '123454321').nextClose();
    (await clientOf(relay)).socket.send('{}');
    await expect(clientOf(relay, '/ws', { origin: 'https://elsewhere.example' })).rejects.toThrow('403');
    await expect(clientOf(relay, '/elsewhere')).rejects.toThrow('404');
    const silent = await Promise.all(
      Array.from({ length: 8 }, () => rawClient({ port: relay.port, from: '127.0.9.9' })),
    );
    await vi.waitFor(() => expect(silent.filter(({ closed }) => closed).length).toBe(4));
    const now = await figures();
    for (const reason of ['unknown-code', 'bad-hello', 'origin', 'no-such-path']) {
      expect([reason, now.get(refusal(reason))]).toEqual([reason, 1]);
    }
    expect(now.get(refusal('tcp-cap'))).toBe(4);
    expect(now.get(refusal('relay-full'))).toBe(0);
  });

  it('tell how long ends waited, and how long it took to pair them', async () => {
    const { relay, clock, figures } = await measured();
    const key = opaqueKey('k');
    const sender = (await clientOf(relay)).hello('sender', key);
    await untilWaiting(relay, 1);
    clock.advance(40_000);
    const receiver = (await clientOf(relay)).hello('receiver', key);
    await Promise.all([sender.nextJson(), receiver.nextJson()]);
    const now = await figures();
    expect(now.get('p2p_copy_relay_wait_seconds_sum')).toBe(40);
    expect(now.get('p2p_copy_relay_pairing_seconds_count')).toBe(1);
    expect(now.get('p2p_copy_relay_pairing_seconds_sum')).toBe(0);
    expect(now.get('p2p_copy_relay_wait_seconds_bucket{le="15"}')).toBe(0);
    expect(now.get('p2p_copy_relay_wait_seconds_bucket{le="60"}')).toBe(1);
  });

  it('tell the process’s memory, CPU time and files, from the first scrape on', async () => {
    const { figures } = await measured();
    const now = await figures();
    for (const name of [
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_external_memory_bytes',
      'process_cpu_seconds_total',
      'process_open_fds',
      'process_max_fds',
    ]) {
      expect(now.get(name), name).toBeGreaterThan(0);
    }
  });

  it('tell how late the event loop was', async () => {
    const relay = await relayWith({ adminListen: ['127.0.0.1:0'] });
    const blockedUntilMs = performance.now() + 300;
    while (performance.now() < blockedUntilMs);
    const late = 'p2p_copy_relay_event_loop_delay_seconds';
    await vi.waitFor(async () => {
      const now = await scrape(adminOf(relay));
      const count = now.get(`${late}_count`)!;
      expect(count - now.get(`${late}_bucket{le="0.1"}`)!).toBeGreaterThan(0);
    }, 5_000);
  });

  it('hold nothing that clients say or are: no address, key, code, path or origin', async () => {
    const { relay, figures } = await measured();
    const series = [...(await figures()).keys()];
    const { sender, nameplate, token } = await allocatedOn(relay, '987654321');
    (await clientOf(relay)).hello('receiver', nameplate);
    await sender.nextJson();
    await pairOf(relay, opaqueKey('Q'));
    await expect(clientOf(relay, '/secret-path', { origin: 'https://evil.example' })).rejects.toThrow('404');
    await expect(clientOf(relay, '/ws', { origin: 'https://evil.example' })).rejects.toThrow('403');
    const raw = await rawWebSocket({ port: relay.port, from: '127.7.7.7' }, '/ws?k=beef');
    raw.destroy();
    for (let i = 0; i < 30; i++) {
      await (await clientOf(relay)).hello('receiver', String(1_000_000 + i)).nextClose();
    }
    const now = [...(await figures()).keys()];
    expect(now).toEqual(series);
    for (const secret of [nameplate, token, 'QQQQ', '127.', 'evil', 'secret', 'beef']) {
      expect(now.join('\n')).not.toContain(secret);
    }
  });

  it('cost a flood of scrapes one look a second', async () => {
    const { relay, clock, figures } = await measured();
    await figures();
    await clientOf(relay);
    const flood = await Promise.all(
      Array.from({ length: 50 }, async () => (await scrape(adminOf(relay))).get(phase('greeting'))),
    );
    expect(new Set(flood)).toEqual(new Set([0]));
    clock.advance(MAX_AGE_MS);
    expect((await scrape(adminOf(relay))).get(phase('greeting'))).toBe(1);
  });

  it('aren’t told at the public address, unless the operator says so', async () => {
    const { relay } = await measured();
    for (const path of ['/metrics', '/status']) {
      expect((await fetch(`${relay.url}${path}`)).status, path).toBe(404);
    }
    const open = await relayWith({ publicMetrics: true });
    expect((await scrape(open.url)).get('p2p_copy_relay_pairs')).toBe(0);
    expect((await fetch(`${open.url}/status`)).status).toBe(404);
  });

  it('aren’t even loaded where nobody may ask for them', async () => {
    const clock = new FakeClock();
    const relay = await relayWith({}, clock);
    expect(clock.pending).toBe(0);
    await relay.close();
  });

  it('end with the relay: no timer stays', async () => {
    const clock = new FakeClock();
    const relay = await startRelay(
      { host: '127.0.0.1', port: 0, logLevel: 'silent', adminListen: ['127.0.0.1:0'] },
      clock,
    );
    expect(clock.pending).toBeGreaterThan(0);
    await relay.close();
    expect(clock.pending).toBe(0);
  });
});
