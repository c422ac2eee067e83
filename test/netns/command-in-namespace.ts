// The built command in the namespaces of a topology: a relay, a sender, a receiver.
import { randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { type CliProcess, codeOf, run } from '../../apps/cli/test/system/cli-process.ts';
import { type Network, RELAY_HOST, RELAY_URL } from './topologies.ts';

export interface Transfer {
  sender: CliProcess;
  /** Its standard output is JSON lines. */
  receiver: CliProcess;
  /** Of random bytes. */
  source: string;
  /** Where the receiver puts it. */
  target: string;
  /** Exit codes of sender and receiver, once both have ended. */
  exitCodes(): Promise<[number, number]>;
}

export interface TransferOptions {
  bytes: number;
  /** Added to both command lines. */
  options?: readonly string[];
  /** Added to the environment of the receiver. */
  atReceiver?: Record<string, string>;
}

/** A relay in its namespace, by plain http. */
export async function startRelay({ relay }: Network, ...options: string[]): Promise<CliProcess> {
  const port = new URL(RELAY_URL).port;
  const args = ['relay', '--http', '--host', RELAY_HOST, '--port', port, ...options];
  const started = run(args, { within: relay.within });
  await started.says(/Ctrl-C stops it/);
  return started;
}

/** A sender that offers a new file, and a receiver that accepts it. The relay must be there. */
export async function startTransfer(
  network: Network,
  { bytes, options = [], atReceiver = {} }: TransferOptions,
): Promise<Transfer> {
  const folder = await scratchFolder();
  const source = join(folder, 'content');
  writeFileSync(source, randomFillSync(Buffer.allocUnsafe(bytes)));
  const common = ['--relay', RELAY_URL, ...options];
  const sender = run(['send', source, ...common], { within: network.sender.namespace.within });
  const out = join(folder, 'out');
  const receiver = run(['receive', await codeOf(sender), '--yes', '--json', '--out', out, ...common], {
    within: network.receiver.namespace.within,
    set: atReceiver,
  });
  return {
    sender,
    receiver,
    source,
    target: join(out, 'content'),
    exitCodes: () => Promise.all([sender.exitCode, receiver.exitCode]),
  };
}
