// `p2p-copy run-relay-server`: the relay in the form of the Python tool, for scripts that call it so.
import type { Command } from 'commander';
import type { Context, Finish } from '../terminal/context.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { parsePort } from './parse-whole.ts';
import { serveUntilStopped, startedRelay, trustProxyOption } from './relay-command.ts';

interface Options {
  /** Undefined where neither form was given. */
  tls?: boolean;
  certfile?: string;
  keyfile?: string;
  trustProxy?: readonly string[];
}

const AFTER_HELP = `
The same relay as p2p-copy relay starts, for clients of the Python tool and of this one. It uses
TLS unless told otherwise.

Examples:
  p2p-copy run-relay-server 0.0.0.0 443 --certfile fullchain.pem --keyfile privkey.pem
  p2p-copy run-relay-server localhost 8765 --no-tls`;

export function addRunRelayServerCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('run-relay-server')
    .description('Run a relay, called as the Python tool is.')
    .argument('<host>', 'address to listen on')
    .argument('<port>', 'port to listen on; 0 picks a free one', parsePort)
    .option('--tls', 'serve with TLS, which needs both files (default)')
    .option('--no-tls', 'serve without TLS, even where files are given')
    .option('--certfile <file>', 'certificate chain in PEM; read again when it changes')
    .option('--keyfile <file>', 'its private key in PEM')
    .addOption(trustProxyOption())
    .addHelpText('after', AFTER_HELP)
    .action(async (host: string, port: number, options: Options) =>
      finish(await run(host, port, options, context)),
    );
}

async function run(host: string, port: number, options: Options, context: Context): Promise<number> {
  const { trustProxy = [] } = options;
  const relay = await startedRelay({ host, port, trustProxy, ...certificateIn(options) }, 'run-relay-server');
  const scheme = new URL(relay.url).protocol === 'https:' ? 'wss' : 'ws';
  context.terminal.output(
    `Relay listening on ${scheme}://${host.includes(':') ? `[${host}]` : host}:${relay.port}\n`,
  );
  return serveUntilStopped(relay, context);
}

function certificateIn({ tls = true, certfile, keyfile }: Options): { certFile?: string; keyFile?: string } {
  if (!tls) return {};
  if (certfile !== undefined && keyfile !== undefined) return { certFile: certfile, keyFile: keyfile };
  throw new UsageError(
    'TLS needs a certificate and its key.',
    'Give both --certfile and --keyfile, or --no-tls to serve without TLS.',
  );
}
