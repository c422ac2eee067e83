// What the judge makes of paths, played through byte by byte of content: a receiver that writes at a rate, a sender that
// keeps a window full, a socket that is idle or isn't.
import { describe, expect, it } from 'vitest';
import { PathJudge } from '../../src/flow/path-judge.ts';
import { CHUNK_BYTES } from '../../src/wire/limits.ts';

const MIB = 1024 * 1024;
const WINDOW_BYTES = 16 * MIB;

/** What holds while zstd is used, and while it isn't. */
interface Path {
  bytesPerMs: number;
  isKeptUp: boolean;
  isIdle: boolean;
}
const kept = (bytesPerMs: number): Path => ({ bytesPerMs, isKeptUp: true, isIdle: true });

class Player {
  readonly judge: PathJudge;
  #nowMs = 0;
  #writtenBytes = 0;

  /** `isFast` is what the probe has found. */
  constructor(isFast = false) {
    this.judge = new PathJudge(isFast, 0);
  }

  /** What was sent so far is left out. */
  leaveOut(): void {
    this.judge.leaveOut(this.#writtenBytes);
  }

  /** Sends a number of MiB; returns how many of them went raw. */
  send(mib: number, zstd: Path, raw: Path): number {
    let rawChunks = 0;
    let isRaw = false;
    for (let chunk = 0; chunk < (mib * MIB) / CHUNK_BYTES; chunk += 1) {
      const { bytesPerMs, isKeptUp, isIdle } = isRaw ? raw : zstd;
      const sentBytes = this.#writtenBytes + (isKeptUp ? CHUNK_BYTES : WINDOW_BYTES);
      const view = { sentBytes, writtenBytes: this.#writtenBytes, isKeptUp, isIdle };
      isRaw = this.judge.isFast(this.#nowMs, view);
      if (isRaw) rawChunks += 1;
      this.#nowMs += CHUNK_BYTES / bytesPerMs;
      this.#writtenBytes += CHUNK_BYTES;
    }
    return (rawChunks * CHUNK_BYTES) / MIB;
  }
}

describe('all goes through zstd', () => {
  it('until 16 MiB are written', () => {
    expect(new Player().send(16, kept(1e5), kept(1e5))).toBe(0);
  });

  it('while the receiver is behind, whatever the socket shows', () => {
    const slow = { bytesPerMs: 6000, isKeptUp: false, isIdle: true };
    expect(new Player().send(1024, slow, kept(1e5))).toBe(0);
  });

  it('while the socket is full', () => {
    const full = { bytesPerMs: 2e5, isKeptUp: true, isIdle: false };
    expect(new Player().send(1024, full, kept(1e5))).toBe(0);
  });
});

it('goes raw from then on where the path takes it as fast', () => {
  expect(new Player().send(1024, kept(1e5), kept(1e5))).toBeGreaterThan(1000);
});

it('stays raw when rates vary', () => {
  const player = new Player();
  player.send(64, kept(1.5e5), kept(1.5e5));
  for (const rate of [1e5, 2e5, 1e5, 1.2e5]) expect(player.send(64, kept(rate), kept(rate))).toBe(64);
});

describe.each([
  ['comes much slower', { bytesPerMs: 2e4, isKeptUp: false, isIdle: true }],
  ['fills the socket', { bytesPerMs: 1.2e5, isKeptUp: false, isIdle: false }],
])('when what goes raw %s', (_what, raw) => {
  it('returns to zstd, and tries again less and less often', () => {
    const player = new Player();
    const first = player.send(512, kept(1.5e5), raw);
    const second = player.send(512, kept(1.5e5), raw);
    const later = player.send(4096, kept(1.5e5), raw);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(200);
    expect(second).toBeLessThan(first);
    expect(later).toBeLessThan(5 * second);
  });

  it('notices it after a long time of fast raw bytes', () => {
    const player = new Player();
    player.send(1024, kept(1.5e5), kept(1.5e5));
    expect(player.send(256, kept(1.5e5), raw)).toBeLessThan(120);
  });
});

describe('where the probe has found the path fast', () => {
  it('nothing goes through zstd while raw bytes leave the socket idle', () => {
    expect(new Player(true).send(1024, kept(1e5), kept(1e5))).toBe(1024);
  });

  it('stays raw where they fill the socket at a rate that zstd does not reach', () => {
    const full = { bytesPerMs: 2e5, isKeptUp: false, isIdle: false };
    expect(new Player(true).send(1024, kept(1e5), full)).toBe(1024);
  });

  it('stays raw where the sender is no faster than its source, until that is too slow', () => {
    expect(new Player(true).send(64, kept(4.5e4), kept(4.5e4))).toBe(64);
    expect(new Player(true).send(64, kept(3e4), kept(3e4))).toBeLessThan(64);
  });

  it.each([
    ['comes slowly', { bytesPerMs: 1250, isKeptUp: false, isIdle: true }, 4],
    ['fills the socket', { bytesPerMs: 6e4, isKeptUp: false, isIdle: false }, 20],
  ])('returns to zstd when what goes raw %s, though zstd was never used', (_what, raw, mib) => {
    const player = new Player(true);
    player.send(1024, kept(1.5e5), kept(1.5e5));
    const slowAsZstd = { ...raw, bytesPerMs: 4 * raw.bytesPerMs };
    // Of the stretch that has begun, some went fast.
    expect(player.send(256, slowAsZstd, raw)).toBeLessThan(mib + 16);
  });
});

it('knows the rate of zstd once a stretch went through it, without what is to be left out', () => {
  const player = new Player();
  const slow = { bytesPerMs: 6000, isKeptUp: false, isIdle: true };
  player.send(12, slow, slow);
  player.leaveOut();
  player.send(12, slow, slow);
  expect(player.judge.knowsZstd).toBe(false);
  player.send(8, slow, slow);
  expect(player.judge.knowsZstd).toBe(true);
});

it('keeps to raw bytes that fill the socket where zstd is slower still', () => {
  const player = new Player();
  player.send(64, kept(2e5), kept(2e5));
  const full = { bytesPerMs: 1.2e5, isKeptUp: false, isIdle: false };
  expect(player.send(1024, kept(1e5), full)).toBeGreaterThan(750);
});
