// Network namespaces of one test: made with names that no other test has, and removed with all that runs in them, also
// when the test fails; those of a test run that was killed are removed by the next.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { Namespace } from './namespace.ts';
import { ENVIRONMENT } from './reason-to-skip.ts';

/** `PREFIX-PID-START-RANDOM-LABEL`: the process that made a namespace, by its id and when it started. */
const PREFIX = 'p2pc';
const NAME = /^p2pc-(\d+)-(\d+)-/;

export class Namespaces {
  readonly #prefix = `${PREFIX}-${process.pid}-${startOf(process.pid)}-${randomBytes(3).toString('hex')}`;
  readonly #names: string[] = [];

  /** Removes leftovers of killed runs. Within a test these namespaces end with it, else `remove` ends them. */
  constructor() {
    for (const name of leftovers()) removeNamespace(name);
    try {
      onTestFinished(() => this.remove());
    } catch {
      // Made in a hook, which removes them itself.
    }
  }

  /** A namespace with its loopback device up, IPv6 without waiting for duplicates, and no forwarding. */
  add(label: string): Namespace {
    const name = `${this.#prefix}-${label}`;
    run('netns', 'add', name);
    this.#names.push(name);
    const namespace = new Namespace(name);
    // A new namespace has this one of the machine's.
    namespace.set('net.ipv4.ip_forward', 0);
    namespace.set('net.ipv6.conf.all.accept_dad', 0);
    namespace.set('net.ipv6.conf.default.accept_dad', 0);
    namespace.ip('link', 'set', 'lo', 'up');
    return namespace;
  }

  /** Ends the processes within and removes all namespaces. Safe to repeat. */
  remove(): void {
    for (const name of this.#names.splice(0)) removeNamespace(name);
  }
}

/** Names of namespaces whose maker has ended. */
export function leftovers(): string[] {
  const names = run('netns', 'list')
    .split('\n')
    .map((line) => line.split(' ')[0]!);
  return names.filter((name) => {
    const [, pid, start] = NAME.exec(name) ?? [];
    return pid !== undefined && startOf(Number(pid)) !== start;
  });
}

function removeNamespace(name: string): void {
  try {
    for (const pid of new Namespace(name).processes()) kill(pid);
    run('netns', 'del', name);
  } catch {
    // Another test run has removed it at the same time.
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** When a process started, in clock ticks since the system did; null when there is none of that id. */
function startOf(pid: number): string | null {
  try {
    // The fields after the command, which may hold spaces and parentheses.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[19]!;
  } catch {
    return null;
  }
}

function run(...args: string[]): string {
  return execFileSync('ip', args, { env: ENVIRONMENT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
