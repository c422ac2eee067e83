// One whole transfer by the command, from folder to folder, with whatever either side is started with.
import { codeOf, type RunOptions, run, startRelayProcess } from './cli-process.ts';

export interface TransferOnce {
  send?: readonly string[];
  receive?: readonly string[];
  /** How the receiver is run. */
  receiver?: RunOptions;
}

/** Sends `source` into `out` with `--yes`; both have ended when it resolves. */
export async function transferOnce(source: string, out: string, options: TransferOnce = {}) {
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', source, ...(options.send ?? [])], { set });
  const args = ['receive', await codeOf(sender), '--yes', '--out', out, ...(options.receive ?? [])];
  const receiver = run(args, { ...options.receiver, set: { ...options.receiver?.set, ...set } });
  const exitCodes = [await receiver.exitCode, await sender.exitCode];
  await relay.stop();
  return { exitCodes, sender, receiver };
}
