// The command line as a whole: its commands, and what every call shares.
import { Command, CommanderError } from 'commander';
import { VERSION } from '../constants/version.ts';
import { shown } from '../wording/show-text.ts';
import { addRelayTokenCommand } from './access/relay-token-command.ts';
import { addRelayCommand } from './commands/relay/relay-command.ts';
import { addRunRelayServerCommand } from './commands/relay/run-relay-server-command.ts';
import type { Context, Finish } from './terminal/context.ts';
import { EXIT, UsageError } from './terminal/exit-codes.ts';

const AFTER_HELP = `
Exit codes: 0 done and confirmed by the other side, 1 verify-site found a difference, no relay answers relay status, or doctor found
what to mend, 2 wrong usage, 3 the sender failed, 4 the receiver failed, 130 stopped with Ctrl-C, 143 and 129 ended by SIGTERM and
SIGHUP.

Examples:
  p2p-copy send photo.jpg                     on one device: shows a code
  p2p-copy receive                            on the other: asks for it
  p2p-copy resume                             on both: go on with what was interrupted
  p2p-copy relay                              what both meet at, if nobody else runs one for you

p2p-copy COMMAND --help shows a command's options.`;

type OtherCommands = typeof import('./other-commands.ts');

const RELAY_COMMANDS = ['relay', 'run-relay-server'];

export function runsRelay(args: readonly string[]): boolean {
  return RELAY_COMMANDS.includes(args[0]!);
}

/** Runs the command in `args` (without node and script) and gives the exit code. Rejects only for bugs of ours. */
export async function runCommandLine(args: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.done;
  const finish = (code: number) => {
    exitCode = code;
  };
  // A relay runs for months: what only an end of a transfer needs isn't even loaded there.
  const others = runsRelay(args) ? null : await import('./other-commands.ts');
  const program = createProgram(others, context, finish);
  others?.addCompletionCommands(program, () => createProgram(others, context, finish));
  for (const command of program.commands) {
    command.showHelpAfterError(`See p2p-copy ${command.name()} --help.`);
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Help and version end here too, with 0; everything else of commander's is a wrong call, which it has told.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { TransferError } = await import('../library/transfer-error.ts');
    if (!(error instanceof UsageError || error instanceof TransferError)) throw error;
    if (error instanceof TransferError && error.code === 'interrupted') return EXIT.interrupted;
    context.terminal.say(`${shown(error.message)}\n${error.next}`);
    return EXIT.usage;
  }
}

function createProgram(others: OtherCommands | null, context: Context, finish: Finish): Command {
  const program = new Command('p2p-copy')
    .description('Send files of any size to another device, end-to-end encrypted.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .showHelpAfterError('See p2p-copy --help.')
    .configureOutput({
      writeOut: (text) => context.terminal.output(text),
      writeErr: (text) => context.terminal.say(text.trimEnd()),
      outputError: (text, write) => write(sentence(text)),
    })
    .addHelpText('after', AFTER_HELP);
  others?.addTransferCommands(program, context, finish);
  others?.addGroupCommands(program, context, finish);
  others?.addLoginCommands(program, context, finish);
  addRelayTokenCommand(addRelayCommand(program, context, finish), context, finish);
  addRunRelayServerCommand(program, context, finish);
  others?.addVerifySiteCommand(program, context, finish);
  others?.addDoctorCommand(program, context, finish);
  return program;
}

/** Commander's `error: unknown option '--x'` in the terminal's voice. */
function sentence(text: string): string {
  const [first = '', ...more] = shown(
    text
      .replace(/^error: /, '')
      .trim()
      .replaceAll('\n', ' '),
  ).split('');
  const whole = first.toUpperCase() + more.join('');
  return /[.?)]$/.test(whole) ? whole : `${whole}.`;
}
