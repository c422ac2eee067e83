// What is compressed, by what the path and the receiver show.
import { describe, expect, it } from 'vitest';
import { sendContent } from '../../src/content/send-content.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { Comparison } from '../../src/delta/comparison.ts';
import { CreditWindow } from '../../src/flow/credit-window.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import type { Lane } from '../../src/lanes/lane.ts';
import { LanePool } from '../../src/lanes/lane-pool.ts';
import { LazyZstd, type Zstd } from '../../src/ports/zstd.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';
import { decodeRecord } from '../../src/wire/record.ts';
import { fileEntry } from '../transfer/rig/memory-files.ts';

const WINDOW_BYTES = 64 * CHUNK_BYTES;

/** Time that passes when a test says so. */
class StepClock implements Clock {
  #nowMs = 0;
  #timers: { atMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const { atMs, callback } of [...this.#timers]) if (atMs <= this.#nowMs) callback();
  }
}

/** What happens by itself, some of it by the number of chunks that were sent. */
interface SendingOptions {
  compress?: 'on';
  /** The receiver writes what comes at once. */
  isAcking?: boolean;
  isZstdReady?(sent: number): boolean;
  /** What the socket hasn't taken. */
  queuedBytes?(sent: number): number;
}

/** A sender of chunks that shrink, with a lane, a receiver and a zstd that do what a test says. */
class Sending {
  readonly clock = new StepClock();
  /** Whether each chunk went raw. */
  readonly raw: boolean[] = [];
  readonly done: Promise<number>;
  zstdLoads = 0;
  slowPaths = 0;
  answer: () => void = () => {};
  fail: (error: Error) => void = () => {};
  readonly #options: SendingOptions;
  readonly #answered: Promise<void>;
  readonly #credit = new CreditWindow(WINDOW_BYTES);
  #unwritten = 0;
  #limitBytes = WINDOW_BYTES;

