// `p2p-copy relay status`: what a running relay says of itself, at its admin address.
import type { Command } from 'commander';
import { askAdmin, NoAnswer } from '../../../relay-settings/ask-admin.ts';
import { typedFlags } from '../../../relay-settings/settings-options.ts';
import { type ShownStatus, statusInWords } from '../../reports/relay-status-in-words.ts';
import type { Context, Finish } from '../../terminal/context.ts';
import { EXIT, UsageError } from '../../terminal/exit-codes.ts';
import { callOf, loadedSettings } from './relay-command.ts';

interface Options {
  json?: boolean;
  check?: boolean;
  config?: string;
  [flag: string]: unknown;
}

const AFTER_HELP = `
It asks the first of the relay's own --admin-listen addresses, which come from the same flag, variable
(P2P_COPY_RELAY_ADMIN_LISTEN) or file (--config) as the relay's. Exit codes: 0 it runs, 1 nothing answers there.

Examples:
  p2p-copy relay status --admin-listen 127.0.0.1:9465
  p2p-copy relay status --admin-listen unix:/run/p2p-copy-relay/admin.sock --json
  p2p-copy relay status --check               for a health check: says nothing while all is well`;

export function addRelayStatusCommand(relay: Command, context: Context, finish: Finish): void {
  relay
    .command('status')
    .description('Show what a running relay says of itself.')
    .option('--json', 'print it as one JSON object')
    .option('--check', 'print nothing, and tell by the exit code whether it answers')
    .addHelpText('after', AFTER_HELP)
    .action(async (_options: Options, command: Command) =>
      finish(await run(command.optsWithGlobals<Options>(), context)),
    );
}

async function run(options: Options, { terminal }: Context): Promise<number> {
  const { values } = await loadedSettings(callOf(options, typedFlags(options)), 'relay status');
  const [address] = values.adminListen;
  if (address === undefined) {
    throw new UsageError(
      'Where to ask is not known: the relay has no admin address.',
      'Start it with --admin-listen, and give the same address here. See p2p-copy relay status --help.',
    );
  }
  try {
    const status: ShownStatus = JSON.parse(await askAdmin(address, '/status'));
    if (options.json) terminal.outputJson(status);
    else if (!options.check) terminal.output(statusInWords(status));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof SyntaxError)) throw error;
    terminal.say(
      `No relay answers at ${address}.\nSee whether it runs, and whether that is its --admin-listen.`,
    );
    return EXIT.differs;
  }
}
