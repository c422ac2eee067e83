// `p2p-copy receive`.
import { type Code, codeUnasked, type PathChoice, readTypedCode } from '@p2p-copy/core';
import { type Command, Option } from 'commander';
import type { OverwritePolicy } from '../../library/public-types.ts';
import type { ReviewWishes } from '../../state/stored-transfer.ts';
import { askCode, type GivenCode, givenExactly, settleRelay } from '../prompts/ask-code.ts';
import { chooseReceiverReport } from '../runs/choose-report.ts';
import { continueTransfer } from '../runs/continue-transfer.ts';
import { expectDescriptors } from '../runs/expect-descriptors.ts';
import { KeptTransfer, openStore } from '../runs/kept-transfer.ts';
import { mayHoldCode, transferOfCode, unfinishedReceive } from '../runs/offer-unfinished.ts';
import { expectReviewer, reviewByWishes } from '../runs/review-by-wishes.ts';
import { runReceive } from '../runs/run-receive.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { pipeWarning } from '../terminal/powershell.ts';
import { screenStream } from '../terminal/screen-stream.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { expectNoClassicOptions, isServer } from './classic-form.ts';
import { chooseCode, chooseRelay, parseRelay } from './parse-options.ts';
import { parseRate, parseSize } from './parse-size.ts';
import { pathOf, pathOption } from './path-option.ts';
import {
  patienceOption,
  type ReconnectTimeout,
  reconnectTimeoutOf,
  reconnectTimeoutOption,
} from './reconnect-timeout.ts';
import { trustedFile } from './trusted-file.ts';
import { typedPath } from './typed-paths.ts';

interface Options extends ReconnectTimeout {
  path?: PathChoice;
  relay?: string;
  out?: string;
  yes?: boolean;
  overwrite?: 'ask' | OverwritePolicy;
  stdout?: boolean;
  verify?: 'arrival' | 'disk';
  json?: boolean;
  quiet?: boolean;
  caFile?: string;
  limitRate?: number;
  relayFingerprint?: string;
  continue?: boolean;
  maxSize?: number;
  only: string[];
  encrypt?: boolean;
  allowRisky?: boolean;
  asTyped?: boolean;
  /** False with --no-resume. */
  resume: boolean;
}

const AFTER_HELP = `
Without CODE you are asked for it, which keeps it out of the shell's history; Tab completes its words.
A link works in place of a code, and says which relay to use; that of a relay with a certificate of its own
holds the certificate's fingerprint too.

What surrounds a code is ignored, and the first letters of its words are enough. On a terminal you are
asked about anything else before it is tried, and about a link of another relay than P2P_COPY_RELAY.
With --yes, or without a terminal, nothing is asked: words of no list are taken as the sender's own, and
what can't be a code is refused with exit code 2. --as-typed takes the code exactly as it is given.

At the question whether to accept, choose shows a list to pick from by numbers (1,3-5) or patterns (*.jpg). The sender
reads which files are left out.

Every file is hashed when it arrives, and again from the disk if something else changed it meanwhile.
--verify disk reads every file back before it gets its name: a fault of memory or of another program
shows, but not one of the disk itself, since the system may answer from its cache.

What is interrupted goes on with p2p-copy resume, before you have accepted too, or when the same code is
typed again; parts of earlier attempts are compared, and only the
rest is sent. Files that are there already are compared if you agree, on a terminal or by --continue:
then only what differs is sent, and the sender learns which of them are there, how large they are, and
what in them equals its own. Equal files are left alone in any case. Nothing is replaced without
--overwrite always or your answer. A file that is there and looks different is asked about on a
terminal; with --yes, or without a terminal, the new one gets another name.

What is accepted is what was shown. A file that changes while it is sent is asked about again; with
--yes it may grow to twice its size if there is room, and fails beyond. Content of unknown size may
come to --max-size, by default to what is free.

Names that some system obeys where they land (.bashrc, .ssh/…, .git/hooks/…, *.desktop and the like) are
asked about apart. With --yes they are left out and named, and the exit code is 4, unless --allow-risky
is given.

Environment: P2P_COPY_RELAY (relay URL), P2P_COPY_CODE (the code).

Examples:
  p2p-copy receive                            ask for the code, then before writing anything
  p2p-copy receive --out ~/Downloads
  p2p-copy receive --stdout | tar xz          what a pipe sends
  p2p-copy receive --only '*.jpg' --only doc/  a part of what is offered
  P2P_COPY_CODE=7-guitar-ocean p2p-copy receive --yes --overwrite skip

From a device with the Python tool p2p-copy, in its format (both sides name the relay and the code; it
accepts without asking and replaces files of the same name, as that tool does):
  p2p-copy receive wss://copy.example.org CODE --encrypt --out DIR

There a sender with --resume sends everything unless --continue is given: it is then told a digest of
each file that is there under an offered name, and a hostile one reads what it can guess. Give it for
senders that you trust, or for a folder that holds nothing else.`;

