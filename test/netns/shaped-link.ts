// A link with a rate, a delay and a loss: two TUN devices with a process between them (link-shaper.c).
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { LinkEnd } from './plain-link.ts';
import { ENVIRONMENT } from './reason-to-skip.ts';

const SOURCE = join(import.meta.dirname, 'link-shaper.c');
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/p2p-copy');

/** Of each direction by itself. */
export interface Shape {
  /** Of IP packets, headers included. */
  bitsPerSecond: number;
  /** One way. */
  delayMs: number;
  /** From 0 to 1. */
  lossProbability: number;
  /** Bytes that wait for their turn at most; packets beyond are dropped. */
  queueBytes: number;
}

/** Packets of one direction. */
interface Fate {
  delivered: number;
  lost: number;
  /** Dropped because the queue was full. */
  overflowed: number;
  /** Dropped because the link was. */
  cut: number;
}

export class ShapedLink {
  readonly #shaper: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;
  readonly #lines: Interface;
  #turn: Promise<unknown> = Promise.resolve();

  /** The seed decides which packets are lost, counted in their order. */
  static async open(ends: readonly [LinkEnd, LinkEnd], shape: Shape, seed = 1): Promise<ShapedLink> {
    const link = new ShapedLink(ends, shape, seed);
    await link.#answer('ready');
    await link.shape({});
    for (const { namespace, device, addresses } of ends) {
      namespace.address(device, ...addresses);
      namespace.ip('link', 'set', device, 'txqueuelen', '4000', 'up');
    }
    return link;
  }

  private constructor(
    readonly ends: readonly [LinkEnd, LinkEnd],
    private current: Shape,
    seed: number,
  ) {
    const devices = ends.flatMap(({ namespace, device }) => [namespace.name, device]);
    // It ends with its standard input, so with this process at the latest.
    this.#shaper = spawn(shaperProgram(), [...devices, String(seed)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: ENVIRONMENT,
    });
    this.#shaper.stdin.on('error', () => {});
    this.#shaper.unref();
    this.#lines = createInterface({ input: this.#shaper.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Changes the link from now on; packets under way keep their times. */
  async shape(change: Partial<Shape>): Promise<void> {
    this.current = { ...this.current, ...change };
    const { bitsPerSecond, delayMs, lossProbability, queueBytes } = this.current;
    await this.#ask(`shape ${bitsPerSecond} ${delayMs * 1000} ${lossProbability} ${queueBytes}`, 'ok');
  }

  /** Drops every packet, also those under way; neither end is told. */
  async cut(): Promise<void> {
    await this.#ask('drop 1', 'ok');
  }

  async mend(): Promise<void> {
    await this.#ask('drop 0', 'ok');
  }

  /** An outage: `cut`, then `mend` after a time. */
  async cutFor(durationMs: number): Promise<void> {
    await this.cut();
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    await this.mend();
  }

  /** Fates of packets from the first end, and from the second. */
  async fates(): Promise<[Fate, Fate]> {
    const counts = (await this.#ask('count')).split(' ').map(Number);
    const [first, second] = [counts.slice(0, 4), counts.slice(4)].map(
      ([delivered, lost, overflowed, cut]) => ({ delivered, lost, overflowed, cut }) as Fate,
    );
    return [first!, second!];
  }

  /** Bytes that came out of the link at one of its ends, IP headers included. */
  arrivedBytes(end: 0 | 1): number {
    const { namespace, device } = this.ends[end];
    return namespace.counts(device).receivedBytes;
  }

  /** Ends the link: its devices are gone. */
  close(): void {
    this.#shaper.kill('SIGKILL');
    this.#lines.close();
  }

  /** One question at a time. */
  #ask(line: string, expected?: string): Promise<string> {
    const answer = this.#turn.then(() => {
      this.#shaper.stdin.write(`${line}\n`);
      return this.#answer(expected);
    });
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #answer(expected?: string): Promise<string> {
    const { value } = await this.#answers.next();
    if (value === undefined || (expected !== undefined && value !== expected)) {
      throw new Error(`the shaper of a link said ${value ?? 'nothing and ended'}`);
    }
    return value;
  }
}

/** Path of the compiled program, which is kept for as long as its source stays as it is. */
function shaperProgram(): string {
  const digest = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const built = join(CACHE, `link-shaper-${digest}`);
  if (existsSync(built)) return built;
  mkdirSync(CACHE, { recursive: true });
  // Other test processes may build it at the same time.
  const own = `${built}-${process.pid}`;
  execFileSync('cc', ['-O2', '-o', own, SOURCE], { stdio: ['ignore', 'ignore', 'inherit'] });
  renameSync(own, built);
  return built;
}
