// `p2p-copy relay`: a relay with the app, until it is told to stop.
import type { Command } from 'commander';
import { findApp } from '../../../library/relay/find-app.ts';
import { type RunningRelay, startRelay } from '../../../library/relay/start-relay.ts';
import { relayTokenFile } from '../../../node/disk/state-root.ts';
import {
  type Call,
  givenSettings,
  type LoadedSettings,
  loadSettings,
  type SettingsCheck,
} from '../../../relay-settings/load-settings.ts';
import { printedConfig } from '../../../relay-settings/print-config.ts';
import { addSettingsOptions, typedFlags } from '../../../relay-settings/settings-options.ts';
import { durationInWords } from '../../../wording/amounts.ts';
import { collectBuffers } from '../../memory/collect-buffers.ts';
import { greeting } from '../../reports/relay-greeting.ts';
import type { Context, Finish } from '../../terminal/context.ts';
import { EXIT, UsageError } from '../../terminal/exit-codes.ts';
import { addRelayStatusCommand } from './relay-status-command.ts';
import { reloadOnHangUp } from './reload-on-hang-up.ts';

interface Options {
  config?: string;
  printConfig?: boolean;
  [flag: string]: unknown;
}

const AFTER_HELP = `
The relay pairs two devices and passes sealed bytes between them; it cannot read or keep them.
Its page sends and receives in a browser. Browsers allow that on localhost and over https only, so a relay
that other devices can reach makes its own certificate, unless it is given one. Http and https have the same
port: http is for this machine and for proxies that --trust-proxy names, and others are sent to https.
--http switches that off, and serves everybody by http.

Behind a reverse proxy all clients have its address, and share the limits that are one client's. Name it
with --trust-proxy; it must append to X-Forwarded-For the address that calls it.

With --access token only who has an access token can send; p2p-copy relay token makes, lists and revokes
them, also while the relay runs. Who receives with a code needs none.

Its own certificate is kept, and replaced when this machine's addresses change or it is about to end.
Environment: P2P_COPY_STATE (folder where it is kept, and the access tokens).

Every setting is a flag (--max-waiting 500), a variable (P2P_COPY_RELAY_MAX_WAITING=500) and a key of the file
({"maxWaiting": 500}); a flag goes before a variable, a variable before the file. SIGHUP reads the file again.

Examples:
  p2p-copy relay                              on every network of this machine, port 8765
  p2p-copy relay --host 127.0.0.1 --port 9000
  p2p-copy relay --http                       without a certificate: browsers on other devices refuse it
  p2p-copy relay --port 443 --certfile fullchain.pem --keyfile privkey.pem
  p2p-copy relay --host 127.0.0.1 --trust-proxy 127.0.0.1    behind nginx on this machine
  p2p-copy relay --listen unix:/run/p2p-copy/relay.sock --trust-proxy unix    the same by a unix socket
  p2p-copy relay --config relay.json --print-config    what it would run with, and why`;

export function addRelayCommand(program: Command, context: Context, finish: Finish): Command {
  const command = program
    .command('relay')
    .description('Run a relay, with the page that sends and receives in a browser.')
    .option('--config <file>', 'read settings from this JSON file (P2P_COPY_RELAY_CONFIG)')
    .option('--print-config', 'print each setting and where its value comes from, and start nothing');
  addSettingsOptions(command);
  addRelayStatusCommand(command, context, finish);
  command
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
  return command;
}

async function run(options: Options, context: Context): Promise<number> {
  const call = callOf(options, typedFlags(options));
  const settings = await loadedSettings(call, 'relay');
  if (options.printConfig) {
    context.terminal.message(printedConfig(withDefaults(settings)));
    return EXIT.done;
  }
  const relay = await startedRelay(settings, 'relay');
  context.terminal.outputPainted(greeting(relay, context.terminal));
  return serveUntilStopped(relay, call, context);
}

export function callOf({ config }: Options, flags: Call['flags']): Call {
  return { flags, configFile: config, environment: process.env, processId: process.pid };
}

/** Ends with the exit code, when the process is told to stop and the relay has. */
export async function serveUntilStopped(relay: RunningRelay, call: Call, context: Context): Promise<number> {
  const { terminal, signal } = context;
  collectBuffers();
  reloadOnHangUp(relay, call, context);
  for (const warning of relay.warnings) terminal.say(warning);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const { drainTimeoutMs } = relay;
  terminal.say(
    `Stopping when running transfers have ended, at most ${durationInWords(drainTimeoutMs / 1_000)}; Ctrl-C again stops at once.`,
  );
  await relay.close(drainTimeoutMs);
  return EXIT.done;
}

/** @param command whose help says more when something doesn't fit */
export function loadedSettings(call: Call, command: string, check?: SettingsCheck): Promise<LoadedSettings> {
  return explained(command, () => loadSettings(call, check));
}

export function startedRelay(settings: LoadedSettings, command: string): Promise<RunningRelay> {
  return explained(command, () => startRelay(givenSettings(settings)));
}

async function explained<T>(command: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof Error && error.name === 'RelayError')) throw error;
    throw new UsageError(error.message, `See p2p-copy ${command} --help.`);
  }
}

/** Where nothing else is said, the app that comes with this package is served, and the tokens are those of `relay token`. */
function withDefaults({ values, sources }: LoadedSettings): LoadedSettings {
  const webRoot = sources.webRoot.kind === 'default' ? findApp() : values.webRoot;
  const tokenFile = values.access === 'token' ? (values.tokenFile ?? relayTokenFile()) : values.tokenFile;
  return { values: { ...values, webRoot, tokenFile }, sources };
}