export function addReceiveCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('receive')
    .description('Receive what another device sends.')
    .argument('[code...]', 'the code or link that the sender shows')
    .option('-r, --relay <url>', 'relay that the sender uses (default: http://localhost:8765)', parseRelay)
    .option('-o, --out <folder>', 'folder to save in, made if missing (default: the current one)')
    .option('-y, --yes', 'accept without asking')
    .addOption(
      new Option(
        '--overwrite <policy>',
        'when a name is taken (default: ask on a terminal, else rename)',
      ).choices(['ask', 'skip', 'rename', 'always']),
    )
    .option('--as-typed', 'the code is one that the sender chose: take it exactly')
    .option('--allow-risky', 'take names that could change settings or run here too')
    .option('--stdout', 'write the one file or message to standard output, byte by byte but on a terminal')
    .option(
      '--only <glob>',
      'take only what matches, by the rules of gitignore; may be given several times',
      (glob: string, globs: string[]) => [...globs, glob],
      [],
    )
    .option('--continue', 'compare files that are already there, and fetch only what differs')
    .option('--no-resume', 'do not compare with anything that is already there: send everything')
    .option('--max-size <size>', 'most to take of what has no known size (default: what is free)', parseSize)
    .addOption(
      new Option('--verify <what>', 'disk: read every file back and hash it again').choices([
        'arrival',
        'disk',
      ]),
    )
    .option('--json', 'print one JSON object a line on standard output')
    .option('-q, --quiet', 'tell only what does not arrive, and errors')
    .addOption(
      reconnectTimeoutOption(
        'seek a lost connection, or a relay that is not there, for this long (default: 30)',
      ),
    )
    .option('--limit-rate <size>', 'most bytes a second over the network, such as 500k or 2M', parseRate)
    .addOption(pathOption())
    .addOption(patienceOption())
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .option('--encrypt', 'with a relay and a code: decrypt what the other side encrypts')
    .addHelpText('after', AFTER_HELP)
    .action(async (words: string[], options: Options) => finish(await run(words, options, context)));
}

