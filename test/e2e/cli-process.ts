// The CLI as a process: its JSON lines, its exit code.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'playwright/test';

const CLI = new URL('../../apps/cli/bin/p2p-copy.mjs', import.meta.url).pathname;
/** Ample: a machine that builds and tests at once is slow. */
const PATIENCE_MS = 240_000;

/** Notes of unfinished transfers of this worker's tests, away from this user's own and the other worker's. */
const STATE = mkdtempSync(path.join(tmpdir(), 'p2p-copy-e2e-state-'));
process.on('exit', () => rmSync(STATE, { recursive: true, force: true }));

/** A line that `--json` prints. */
export interface CliEvent {
  event: string;
  [field: string]: unknown;
}

export class CliProcess {
  readonly stdin: ChildProcessWithoutNullStreams['stdin'];
  /** What it has printed on standard error. */
  stderr = '';
  readonly events: CliEvent[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #exit: Promise<number | null>;
  readonly #onLine = new Set<() => void>();

  constructor(args: string[]) {
    const env = { P2P_COPY_STATE: STATE, ...process.env };
    this.#process = spawn(process.execPath, [CLI, ...args], { stdio: 'pipe', env });
    this.stdin = this.#process.stdin;
    // A CLI that ends early closes its input: the exit code tells.
    this.stdin.on('error', () => {});
    this.#process.stderr.on('data', (bytes: Buffer) => {
      this.stderr += bytes.toString();
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#read(line));
    this.#exit = new Promise((resolve) => {
      this.#process.on('close', resolve);
    });
    void this.#exit.then(() => this.#tell());
  }

  /** The next event of that name, or the first that was there already. */
  async event(name: string): Promise<CliEvent> {
    return this.#until(() => this.events.find(({ event }) => event === name), `event ${name}`);
  }

  /** The code that a sender shows. */
  async code(): Promise<string> {
    return String((await this.event('code')).code);
  }

  async exitCode(): Promise<number | null> {
    return withPatience(this.#exit, () => `exit; ${this.story()}`);
  }

  interrupt(): void {
    this.#process.kill('SIGINT');
  }

  /** Lets it run no further, with its connections open; `stop` ends it. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  /** Lets it run again after `pause`. */
  goOn(): void {
    this.#process.kill('SIGCONT');
  }

  /** Ends it whatever it does. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }

  #read(line: string): void {
    // Some commands print more for people than JSON.
    if (line.startsWith('{')) this.events.push(JSON.parse(line) as CliEvent);
    else this.events.push({ event: 'line', line });
    this.#tell();
  }

  #tell(): void {
    for (const onLine of this.#onLine) onLine();
  }

  async #until<T>(find: () => T | undefined, what: string): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const look = () => {
        const value = find();
        if (value === undefined && this.#process.exitCode === null) return;
        this.#onLine.delete(look);
        if (value === undefined) reject(new Error(`ended before ${what}; ${this.story()}`));
        else resolve(value);
      };
      this.#onLine.add(look);
      look();
    });
    return withPatience(found, () => `${what}; ${this.story()}`);
  }

  /** What it said of late, and whether it still runs. */
  story(): string {
    const { exitCode, signalCode } = this.#process;
    return `${exitCode ?? signalCode ?? 'runs'} ${JSON.stringify(this.events.slice(-5))} ${this.stderr.slice(-500)}`;
  }
}

async function withPatience<T>(awaited: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what()}`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([awaited, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Where a relay says that it listens, once it does. */
export async function urlOf(relay: CliProcess): Promise<string | undefined> {
  const found = () =>
    relay.events.map(({ line }) => /http:\/\/\S+/.exec(String(line))?.[0]).find((url) => url !== undefined);
  await expect.poll(found).toBeDefined();
  return found();
}
