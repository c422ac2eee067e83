// `p2p-copy login` and `p2p-copy logout`: an access token, kept for one relay.

import { originOf } from '@p2p-copy/core';
import type { Command } from 'commander';
import type { ErrorCode } from '../../library/public-types.ts';
import { TransferError } from '../../library/transfer-error.ts';
import { isOnlyLocal } from '../../node/network/only-local.ts';
import { createNodePorts } from '../../node/node-ports.ts';
import { SavedTokensError, savedTokensFile, saveToken } from '../../state/saved-tokens.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { chooseRelay, parseRelay } from '../commands/parse-options.ts';
import { type TrustOptions, trustedFile } from '../commands/trusted-file.ts';
import { nextStep } from '../reports/next-step.ts';
import { parseToken } from '../runs/choose-token.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, exitCodeOf, UsageError } from '../terminal/exit-codes.ts';

/** Of standard input; a token has 62 characters. */
const MOST_INPUT_BYTES = 4096;

const AFTER_LOGIN = `
Some relays let only those send who have an access token for it; its operator makes one with
p2p-copy relay token add. To receive with a code, none is needed.

The token is read from the terminal without showing it, or from standard input, so that it stands
neither in the shell's history nor in the list of processes. It is kept in a file that only you can
read, and shown to this relay only: to no other address, also when the relay sends you to one.

It is tried at once, by asking the relay for a code that is given back. One that the relay refuses is not saved;
where the relay cannot be reached, it is saved and that is said.

Environment: P2P_COPY_RELAY (relay URL), P2P_COPY_STATE (folder where it is kept).

Examples:
  p2p-copy login https://copy.example.org
  p2p-copy login https://copy.example.org < token.txt`;

const URL_WORDS = 'address of the relay (default: P2P_COPY_RELAY, else http://localhost:8765)';

export function addLoginCommands(program: Command, context: Context, finish: Finish): void {
  program
    .command('login')
    .description('Save the access token for a relay that asks for one.')
    .argument('[url]', URL_WORDS, parseRelay)
    .addHelpText('after', AFTER_LOGIN)
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .action(async (url: string | undefined, options: TrustOptions) =>
      finish(await login(chooseRelay(url), options, context)),
    );
  program
    .command('logout')
    .description('Forget the access token that was saved for a relay.')
    .argument('[url]', URL_WORDS, parseRelay)
    .action((url: string | undefined) => finish(logout(chooseRelay(url), context)));
}

async function login(relay: string, options: TrustOptions, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const origin = originOf(relay);
  const text = terminal.isInteractive
    ? await terminal.askSecret(`Access token for ${origin}: `, { signal })
    : await wholeInput(context.stdin);
  if (signal.aborted) return EXIT.interrupted;
  const token = parseToken(text ?? '');
  const refusal = await tried(relay, token, options, signal);
  if (signal.aborted) return EXIT.interrupted;
  if (refusal !== null && REFUSED.has(refusal.code)) {
    terminal.say(`${shown(refusal.message)} Nothing was saved.\n${nextStep(refusal, 'send')}`);
    return exitCodeOf(refusal, 'send');
  }
  const had = inUsage(() => saveToken(origin, token));
  const whether =
    refusal === null
      ? 'The relay takes senders with it.'
      : `It could not be tried, and is when you send: ${shown(refusal.message)}`;
  terminal.say(
    `The access token for ${quoted(origin)} is saved${had ? ', instead of the one before' : ''}. ${whether}`,
  );
  if (origin.startsWith('http:') && !isOnlyLocal(origin)) {
    terminal.say('That relay is reached without TLS: whoever is on the way can read the token.');
  }
  return EXIT.done;
}

const REFUSED: ReadonlySet<ErrorCode> = new Set(['relay-token-refused', 'relay-token-expired']);

/** Asks the relay for a code with that token, and gives it back; why there is none, or null. */
async function tried(
  relay: string,
  token: string,
  options: TrustOptions,
  signal: AbortSignal,
): Promise<TransferError | null> {
  try {
    const trusted = await trustedFile(options, relay);
    const tokenFor = (origin: string) => (origin === originOf(relay) ? token : null);
    const { rendezvousAt } = await createNodePorts({ caFile: trusted.caFile, tokenFor });
    const nameplate = await rendezvousAt(relay).nameplates.allocate(null, signal);
    await nameplate.close();
    return null;
  } catch (error) {
    if (error instanceof TransferError) return error;
    throw error;
  }
}

function logout(relay: string, { terminal }: Context): number {
  const origin = originOf(relay);
  const had = inUsage(() => saveToken(origin, null));
  terminal.say(
    had
      ? `The access token for ${quoted(origin)} is forgotten.`
      : `No access token is saved for ${quoted(origin)}.`,
  );
  return EXIT.done;
}

function inUsage<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SavedTokensError) throw new UsageError(error.message, error.next);
    throw error;
  }
}

async function wholeInput(stdin: NodeJS.ReadStream): Promise<string> {
  let text = '';
  for await (const piece of stdin) {
    text += String(piece);
    if (text.length > MOST_INPUT_BYTES) break;
  }
  if (text.trim() !== '') return text;
  throw new UsageError(
    'No access token came by standard input, and there is no terminal to ask for it.',
    `Give it so: p2p-copy login URL < FILE. It would be kept in ${savedTokensFile()}.`,
  );
}
