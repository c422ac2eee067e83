// A run whose connections break: it goes on over others, and everything arrives once.
import { randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../src/foundation/clock.ts';
import { fileEntry } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { realClock, runPair } from './rig/run-pair.ts';

vi.mock('../../src/crypto/stretch-secret.ts', () => import('../../../../test/faults/cheap-stretch.ts'));

const CHUNK = 256 * 1024;
const TREE = [
  fileEntry('empty', new Uint8Array(0)),
  fileEntry('small', new Uint8Array(randomBytes(1000))),
  fileEntry('chunk', new Uint8Array(randomBytes(CHUNK))),
  fileEntry('long', new Uint8Array(randomBytes(5 * CHUNK + 1))),
  fileEntry('text', new Uint8Array(Buffer.alloc(3 * CHUNK, 'all work and no play '))),
];
/** The first meeting by code: greetings, commitment, shares, confirmations. What breaks there is another story. */
const HANDSHAKE = 7;
/** Messages of another meeting. */
const MEETING = 8;
const PATIENT = { reconnectTimeoutMs: 60_000 };

/** An end whose last word was lost waits a minute for it: long waits pass 20 times as fast. */
const fastClock: Clock = {
  ...realClock,
  after: (delayMs, callback) => realClock.after(delayMs < 10_000 ? delayMs : delayMs / 20, callback),
};
const ports = { sender: { clock: fastClock }, receiver: { clock: fastClock } };

async function contentOf(entry: (typeof TREE)[number]): Promise<Uint8Array> {
  const content = new Uint8Array(entry.sizeBytes!);
  await (await entry.open()).read(0, content);
  return content;
}

async function runWith(cut: MemoryRelay['cut'], lanes = 1) {
  const relay = new MemoryRelay();
  let passed = 0;
  relay.cut = (count) => {
    passed = count + 1;
    return count < HANDSHAKE ? null : cut(count);
  };
  const send = { ...PATIENT, lanes };
  const result = await runPair(TREE, { relay, ports, send, receive: { ...PATIENT, lanes } });
  return { ...result, passed };
}

async function expectAll(result: Awaited<ReturnType<typeof runWith>>): Promise<void> {
  const bytes = TREE.reduce((sum, { sizeBytes }) => sum + sizeBytes!, 0);
  const whole = { status: 'fulfilled', value: { files: TREE.length, bytes, failed: [] } };
  expect([result.sent, result.received]).toEqual([whole, whole]);
  for (const entry of TREE) {
    expect(Buffer.from(result.folder.files.get(entry.path)!).equals(await contentOf(entry))).toBe(true);
  }
  expect(result.folder.parts.size).toBe(0);
}

it('goes on wherever it was cut', async () => {
  const { passed } = await runWith(() => null);
  for (let at = HANDSHAKE; at < passed; at += 1) {
    const when = at % 2 === 0 ? 'before' : 'after';
    const result = await runWith((count) => (count === at ? when : null));
    await expectAll(result);
    // The last words may be lost with nobody left who needs them.
    if (at < Math.min(passed, result.passed - MEETING) - 4)
      expect(result.events.sender.map(({ type }) => type)).toContain('reconnected');
  }
});

describe.each(['before', 'after'] as const)('a relay that is lost %s a message passes', (when) => {
  // Meeting again takes eight messages, so that a shorter period would let nothing through. The last word isn't lost:
  // its receiver waits for it, in vain, for a minute.
  const often = (every: number, until: number) => (count: number) =>
    count % every === 0 && count < until ? when : null;

  it('again and again', async () => {
    for (const every of [10, 13]) await expectAll(await runWith(often(every, 48)));
  });

  it('with three lanes', async () => {
    for (const every of [17, 31]) await expectAll(await runWith(often(every, 48), 3));
  });
});

it('sends nothing twice that was heard', async () => {
  const plain = await runWith(() => null);
  const cutOnce = await runWith((count) => (count === plain.passed - 6 ? 'after' : null));
  await expectAll(cutOnce);
  // A handshake, the words of resuming, and what was on its way: no more.
  expect(cutOnce.passed - plain.passed).toBeLessThan(HANDSHAKE + 16);
});

it('gives up when the reconnect timeout is over, and keeps the part', async () => {
  const relay = new MemoryRelay();
  const { dial } = relay;
  let isDown = false;
  relay.cut = (count) => {
    if (count < HANDSHAKE + 12) return null;
    isDown = true;
    return 'before';
  };
  const gone: MemoryRelay['dial'] = (...args) =>
    isDown ? Promise.reject(Object.assign(new Error('down'), { code: 'relay-unreachable' })) : dial(...args);
  Object.assign(relay, { dial: gone });
  const short = { reconnectTimeoutMs: 700 };
  const { sent, received, events, folder } = await runPair(TREE, {
    relay,
    send: short,
    receive: short,
  });
  expect(sent).toMatchObject({ status: 'rejected' });
  expect(received).toMatchObject({ status: 'rejected' });
  expect(events.sender.map(({ type }) => type)).toContain('reconnecting');
  expect(folder.files.has('long')).toBe(false);
});
