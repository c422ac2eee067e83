// `p2p-copy receive`.
import { type Code, codeUnasked, type PathChoice, readTypedCode } from '@p2p-copy/core';
import { type Command, Option } from 'commander';
import type { OverwritePolicy } from '../../library/public-types.ts';
import type { ReviewWishes } from '../../state/stored-transfer.ts';
import { receiveFromDevices } from '../groups/receive-from-device.ts';
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
import { groupRelay } from './group-relay.ts';
import { chooseCode, chooseRelay, parseRelay } from './parse-options.ts';
import { parseRate, parseSize } from './parse-size.ts';
import { pathOf, pathOption } from './path-option.ts';
import { RECEIVE_HELP } from './receive/receive-help.ts';
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
  /** Names of one's own devices, or `any`. */
  from: string[];
  stay?: boolean;
  relayToken?: string;
}

export function addReceiveCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('receive')
    .description('Receive what another device sends.')
    .argument('[code...]', 'the code or link that the sender shows')
    .option(
      '--from <device>',
      'wait for a paired device, or for any of them; may be given several times',
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .option('--stay', 'with --from: go on after each transfer, until Ctrl-C')
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
    .addHelpText('after', RECEIVE_HELP)
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
  if (options.from.length > 0) return receiveFrom(words, options, context);
  if (options.stay)
    throw new UsageError('--stay is for --from: a code is for one transfer.', 'Leave it out.');
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
  if (unfinished !== null)
    return continueTransfer(unfinished, { ...options, ...reconnectTimeoutOf(options), store, context });
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

/** From one's own devices. */
async function receiveFrom(words: string[], options: Options, context: Context): Promise<number> {
  const { terminal } = context;
  if (words.length > 0)
    throw new UsageError(
      'A paired device needs no code, and one is given.',
      'Leave out the code, or --from.',
    );
  if (options.stdout && options.stay)
    throw new UsageError('--stdout takes one transfer, and --stay more.', 'Leave out one of them.');
  expectPlaces(options);
  const wishes = wishesOf(options);
  expectReviewer(wishes, terminal);
  const store = openStore();
  const unfinished = await unfinishedReceive(options, store, true, context);
  if (unfinished !== null) {
    const exitCode = await continueTransfer(unfinished, {
      ...options,
      ...reconnectTimeoutOf(options),
      store,
      context,
    });
    if (!options.stay || context.signal.aborted) return exitCode;
  }
  const { from, stay: stays = false } = options;
  return receiveFromDevices(
    {
      ...(options.out !== undefined && { out: options.out }),
      ...(options.stdout && { to: context.stdout.isTTY ? screenStream(context.stdout) : context.stdout }),
      ...reconnectTimeoutOf(options),
      ...pathOf(options),
      ...(options.limitRate !== undefined && { limitRate: options.limitRate }),
      ...(options.verify !== undefined && { verify: options.verify }),
    },
    { from, relay: groupRelay(options), wishes, stays, choice: options, context },
  );
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
  expectPlaces(options);
  if (terminal.isInteractive) return;
  if (code === undefined) {
    throw new UsageError(
      'No code is given, and there is no terminal to ask for it.',
      'Set P2P_COPY_CODE, or name it: p2p-copy receive CODE.',
    );
  }
  expectReviewer(wishesOf(options), terminal);
}

/** Where it goes, and what is compared there. */
function expectPlaces(options: Options): void {
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
}
