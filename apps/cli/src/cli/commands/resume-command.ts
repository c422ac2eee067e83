// `p2p-copy resume`.
import type { PathChoice } from '@p2p-copy/core';
import { type Command, Option } from 'commander';
import { TransferError } from '../../library/transfer-error.ts';
import { hasBegun } from '../../state/stored-transfer.ts';
import type { DamagedTransfer, TransferStore, UnfinishedTransfer } from '../../state/transfer-store.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted } from '../../wording/show-text.ts';
import { transferInWords, unfinishedList } from '../reports/unfinished-in-words.ts';
import { parseToken } from '../runs/choose-token.ts';
import { type ContinueOptions, continueTransfer } from '../runs/continue-transfer.ts';
import { expectDescriptors } from '../runs/expect-descriptors.ts';
import { openStore } from '../runs/kept-transfer.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';
import { notedToken } from './parse-options.ts';
import { parseRate } from './parse-size.ts';
import { pathOption } from './path-option.ts';
import {
  patienceOption,
  type ReconnectTimeout,
  reconnectTimeoutOf,
  reconnectTimeoutOption,
} from './reconnect-timeout.ts';
import { trustedFile } from './trusted-file.ts';

interface Options extends ReconnectTimeout {
  path?: PathChoice;
  all?: boolean;
  forget?: string;
  force?: boolean;
  json?: boolean;
  quiet?: boolean;
  relayToken?: string;
  limitRate?: number;
  relayFingerprint?: string;
  verify?: 'arrival' | 'disk';
  yes?: boolean;
}

const AFTER_HELP = `
A transfer that was interrupted, whatever by, is noted on each side for 7 days after its last attempt,
as this program sees them pass: a clock that is set wrong removes nothing. It is noted from the moment at
which the two sides have met, so that an offer that nobody has answered is shown again.
Run this on both sides, or on the one that stopped while the other still waits: no code is needed, and
only what is missing is sent. The sender's files may have changed meanwhile.

The notes are readable by you only. Each holds a secret that stands for this side of the transfer.

Environment: P2P_COPY_STATE (folder for the notes), P2P_COPY_KEEP_DAYS (0 keeps none), P2P_COPY_RELAY_TOKEN
(access token for the relay of P2P_COPY_RELAY, or for the transfer's where that is not set).

Examples:
  p2p-copy resume                             list them, and ask which one
  p2p-copy resume 2                           the second of the list
  p2p-copy resume --all --json
  p2p-copy resume --forget all`;

export function addResumeCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('resume')
    .description('List transfers that were interrupted, and continue one.')
    .argument('[transfer]', 'its id or number in the list')
    .option('--all', 'continue all of them, side by side')
    .option('--forget <transfer>', 'remove the note of one, or of all; what has arrived stays')
    .option('--force', 'with --forget: also what seems to be running, but is not')
    .option('-y, --yes', 'accept without asking what was not accepted before')
    .addOption(
      new Option(
        '--verify <what>',
        'at the receiver, disk: read every file back (default: as before)',
      ).choices(['arrival', 'disk']),
    )
    .addOption(reconnectTimeoutOption('seek the other side for this long (default: 30)', 1))
    .option('--limit-rate <size>', 'most bytes a second over the network, such as 500k or 2M', parseRate)
    .addOption(pathOption())
    .addOption(patienceOption(1))
    .option(
      '--relay-token <token>',
      'access token for the relay, when sending; seen in the list of processes',
      parseToken,
    )
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .option('--json', 'print one JSON object a line on standard output')
    .option('-q, --quiet', 'tell only what does not arrive, and errors')
    .addHelpText('after', AFTER_HELP)
    .action(async (which: string | undefined, options: Options) => {
      finish(await run(which, options, context));
    });
}

async function run(which: string | undefined, options: Options, context: Context): Promise<number> {
  const { terminal } = context;
  if ([which, options.forget, options.all || undefined].filter((given) => given !== undefined).length > 1) {
    throw new UsageError(
      'More than one way to name transfers is given.',
      'Name one, or use --all or --forget.',
    );
  }
  const store = openStore();
  if (!store.hasFolder)
    throw new UsageError(
      'This user has no home folder, so nothing was noted.',
      'Set P2P_COPY_STATE to the folder with the notes.',
    );
  const damaged: DamagedTransfer[] = [];
  const unfinished = store.list((note) => damaged.push(note));
  const { relayFingerprint } = options;
  const continuing = {
    ...options,
    tokenFor: notedToken(options.relayToken),
    trusted: (relay: string) =>
      trustedFile({ ...(relayFingerprint !== undefined && { relayFingerprint }) }, relay),
    ...reconnectTimeoutOf(options),
    store,
    context,
  };
  if (options.forget !== undefined)
    return forget(options.forget, options.force ?? false, { unfinished, damaged, store, context });
  if (options.force) throw new UsageError('--force is for --forget.', 'Leave it out, or add --forget ID.');
  for (const { id, path, reason } of damaged)
    terminal.say(
      `The note ${quoted(path)} is left out: ${reason}. To remove it: p2p-copy resume --forget ${id}.`,
    );
  expectDescriptors();
  if (which !== undefined) return continueTransfer(found(which, unfinished).transfer, continuing);
  if (unfinished.length === 0) {
    terminal.say(
      damaged.length === 0
        ? 'No transfer is unfinished.'
        : `No transfer can be continued: ${counted(damaged.length, 'note')} cannot be used. To begin anew: p2p-copy send and receive.`,
    );
    return damaged.length === 0 ? EXIT.done : EXIT.usage;
  }
  if (options.all) {
    const exitCode = await continueAll(unfinished, continuing);
    return damaged.length === 0 ? exitCode : Math.max(exitCode, EXIT.usage);
  }
  if (terminal.isInteractive) return continueTransfer((await ask(unfinished, context)).transfer, continuing);
  const [first, ...others] = unfinished.filter(({ heldBy }) => heldBy === null);
  if (first !== undefined && others.length === 0) return continueTransfer(first.transfer, continuing);
  tellList(unfinished, options.json ?? false, context);
  throw first === undefined
    ? new UsageError('All unfinished transfers are running now.', 'Wait until they end.')
    : new UsageError(
        `${counted(others.length + 1, 'transfer')} are unfinished.`,
        'Name one: p2p-copy resume ID; or use --all.',
      );
}

