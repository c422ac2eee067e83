// Backpressure of one direction, by a source and a target that a test holds in its hands.
import { describe, expect, it } from 'vitest';
import { PipeDirection, type PipeSocket } from '../../src/sockets/pipe-direction.ts';

const LIMIT = 1_000;
const LIMITS = { pipeBufferBytes: LIMIT, pipeBufferPieces: 16 };

class HandSocket implements PipeSocket {
  bufferedAmount = 0;
  isPaused = false;
  readonly sent: Buffer[] = [];
  readonly options: object[] = [];
  readonly #callbacks: (() => void)[] = [];

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  send(message: Buffer, options: object, written: () => void): void {
    this.sent.push(message);
    this.options.push(options);
    this.bufferedAmount += message.length;
    this.#callbacks.push(written);
  }

  /** The network takes the oldest message that it hasn't taken yet. */
  take(): void {
    const at = this.sent.length - this.#callbacks.length;
    this.bufferedAmount -= this.sent[at]!.length;
    this.#callbacks.shift()!();
  }
}

function direction() {
  const [source, target] = [new HandSocket(), new HandSocket()];
  let progress = 0;
  const pipe = new PipeDirection(source, target, LIMITS, null, () => {
    progress += 1;
  });
  return { source, target, pipe, progress: () => progress };
}

describe('pipe direction', () => {
  it('hands on the very buffer it got, as one uncompressed binary message', () => {
    const { target, pipe } = direction();
    const message = Buffer.from('sealed');
    pipe.forward(message);
    expect(target.sent[0]).toBe(message);
    expect(target.options[0]).toEqual({ binary: true, compress: false, fin: true });
    expect(pipe.passedBytes).toBe(6);
  });

  it('hands on a piece as one of which more is to come', () => {
    const { target, pipe } = direction();
    const piece = Buffer.from('sea');
    pipe.forward(piece, false);
    expect(target.sent[0]).toBe(piece);
    expect(target.options[0]).toEqual({ binary: true, compress: false, fin: false });
    expect(pipe.passedBytes).toBe(3);
  });

  it('hands on text as text', () => {
    const { target, pipe } = direction();
    const message = Buffer.from('wörter');
    pipe.forward(message, true, true);
    expect(target.sent[0]).toBe(message);
    expect(target.options[0]).toEqual({ binary: false, compress: false, fin: true });
    expect(pipe.passedBytes).toBe(7);
  });

  it.each([
    [LIMIT - 1, false],
    [LIMIT, false],
    [LIMIT + 1, true],
  ])('with %i bytes waiting, source paused: %s', (bytes, isPaused) => {
    const { source, pipe } = direction();
    pipe.forward(Buffer.alloc(bytes));
    expect(source.isPaused).toBe(isPaused);
  });

  it.each([
    [LIMITS.pipeBufferPieces, false],
    [LIMITS.pipeBufferPieces + 1, true],
  ])('with %i empty messages waiting, source paused: %s', (messages, isPaused) => {
    const { source, target, pipe } = direction();
    for (let i = 0; i < messages; i++) pipe.forward(Buffer.alloc(0));
    expect(source.isPaused).toBe(isPaused);
    for (let left = messages; left > LIMITS.pipeBufferPieces / 2; left--) {
      expect(source.isPaused).toBe(isPaused);
      target.take();
    }
    expect(source.isPaused).toBe(false);
  });

  it('reads on once no more than half waits', () => {
    const { source, target, pipe } = direction();
    for (const bytes of [500, 1, 500, 400]) pipe.forward(Buffer.alloc(bytes));
    expect(source.isPaused).toBe(true);
    target.take();
    target.take();
    expect(target.bufferedAmount).toBe(900);
    expect(source.isPaused).toBe(true);
    target.take();
    expect(source.isPaused).toBe(false);
  });

  it('reports progress with each message that the target has taken', () => {
    const { target, pipe, progress } = direction();
    pipe.forward(Buffer.alloc(1));
    expect(progress()).toBe(0);
    target.take();
    expect(progress()).toBe(1);
  });

  it('says when all is written, at once if nothing waits', () => {
    const { target, pipe } = direction();
    const heard: string[] = [];
    pipe.whenWritten(() => heard.push('idle'));
    pipe.forward(Buffer.alloc(1));
    pipe.forward(Buffer.alloc(1));
    pipe.whenWritten(() => heard.push('written'));
    target.take();
    expect(heard).toEqual(['idle']);
    target.take();
    expect(heard).toEqual(['idle', 'written']);
  });
});
