// A bare TCP stream between two namespaces, to see what a link does without the product.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Namespace } from './namespace.ts';
import { ENVIRONMENT } from './reason-to-skip.ts';

const SCRIPT = join(import.meta.dirname, 'tcp-stream.mjs');

export interface Stream {
  bytes: number;
  /** From the first byte to the last. */
  bitsPerSecond: number;
  /** The sender's, as the receiver sees it. */
  address: string;
}

/** Sends `bytes` zeros to `host`, an address of the receiving namespace. Throws when it isn't connected within `connectMs`. */
export async function streamTcp(
  { from, to }: { from: Namespace; to: Namespace },
  host: string,
  port: number,
  bytes: number,
  connectMs = 10_000,
): Promise<Stream> {
  const receiver = start(to, 'receive', host, String(port));
  const lines = createInterface({ input: receiver.stdout! })[Symbol.asyncIterator]();
  await lines.next();
  const sender = start(from, 'send', host, String(port), String(bytes), String(connectMs));
  const [exitCode] = await once(sender, 'close');
  if (exitCode !== 0) {
    receiver.kill('SIGKILL');
    throw new Error(`a TCP stream to ${host} failed`);
  }
  const [received, seconds, address] = (await lines.next()).value!.split(' ');
  return { bytes: Number(received), bitsPerSecond: (Number(received) * 8) / Number(seconds), address };
}

function start(namespace: Namespace, ...args: string[]): ChildProcess {
  const [file, ...rest] = [...namespace.within, process.execPath, SCRIPT, ...args];
  const child = spawn(file!, rest, { stdio: ['ignore', 'pipe', 'ignore'], env: ENVIRONMENT });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

export interface ScriptInNamespace {
  /** Whole lines that it has printed, without the first, `ready`. */
  lines(): string[];
}

/** Runs a script of the tests in a namespace, until the test ends; returns once it has printed `ready`. */
export async function startInNamespace(
  { within }: Namespace,
  script: string,
  ...args: string[]
): Promise<ScriptInNamespace> {
  const [file, ...rest] = [...within, process.execPath, script, ...args];
  const child = spawn(file!, rest, { stdio: ['ignore', 'pipe', 'inherit'], env: ENVIRONMENT });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => printed.push(line));
  await once(lines, 'line');
  return { lines: () => printed.filter((line) => line !== 'ready') };
}

/** Whether a TCP connection to `host` is made within a second. */
export async function connectsTcp(
  pair: { from: Namespace; to: Namespace },
  host: string,
  port: number,
): Promise<boolean> {
  return streamTcp(pair, host, port, 1, 1000).then(
    () => true,
    () => false,
  );
}
