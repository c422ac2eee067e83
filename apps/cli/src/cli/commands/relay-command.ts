// `p2p-copy relay`: a relay with the app, until it is told to stop.
import { type Command, Option } from 'commander';
import { type RelayOptions, type RunningRelay, startRelay } from '../../library/start-relay.ts';
import { relayTokenFile } from '../../state/state-root.ts';
import { collectBuffers } from '../memory/collect-buffers.ts';
import { greeting } from '../reports/relay-greeting.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';
import { parsePort } from './parse-whole.ts';

interface Options {
  host: string;
  port: number;
  certfile?: string;
  keyfile?: string;
  selfSigned?: boolean;
  trustProxy?: readonly string[];
  access: 'open' | 'token';
  tokenFile?: string;
}

/** How long running transfers may go on after Ctrl-C; a second Ctrl-C doesn't wait. */
const GRACE_MS = 10_000;

const AFTER_HELP = `
The relay pairs two devices and passes sealed bytes between them; it cannot read or keep them.
Its page sends and receives in a browser. Browsers allow that on localhost and over https only:
for other devices give it a certificate, let it make its own with --self-signed, or put a TLS proxy
in front of it. The command line needs none of that.

Behind a reverse proxy all clients have its address, and share the limits that are one client's. Name it
with --trust-proxy; it must append to X-Forwarded-For the address that calls it.

With --access token only who has an access token can send; p2p-copy relay token makes, lists and revokes
them, also while the relay runs. Who receives with a code needs none.

Its own certificate is kept, and replaced when this machine's addresses change or it is about to end.
Environment: P2P_COPY_STATE (folder where it and the access tokens are kept).

Examples:
  p2p-copy relay                              on every network of this machine, port 8765
  p2p-copy relay --host 127.0.0.1 --port 9000
  p2p-copy relay --self-signed                https, for phones in this network
  p2p-copy relay --port 443 --certfile fullchain.pem --keyfile privkey.pem
  p2p-copy relay --host 127.0.0.1 --trust-proxy 127.0.0.1    behind nginx on this machine`;

export function addRelayCommand(program: Command, context: Context, finish: Finish): Command {
  return program
    .command('relay')
    .description('Run a relay, with the page that sends and receives in a browser.')
    .option('--host <address>', 'address to listen on', '0.0.0.0')
    .option('-p, --port <number>', 'port to listen on; 0 picks a free one', parsePort, 8765)
    .option('--certfile <file>', 'serve https with this certificate chain in PEM; read again when it changes')
    .option('--keyfile <file>', 'its private key in PEM')
    .addOption(
      new Option('--self-signed', 'serve https with a certificate that is made here and kept').conflicts([
        'certfile',
        'keyfile',
      ]),
    )
    .addOption(trustProxyOption())
    .addOption(
      new Option('--access <who>', 'who may send: everybody, or who has an access token')
        .choices(['open', 'token'])
        .default('open'),
    )
    .option(
      '--token-file <file>',
      'file of the access tokens (default: P2P_COPY_RELAY_TOKEN_FILE, else one in P2P_COPY_STATE)',
    )
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
}

async function run(options: Options, context: Context): Promise<number> {
  const { access, tokenFile = relayTokenFile() } = options;
  const { host, port, certfile, keyfile, selfSigned, trustProxy = [] } = options;
  const certificate = {
    ...(certfile !== undefined && { certFile: certfile }),
    ...(keyfile !== undefined && { keyFile: keyfile }),
    ...(selfSigned !== undefined && { selfSigned }),
  };
  const relay = await startedRelay({ host, port, trustProxy, access, tokenFile, ...certificate }, 'relay');
  context.terminal.outputPainted(greeting(relay, context.terminal));
  return serveUntilStopped(relay, context);
}

/** Of both commands that run a relay. */
export function trustProxyOption(): Option {
  return new Option(
    '--trust-proxy <addresses>',
    'reverse proxies in front, whose X-Forwarded-For tells who calls: IP addresses or blocks, with commas',
  ).argParser((text) => text.split(',').map((each) => each.trim()));
}

/** Ends with the exit code, when the process is told to stop and the relay has. */
export async function serveUntilStopped(relay: RunningRelay, { terminal, signal }: Context): Promise<number> {
  collectBuffers();
  for (const warning of relay.warnings) terminal.say(warning);
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
