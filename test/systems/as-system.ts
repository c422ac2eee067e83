// Both ends of a transfer as real processes on a system that isn't this one, by a preload that answers as it does.
import { fileURLToPath } from 'node:url';
import { codeOf, type RunOptions, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';

export type System = 'windows' | 'macos' | 'fat' | 'termux';

/** What a process is run with to be on that system. @param answers that the preload has to be asked for */
export function onSystem(system: System, ...answers: string[]): Record<string, string> {
  const preload = fileURLToPath(new URL(`./${system}.cjs`, import.meta.url));
  return { NODE_OPTIONS: `--require "${preload}"`, SYSTEM_ANSWERS: answers.join(' ') };
}

export interface Ends {
  send?: readonly string[];
  receive?: readonly string[];
  sender?: Record<string, string>;
  receiver?: Record<string, string>;
  options?: RunOptions;
}

/** Sends `paths` into `out`; both have ended when it resolves. The relay is on this system. */
export async function transferred(paths: readonly string[], out: string, ends: Ends) {
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', ...paths, ...(ends.send ?? [])], {
    ...ends.options,
    set: { ...set, ...ends.sender },
  });
  const code = await codeOf(sender);
  const receiver = run(['receive', code, '--yes', '--out', out, ...(ends.receive ?? [])], {
    set: { ...set, ...ends.receiver },
  });
  const exitCodes = [await receiver.exitCode, await sender.exitCode];
  await relay.stop();
  return { exitCodes, sender, receiver };
}
