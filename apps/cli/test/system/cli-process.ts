// The command as people run it: a process, its two outputs, its exit code. Needs a build.
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, onTestFinished } from 'vitest';

export const BIN = fileURLToPath(new URL('../../bin/p2p-copy.mjs', import.meta.url));
if (!existsSync(fileURLToPath(new URL('../../dist/cli.js', import.meta.url)))) {
  throw new Error('These tests run the built command: npm run build -w p2p-copy.');
}

const PATIENCE_MS = 30_000;

/** Notes of unfinished transfers, away from this user's own. */
const STATE = mkdtempSync(join(tmpdir(), 'p2p-copy-state-'));
// A worker of the runner ends without the event `exit`.
afterAll(() => rmSync(STATE, { recursive: true, force: true, maxRetries: 5 }));

export interface RunOptions extends SpawnOptions {
  /** Added to the environment. */
  set?: Record<string, string>;
  /** Written to standard input, which then ends. Without it standard input stays open. */
  input?: string | Uint8Array;
  /** Files that the process may have open, sockets included. */
  descriptors?: number;
  /** Most kibibytes of a file that it writes. */
  fileKibibytes?: number;
  /** Run under a terminal made by script(1): both outputs arrive together. */
  terminal?: boolean;
  /** The command to run, in place of this checkout's. */
  bin?: string;
  /** Goes before the whole command line, such as the entry to a network namespace. */
  within?: readonly string[];
}

export class CliProcess {
  readonly child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  readonly #exited: Promise<number>;
  #stderr = '';

  constructor(
    args: readonly string[],
    { set, input, terminal, descriptors, fileKibibytes, bin = BIN, within = [], ...options }: RunOptions = {},
  ) {
    const command = [...within, process.execPath, bin, ...args];
    const [file, ...rest] = terminal
      ? ['script', '-qec', `exec ${command.map(quotedForShell).join(' ')}`, '/dev/null']
      : descriptors === undefined && fileKibibytes === undefined
        ? command
        : [
            'bash',
            '-c',
            `ulimit -n ${descriptors ?? '$(ulimit -n)'} -f ${fileKibibytes ?? 'unlimited'}; exec "$@"`,
            'bash',
            ...command,
          ];
    const { P2P_COPY_RELAY: _relay, P2P_COPY_CODE: _code, ...environment } = process.env;
    // A test that gives its processes homes of their own wants the notes there.
    const state = set?.HOME === undefined ? { P2P_COPY_STATE: STATE } : {};
    this.child = spawn(file!, rest, {
      stdio: 'pipe',
      ...options,
      env: { ...environment, ...state, NO_COLOR: '1', COLUMNS: '100', ...set },
    });
    // Reading may be left to the test.
    if (!Array.isArray(options.stdio)) this.child.stdout?.on('data', (piece) => this.#stdout.push(piece));
    this.child.stderr?.on('data', (piece) => {
      this.#stderr += piece;
    });
    this.child.stdin?.on('error', () => {});
    if (input !== undefined) this.child.stdin?.end(input);
    this.#exited = once(this.child, 'close').then(([code]) => code ?? -1);
    try {
      onTestFinished(() => this.#end(terminal === true));
    } catch {
      // Started in a hook, which ends it itself.
    }
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The lines of `--json` so far. */
  get events(): { event: string; [field: string]: unknown }[] {
    const lines = this.stdout.toString().split('\n');
    return lines.slice(0, -1).map((line) => JSON.parse(line));
  }

  get exitCode(): Promise<number> {
    return this.#exited;
  }

  /** What the outputs say once they match; fails with all of them when the process ends first. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    return this.until(
      () => pattern.exec(this.#stderr) ?? pattern.exec(this.stdout.toString()),
      String(pattern),
    );
  }

  async tells(event: string): Promise<{ event: string; [field: string]: unknown }> {
    return this.until(() => this.events.find((found) => found.event === event) ?? null, event);
  }

  async until<T>(look: () => T | null, what: string): Promise<T> {
    const giveUpMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = look();
      if (found !== null) return found;
      if (this.child.exitCode !== null || performance.now() > giveUpMs) {
        throw new Error(`no ${what} in:\n${this.stdout}\n${this.#stderr}\nexit code ${this.child.exitCode}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  type(text: string | Uint8Array): void {
    this.child.stdin!.write(text);
  }

  /** What runs under a terminal outlives it, where it takes a lost terminal for an order to load its settings anew. */
  #end(isUnderTerminal: boolean): void {
    if (isUnderTerminal && this.child.exitCode === null)
      spawnSync('pkill', ['-KILL', '-P', String(this.child.pid)]);
    this.child.kill('SIGKILL');
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }
}

export function run(args: readonly string[], options?: RunOptions): CliProcess {
  return new CliProcess(args, options);
}

/** Runs to the end. */
export async function finished(args: readonly string[], options: RunOptions = {}) {
  const cli = new CliProcess(args, { input: '', ...options });
  const exitCode = await cli.exitCode;
  return { exitCode, stdout: cli.stdout.toString(), stderr: cli.stderr };
}

/** The code that a sender shows. */
export async function codeOf(sender: CliProcess): Promise<string> {
  return (await sender.says(/^Code: (\S+)$/m))[1]!;
}

export interface RelayProcess {
  url: string;
  process: CliProcess;
  stop(): Promise<number>;
  /** Without a word to anybody. */
  kill(): Promise<number>;
}

/** A relay as a process, on a free port if none is given. */
export async function startRelayProcess(
  port = '0',
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<RelayProcess> {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', port, ...args], options);
  const [, url] = await relay.says(/On this device: (\S+)/);
  return {
    url: url!,
    process: relay,
    stop: () => {
      relay.kill('SIGTERM');
      return relay.exitCode;
    },
    kill: () => {
      relay.kill('SIGKILL');
      return relay.exitCode;
    },
  };
}

function quotedForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
