// `p2p-copy relay`: a relay with the app, until it is told to stop.
import { networkInterfaces } from 'node:os';
import type { Command } from 'commander';
import { type RunningRelay, startRelay } from '../library/start-relay.ts';
import type { Context, Finish } from './context.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { parsePort } from './parse-options.ts';
import { qrCode } from './show-code.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  host: string;
  port: number;
}

/** How long running transfers may go on after Ctrl-C; a second Ctrl-C doesn't wait. */
const GRACE_MS = 10_000;

const AFTER_HELP = `
The relay pairs two devices and passes sealed bytes between them; it cannot read or keep them.
Its page sends and receives in a browser. Browsers allow that on localhost and over https only:
put a TLS proxy in front of it for other devices. The command line needs none.

Examples:
  p2p-copy relay                              on every network of this machine, port 8765
  p2p-copy relay --host 127.0.0.1 --port 9000`;

export function addRelayCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('relay')
    .description('Run a relay, with the page that sends and receives in a browser.')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('-p, --port <number>', 'port to listen on; 0 picks a free one', parsePort, 8765)
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
}

async function run({ host, port }: Options, { terminal, signal }: Context): Promise<number> {
  const relay = await started(host, port);
  terminal.output(greeting(relay, terminal));
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  terminal.say('Stopping when running transfers have ended, at most 10 s; Ctrl-C again stops at once.');
  await relay.close(GRACE_MS);
  return EXIT.done;
}

async function started(host: string, port: number): Promise<RunningRelay> {
  try {
    return await startRelay({ host, port });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'RelayError')) throw error;
    throw new UsageError(error.message, 'See p2p-copy relay --help.');
  }
}

function greeting({ url, host, port }: RunningRelay, terminal: Terminal): string {
  const others = host === '0.0.0.0' || host === '::' ? networkUrls(port) : [];
  const lines = ['p2p-copy relay is running.', '', `On this device: ${url}`];
  for (const other of others) lines.push(`In this network: ${other}`);
  const colors = terminal.hasStatusLine && process.env.NO_COLOR === undefined;
  lines.push('', qrCode(others[0] ?? url, { colors }), '', 'Ctrl-C stops it.', '');
  return lines.join('\n');
}

/** URLs under which other devices reach a relay that listens on every interface. */
function networkUrls(port: number): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `http://${address}:${port}`);
}