async function run(words: string[], given: Options, context: Context): Promise<number> {
  expectDescriptors();
  const options = { ...given, ...(given.out !== undefined && { out: typedPath(given.out) }) };
  if (isServer(words[0])) {
    const { runClassicReceive } = await import('./classic/receive.ts');
    return runClassicReceive(words, options, context);
  }
  expectNoClassicOptions({ encrypt: options.encrypt ?? false }, 'receive');
  // People leave out the dashes of a code.
  const argument = words.length === 0 ? undefined : words.join(' ');
  const { terminal, signal } = context;
  const warning = options.stdout ? pipeWarning(1) : null;
  if (warning !== null) terminal.say(warning);
  const chosen = chooseCode(argument);
  const mayAsk = terminal.isInteractive && options.yes !== true;
  const fixed = chosen === undefined ? undefined : fixedCode(chosen, options, mayAsk);
  expectUsable(chosen, options, terminal);
  const store = openStore();
  const place = { ...options, code: fixed?.code };
  const unfinished = await unfinishedReceive(place, store, chosen === undefined, context);
  if (unfinished !== null) return continueTransfer(unfinished, { ...options, store, context });
  const report = chooseReceiverReport(terminal, options, { isOnce: options.stdout === true });

  const wishes = wishesOf(options);
  const isSilent = options.json === true || options.quiet === true;
  const receiveOptions = async () => {
    const read = fixed ?? (await askCode(terminal, signal, chosen));
    const relay = chooseRelay(options.relay, read.site);
    if (mayAsk) await settleRelay(terminal, signal, relay, read.site);
    const mayBeHeld = !options.stdout && transferOfCode(store, read.code, mayHoldCode) !== null;
    return {
      code: read.code,
      relay,
      ...(options.out !== undefined && { out: options.out }),
      ...(options.stdout && { to: context.stdout.isTTY ? screenStream(context.stdout) : context.stdout }),
      ...(await trustedFile(options, relay, read)),
      ...reconnectTimeoutOf(options),
      ...pathOf(options),
      awaitsSender: !mayBeHeld,
      ...(options.limitRate !== undefined && { limitRate: options.limitRate }),
      ...(options.verify !== undefined && { verify: options.verify }),
      ...reviewByWishes(wishes, context, isSilent),
      signal,
    };
  };
  // Its sender has it no more once the ends have met, and an end that was started anew goes on by its note.
  const usedCode = (code: Code) => {
    const noted = options.stdout ? null : transferOfCode(store, code);
    if (noted === null) return null;
    return () => {
      if (!isSilent) terminal.say('This code was used here before, for a transfer that is unfinished.');
      return continueTransfer(noted, { ...options, ...reconnectTimeoutOf(options), store, context });
    };
  };
  return runReceive(receiveOptions, report, new KeptTransfer(store, report), context, usedCode);
}

function wishesOf(options: Options): ReviewWishes {
  return {
    yes: options.yes === true,
    overwrite: options.overwrite ?? null,
    allowRisky: options.allowRisky === true,
    continue: options.continue ?? null,
    compare: options.resume,
    maxUnsizedBytes: options.maxSize ?? null,
    ...(options.only.length > 0 && { only: options.only }),
  };
}

/**
 * The code that was given, where it needs no question.
 * @throws TransferError `bad-code` where it needs one and nobody is asked
 */
function fixedCode(given: string, { asTyped }: Options, mayAsk: boolean): GivenCode | undefined {
  if (asTyped) return givenExactly(given);
  if (!mayAsk) return codeUnasked(given);
  const reading = readTypedCode(given);
  return reading.kind === 'code' ? reading : undefined;
}

/** Everything that can be wrong before the relay is asked. */
function expectUsable(code: string | undefined, options: Options, terminal: Terminal): void {
  if (options.stdout && options.out !== undefined) {
    throw new UsageError('--stdout and --out are two places for one thing.', 'Leave out one of them.');
  }
  if (options.stdout && options.verify === 'disk') {
    throw new UsageError(
      '--verify disk cannot read back what went to standard output.',
      'Leave it out, or save to a folder with --out.',
    );
  }
  if (options.stdout && options.json) {
    throw new UsageError('--stdout and --json both write to standard output.', 'Leave out one of them.');
  }
  if (options.continue && !options.resume) {
    throw new UsageError('--continue compares, and --no-resume forbids it.', 'Leave out one of them.');
  }
  if (terminal.isInteractive) return;
  if (code === undefined) {
    throw new UsageError(
      'No code is given, and there is no terminal to ask for it.',
      'Set P2P_COPY_CODE, or name it: p2p-copy receive CODE.',
    );
  }
  expectReviewer(wishesOf(options), terminal);
}
