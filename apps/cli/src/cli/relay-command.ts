// `p2p-copy relay`: a relay with the app, until it is told to stop.
import { networkInterfaces } from 'node:os';
import type { Command } from 'commander';
import { type RelayOptions, type RunningRelay, startRelay } from '../library/start-relay.ts';
import type { Context, Finish } from './context.ts';
import { EXIT, UsageError } from './exit-codes.ts';
import { parsePort } from './parse-options.ts';
import { qrCode } from './show-code.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  host: string;
  port: number;
  certfile?: string;
  keyfile?: string;
}

/** How long running transfers may go on after Ctrl-C; a second Ctrl-C doesn't wait. */
const GRACE_MS = 10_000;

const AFTER_HELP = `
The relay pairs two devices and passes sealed bytes between them; it cannot read or keep them.
Its page sends and receives in a browser. Browsers allow that on localhost and over https only:
for other devices give it a certificate, or put a TLS proxy in front of it. The command line
needs neither.

Examples:
  p2p-copy relay                              on every network of this machine, port 8765
  p2p-copy relay --host 127.0.0.1 --port 9000
  p2p-copy relay --port 443 --certfile fullchain.pem --keyfile privkey.pem`;

export function addRelayCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('relay')
    .description('Run a relay, with the page that sends and receives in a browser.')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('-p, --port <number>', 'port to listen on; 0 picks a free one', parsePort, 8765)
    .option('--certfile <file>', 'serve https with this certificate chain in PEM; read again when it changes')
    .option('--keyfile <file>', 'its private key in PEM')
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
}

async function run({ host, port, certfile, keyfile }: Options, context: Context): Promise<number> {
  const certificate = {
    ...(certfile !== undefined && { certFile: certfile }),
    ...(keyfile !== undefined && { keyFile: keyfile }),
  };
  const relay = await startedRelay({ host, port, ...certificate }, 'relay');
  context.terminal.output(greeting(relay, context.terminal));
  return serveUntilStopped(relay, context);
}

/** Ends with the exit code, when the process is told to stop and the relay has. */
export async function serveUntilStopped(relay: RunningRelay, { terminal, signal }: Context): Promise<number> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  terminal.say('Stopping when running transfers have ended, at most 10 s; Ctrl-C again stops at once.');
  await relay.close(GRACE_MS);
  return EXIT.done;
}

/** @param command whose help says more when the relay can't start */
export async function startedRelay(options: RelayOptions, command: string): Promise<RunningRelay> {
  try {
    return await startRelay(options);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'RelayError')) throw error;
    throw new UsageError(error.message, `See p2p-copy ${command} --help.`);
  }
}

function greeting({ url, host, port }: RunningRelay, terminal: Terminal): string {
  const others = host === '0.0.0.0' || host === '::' ? networkUrls(new URL(url).protocol, port) : [];
  const lines = ['p2p-copy relay is running.', '', `On this device: ${url}`];
  for (const other of others) lines.push(`In this network: ${other}`);
  const colors = terminal.hasStatusLine && process.env.NO_COLOR === undefined;
  lines.push('', qrCode(others[0] ?? url, { colors }), '', 'Ctrl-C stops it.', '');
  return lines.join('\n');
}

/** URLs under which other devices reach a relay that listens on every interface. */
function networkUrls(protocol: string, port: number): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return addresses
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => `${protocol}//${address}:${port}`);
}