async function continueAll(
  unfinished: readonly UnfinishedTransfer[],
  options: ContinueOptions,
): Promise<number> {
  const { context } = options;
  const { terminal } = context;
  const [running, free] = [true, false].map((isHeld) =>
    unfinished.filter(({ heldBy }) => (heldBy !== null) === isHeld),
  ) as [UnfinishedTransfer[], UnfinishedTransfer[]];
  for (const { transfer, heldBy } of running) {
    terminal.say(`Transfer ${transfer.id} is left out: it is running, in process ${heldBy}.`);
  }
  const exitCodes = free.map(async ({ transfer }) => {
    const own = free.length === 1 ? terminal : terminal.labelled(`[${transfer.id}]`);
    const label = { transfer: transfer.id };
    try {
      return await continueTransfer(transfer, { ...options, label, context: { ...context, terminal: own } });
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof UsageError)) throw error;
      own.say(`${error.message}\n${error.next}`);
      return EXIT.usage;
    }
  });
  return Math.max(EXIT.done, ...(await Promise.all(exitCodes)));
}

interface Notes {
  unfinished: readonly UnfinishedTransfer[];
  damaged: readonly DamagedTransfer[];
  store: TransferStore;
  context: Context;
}

function forget(which: string, isForced: boolean, { unfinished, damaged, store, context }: Notes): number {
  const { terminal } = context;
  const unusable = damaged.filter(({ id }) => which === 'all' || which === id);
  const usable = which === 'all' ? unfinished : unusable.length > 0 ? [] : [found(which, unfinished)];
  const named = [
    ...usable.map(({ transfer }) => ({ id: transfer.id, words: transferInWords(transfer) })),
    ...unusable.map(({ id, path }) => ({ id, words: `the damaged note ${quoted(path)}` })),
  ];
  let exitCode: number = EXIT.done;
  for (const { id, words } of named) {
    if (isForced) store.unlock(id);
    const lock = store.lock(id);
    if ('heldBy' in lock) {
      terminal.say(
        `Transfer ${id} is kept: it is running, in process ${lock.heldBy}. If that is another program: p2p-copy resume --forget ${id} --force.`,
      );
      exitCode = EXIT.usage;
      continue;
    }
    store.remove(id);
    terminal.say(`Forgotten: ${words}. What has arrived stays where it is.`);
  }
  if (named.length === 0) terminal.say('No transfer is unfinished.');
  return exitCode;
}

/** @throws UsageError */
function found(which: string, unfinished: readonly UnfinishedTransfer[]): UnfinishedTransfer {
  const name = which.trim().toLowerCase();
  const one = /^\d+$/.test(name)
    ? unfinished[Number(name) - 1]
    : unfinished.find(({ transfer }) => transfer.id === name);
  if (one !== undefined) return one;
  throw new UsageError(`No unfinished transfer is called ${quoted(which)}.`, 'p2p-copy resume lists them.');
}

async function ask(
  unfinished: readonly UnfinishedTransfer[],
  { terminal, signal }: Context,
): Promise<UnfinishedTransfer> {
  terminal.say(`Unfinished transfers:\n${unfinishedList(unfinished)}`);
  for (;;) {
    const answer = await terminal.ask('Which one to continue? [1] ', { signal });
    if (signal.aborted) throw new TransferError('interrupted');
    if (answer === null) throw new UsageError('None was named.', 'Name one: p2p-copy resume ID.');
    try {
      return found(answer === '' ? '1' : answer, unfinished);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      terminal.say(error.message);
    }
  }
}

function tellList(unfinished: readonly UnfinishedTransfer[], isJson: boolean, { terminal }: Context): void {
  if (!isJson) {
    terminal.output(`${unfinishedList(unfinished)}\n`);
    return;
  }
  for (const { transfer, heldBy } of unfinished) {
    const { id, role, title, updatedMs } = transfer;
    const places = transfer.role === 'send' ? transfer.paths : [transfer.out];
    const { names, files, bytes } = title;
    const line = {
      event: 'unfinished',
      transfer: id,
      role,
      accepted: hasBegun(transfer),
      names,
      files,
      bytes,
      places,
      updatedMs,
      process: heldBy,
    };
    terminal.outputJson(line);
  }
}
