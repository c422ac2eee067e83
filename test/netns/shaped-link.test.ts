// What a shaped link does to a bare TCP stream.
import { describe, expect, it } from 'vitest';
import { Namespaces } from './namespaces.ts';
import { reasonToSkip } from './reason-to-skip.ts';
import { type Shape, ShapedLink } from './shaped-link.ts';
import { connectsTcp, streamTcp } from './tcp-stream.ts';

const reason = reasonToSkip();
const PORT = 5000;
/** Of a packet of 1500 bytes: IPv4, TCP, and its time stamps. */
const HEADERS = 52 / 1500;

async function joined(shape: Partial<Shape>, seed?: number) {
  const namespaces = new Namespaces();
  const [from, to] = [namespaces.add('from'), namespaces.add('to')];
  // No packets but those of the test.
  for (const namespace of [from, to]) namespace.set('net.ipv6.conf.default.disable_ipv6', 1);
  const link = await ShapedLink.open(
    [
      { namespace: from, device: 'tun0', addresses: ['198.18.0.1/30'] },
      { namespace: to, device: 'tun0', addresses: ['198.18.0.2/30'] },
    ],
    { bitsPerSecond: 50e6, delayMs: 0, lossProbability: 0, queueBytes: 256 * 1024, ...shape },
    seed,
  );
  return { from, to, link, stream: (bytes: number) => streamTcp({ from, to }, '198.18.0.2', PORT, bytes) };
}

describe.skipIf(reason !== null)(`a shaped link${reason ? ` (${reason})` : ''}`, () => {
  // A machine that is busy elsewhere can't keep the rate: tried again.
  it.each([
    [10e6, 10, 4_000_000],
    [50e6, 10, 20_000_000],
  ])(
    'gives a TCP stream its rate within a tenth: %d bit/s, %d ms, %d bytes',
    { retry: 2 },
    async (bitsPerSecond, delayMs, bytes) => {
      const { stream } = await joined({ bitsPerSecond, delayMs });
      const measured = (await stream(bytes)).bitsPerSecond / (1 - HEADERS);
      expect(Math.abs(measured / bitsPerSecond - 1)).toBeLessThan(0.1);
    },
  );

  it('never gives more than its rate after it was slowed down', async () => {
    const { link, stream } = await joined({ bitsPerSecond: 200e6 });
    await link.shape({ bitsPerSecond: 10e6 });
    expect((await stream(2_000_000)).bitsPerSecond).toBeLessThan(10.5e6);
  });

  it('holds each packet for its delay, in both directions', async () => {
    const { from, link } = await joined({ delayMs: 150 });
    const connecting = performance.now();
    // Refused by the other end: there and back.
    expect(() => from.execute(process.execPath, '-e', CONNECT)).toThrow('ECONNREFUSED');
    expect(performance.now() - connecting).toBeGreaterThan(300);
    const [there, back] = await link.fates();
    expect([there.delivered, back.delivered].every((count) => count > 0)).toBe(true);
  });

  it('loses the share of packets that it is told to, the same ones for a seed', async () => {
    const lost: number[] = [];
    for (const seed of [7, 7, 8]) {
      const { from, link } = await joined({ lossProbability: 0.3 }, seed);
      from.execute(process.execPath, '-e', DATAGRAMS);
      const there = async () => (await link.fates())[0];
      await expect.poll(async () => (await there()).delivered + (await there()).lost).toBe(DATAGRAM_COUNT);
      lost.push((await there()).lost);
    }
    expect(lost[1]).toBe(lost[0]);
    expect(lost[2]).not.toBe(lost[0]);
    for (const count of lost) expect(Math.abs(count / DATAGRAM_COUNT - 0.3)).toBeLessThan(0.1);
  });

  it('drops what is beyond its queue', async () => {
    const { from, link } = await joined({ bitsPerSecond: 1e4, queueBytes: 3000 });
    from.execute(process.execPath, '-e', DATAGRAMS);
    const [there] = await link.fates();
    expect(there.overflowed).toBeGreaterThan(DATAGRAM_COUNT - 35);
  });

  it('lets nothing through while it is cut, and everything once it is mended', async () => {
    const { from, to, link, stream } = await joined({});
    await link.cut();
    expect(await connectsTcp({ from, to }, '198.18.0.2', PORT)).toBe(false);
    const [there] = await link.fates();
    expect(there).toMatchObject({ delivered: 0 });
    expect(there.cut).toBeGreaterThan(0);
    await link.mend();
    expect((await stream(1000)).bytes).toBe(1000);
  });

  it('is gone with its devices once closed', async () => {
    const { from, link } = await joined({});
    link.close();
    await expect.poll(() => from.ip('link')).not.toContain('tun0');
  });
});

const DATAGRAM_COUNT = 500;
/** 100 bytes with its headers each. */
const DATAGRAMS = `
  const socket = require('node:dgram').createSocket('udp4');
  let left = ${DATAGRAM_COUNT};
  const next = () => (left-- > 0 ? socket.send(Buffer.alloc(72), 9, '198.18.0.2', next) : socket.close());
  next();
`;
const CONNECT = `
  require('node:net').connect(9, '198.18.0.2').on('error', ({ code }) => { throw new Error(code); });
`;
