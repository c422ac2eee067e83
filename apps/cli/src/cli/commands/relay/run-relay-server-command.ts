// `p2p-copy run-relay-server`: the relay in the form of the Python tool, for scripts that call it so.
import type { Command } from 'commander';
import { settingOption, type TypedFlags, typedFlags } from '../../../relay-settings/settings-options.ts';
import type { Context, Finish } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/exit-codes.ts';
import { callOf, loadedSettings, serveUntilStopped, startedRelay } from './relay-command.ts';

interface Options {
  /** Undefined where neither form was given. */
  tls?: boolean;
  config?: string;
  [flag: string]: unknown;
}

const AFTER_HELP = `
The same relay as p2p-copy relay starts, for clients of the Python tool and of this one. It uses
TLS unless told otherwise. Other settings come from the environment and the file, as there.

Examples:
  p2p-copy run-relay-server 0.0.0.0 443 --certfile fullchain.pem --keyfile privkey.pem
  p2p-copy run-relay-server localhost 8765 --no-tls`;

export function addRunRelayServerCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('run-relay-server')
    .description('Run a relay, called as the Python tool is.')
    .argument('<host>', 'address to listen on')
    .argument('<port>', 'port to listen on; 0 picks a free one')
    .option('--tls', 'serve with TLS, which needs both files (default)')
    .option('--no-tls', 'serve without TLS, even where files are given')
    .addOption(settingOption('certFile'))
    .addOption(settingOption('keyFile'))
    .addOption(settingOption('trustProxy'))
    .option('--config <file>', 'read other settings from this JSON file (P2P_COPY_RELAY_CONFIG)')
    .addHelpText('after', AFTER_HELP)
    .action(async (host: string, port: string, options: Options) =>
      finish(await run(host, port, options, context)),
    );
}

async function run(host: string, port: string, options: Options, context: Context): Promise<number> {
  const flags = { ...typedFlags(options), ...withoutTls(options), host: [host], port: [port] };
  const call = {
    ...callOf(options, flags),
    typedAs: { host: 'the first argument', port: 'the second argument' },
  };
  const settings = await loadedSettings(call, 'run-relay-server', (values, sources) => {
    const { certFile, keyFile } = values;
    const selfSigned = values.selfSigned && sources.selfSigned.kind !== 'default';
    if (options.tls === false || values.http || selfSigned || (certFile !== null && keyFile !== null)) return;
    throw new UsageError(
      'TLS needs a certificate and its key.',
      'Give both --certfile and --keyfile, or --no-tls to serve without TLS.',
    );
  });
  const relay = await startedRelay(settings, 'run-relay-server');
  const scheme = new URL(relay.url).protocol === 'https:' ? 'wss' : 'ws';
  context.terminal.output(
    `Relay listening on ${scheme}://${host.includes(':') ? `[${host}]` : host}:${relay.port}\n`,
  );
  return serveUntilStopped(relay, call, context);
}

/** `--no-tls` overrules certificates, wherever they are named. */
function withoutTls({ tls = true }: Options): TypedFlags {
  return tls ? {} : { certFile: ['none'], keyFile: ['none'], selfSigned: ['false'] };
}