  constructor(chunks: number, options: SendingOptions = {}) {
    this.#options = options;
    this.#answered = new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
    const lanes = new LanePool();
    const sending = this;
    lanes.add({
      get bufferedBytes() {
        return options.queuedBytes?.(sending.raw.length) ?? 0;
      },
      drained: async () => {},
      send: async (record: Bytes) => this.#sent(record),
    } as unknown as Lane);
    const content = new Uint8Array(chunks * CHUNK_BYTES);
    this.done = sendContent([{ index: 0, entry: fileEntry('zeros', content) }], {
      lanes,
      credit: this.#credit,
      compress: options.compress ?? 'auto',
      zstd: new LazyZstd(async () => {
        this.zstdLoads += 1;
        return { compress: () => this.#compress() } as unknown as Zstd;
      }),
      bulk: webBulkCrypto,
      clock: this.clock,
      onSlowPath: () => {
        this.slowPaths += 1;
      },
      comparison: new Comparison([], webBulkCrypto, new AbortController().signal),
      leavesOutZeros: false,
      onDigest: () => {},
      onGrown: () => {},
      onKept: () => {},
      onFailed: async () => {},
    });
  }

  /** The receiver has written a number of further chunks. */
  ack(chunks: number): void {
    this.#unwritten -= chunks;
    this.#limitBytes += chunks * CHUNK_BYTES;
    this.#credit.acknowledge(0, this.#limitBytes);
  }

  /** All that is on the way is written, and what comes from now on is at once. */
  ackAll(): void {
    this.#options.isAcking = true;
    this.ack(this.#unwritten);
  }

  #sent(record: Bytes): void {
    const { kind, zstd } = decodeRecord(record);
    if (kind !== 'data') return;
    this.raw.push(!zstd);
    this.#unwritten += 1;
    if (this.#options.isAcking) this.ack(1);
  }

  async #compress(): Promise<Uint8Array> {
    const isReady = this.#options.isZstdReady?.(this.raw.length) ?? false;
    if (!isReady) await this.#answered;
    return new Uint8Array(100);
  }
}

const countRaw = ({ raw }: Sending) => raw.filter(Boolean).length;

it('sends all raw over a fast path, and does not load zstd', async () => {
  const sending = new Sending(160, { isAcking: true, isZstdReady: () => true });
  await sending.done;
  expect(countRaw(sending)).toBe(160);
  expect(sending.zstdLoads).toBe(0);
  expect(sending.slowPaths).toBe(0);
});

it('compresses all but the first chunk where no ack comes, and loads zstd for the second', async () => {
  const sending = new Sending(12);
  await expect.poll(() => sending.raw).toEqual([true]);
  expect(sending.zstdLoads).toBe(0);
  sending.clock.pass(100);
  await expect.poll(() => sending.zstdLoads).toBe(1);
  expect(sending.slowPaths).toBe(1);
  // Late acks don't make raw bytes go that the link is busy with already.
  sending.ack(1);
  sending.answer();
  await sending.done;
  expect(countRaw(sending)).toBe(1);
  expect(sending.slowPaths).toBe(1);
});

it('sends raw, as the receiver writes it, while zstd is loaded for a path that was found slow after a while', async () => {
  const sending = new Sending(40);
  await expect.poll(() => sending.raw).toHaveLength(1);
  sending.clock.pass(30);
  sending.ack(1);
  await expect.poll(() => sending.raw).toHaveLength(2);
  sending.clock.pass(100);
  await expect.poll(() => sending.zstdLoads).toBe(1);
  // The third waits for zstd, and no more is on the way than before.
  for (let chunks = 3; chunks < 10; chunks += 1) {
    sending.ack(1);
    await expect.poll(() => sending.raw.length).toBe(chunks - 1);
  }
  const before = countRaw(sending);
  sending.answer();
  await sending.done;
  expect(countRaw(sending)).toBe(before);
});

it('compresses all that is to be compressed', async () => {
  const sending = new Sending(12, { compress: 'on', isZstdReady: () => true });
  await sending.done;
  expect(countRaw(sending)).toBe(0);
});

it('sends raw payloads when zstd fails, also while a payload is held back', async () => {
  const sending = new Sending(40);
  await expect.poll(() => sending.raw).toHaveLength(1);
  sending.clock.pass(100);
  await expect.poll(() => sending.zstdLoads).toBe(1);
  sending.fail(new Error('no zstd'));
  await sending.done;
  expect(countRaw(sending)).toBe(40);
  expect(sending.zstdLoads).toBe(1);
});

describe('when zstd is busy, after a stretch of 16 MiB through it', () => {
  /** The receiver writes half a window when the whole one is on the way. */
  async function behind(sending: Sending, until: number): Promise<void> {
    const halfWindow = WINDOW_BYTES / CHUNK_BYTES / 2;
    for (let sent = 2 * halfWindow; sent < until; sent += halfWindow) {
      await expect.poll(() => sending.raw).toHaveLength(sent);
      sending.ack(halfWindow);
    }
  }

  /** How many of 20 chunks go raw. */
  async function rawOf20(path: { isIdle: boolean; isKeptUp: boolean }): Promise<number> {
    const stretch = 140;
    const sending = new Sending(stretch + 20, {
      isZstdReady: (sent) => sent < stretch,
      queuedBytes: (sent) => (path.isIdle && sent >= stretch ? 0 : 1),
    });
    await expect.poll(() => sending.raw).toHaveLength(1);
    sending.clock.pass(100);
    await expect.poll(() => sending.raw).toHaveLength(WINDOW_BYTES / CHUNK_BYTES);
    if (path.isKeptUp) sending.ackAll();
    else await behind(sending, stretch);
    await expect.poll(() => sending.raw.length).toBeGreaterThanOrEqual(stretch);
    if (path.isIdle && path.isKeptUp)
      await expect.poll(() => sending.raw.length).toBeGreaterThan(stretch + 10);
    sending.answer();
    sending.ackAll();
    await sending.done;
    return sending.raw.slice(stretch).filter(Boolean).length;
  }

  it('sends raw what would only wait, while the path is idle and the receiver keeps up', async () => {
    expect(await rawOf20({ isIdle: true, isKeptUp: true })).toBeGreaterThan(10);
  });

  it.each([
    ['the path is busy', { isIdle: false, isKeptUp: true }],
    ['the receiver is behind', { isIdle: true, isKeptUp: false }],
  ])('compresses while %s', async (_when, path) => {
    expect(await rawOf20(path)).toBe(0);
  });
});
