// `p2p-copy unpair`: a device removed from the group, or this one's own group forgotten here.
import { TransferError } from '@p2p-copy/core';
import type { Command } from 'commander';
import { DeviceStore, DevicesError } from '../../state/devices/device-store.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { addRelayOptions, groupRelay, type RelayChoice } from '../commands/group-relay.ts';
import { asUsage, joinGroup, ownDevice, readDevice } from '../groups/join-group.ts';
import { changeGroup, forgetTransfers } from '../groups/keep-group.ts';
import { findMember, type GroupMember, keyOf, labelOf, membersOf } from '../groups/members.ts';
import { signalOrAnswer } from '../prompts/ask-person.ts';
import { nextStep } from '../reports/next-step.ts';
import { openStore } from '../runs/kept-transfer.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, exitCodeOf, UsageError } from '../terminal/exit-codes.ts';

interface Options extends RelayChoice {
  yes?: boolean;
  this?: boolean;
  json?: boolean;
}

const NAMES_SHOWN = 10;

/** For the relay to be reached; what it misses is told later. */
const TELL_MS = 10_000;

const AFTER_HELP = `
A removed device sees none of the others that have heard of it, gets nothing from them, and can send them nothing; what runs with it
ends. Those that are there are told now, and it is itself; one that is away learns it when it meets one that knows, and is told here by
name. What was sent to it before stays on it.

--this is for a device that you give away, or that is to be paired into another group: its key and its group are deleted here.
The others don't know of that: unpair it on one of them, too.

Examples:
  p2p-copy unpair "lost phone"
  p2p-copy unpair --this`;

export function addUnpairCommand(program: Command, context: Context, finish: Finish): void {
  const unpair = program
    .command('unpair')
    .description('Remove one of your devices from the group.')
    .argument('[device]', 'its name, or key: and the beginning of its key')
    .option('-y, --yes', 'do not ask')
    .option('--this', 'forget the group on this device')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', AFTER_HELP)
    .action(async (device: string | undefined, options: Options) =>
      finish(await run(device, options, context)),
    );
  addRelayOptions(unpair);
}

async function run(given: string | undefined, options: Options, context: Context): Promise<number> {
  if ((given === undefined) !== (options.this === true))
    throw new UsageError(
      'Which device is to be removed?',
      'Name one of p2p-copy devices, or this one with --this.',
    );
  return given === undefined ? forgetThis(options, context) : remove(given, options, context);
}

async function remove(given: string, options: Options, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const store = new DeviceStore();
  const device = await ownDevice(store);
  const member = findMember(device, given);
  const label = labelOf(member, membersOf(device));
  if (!device.group!.mayChange)
    throw new UsageError('This device may not remove others.', 'Do it on one that has the p2p-copy command.');
  await expectYes(`Remove ${label} from your devices? [y/N] `, options, context);
  const group = await joinGroup(store, device, groupRelay(options), { signal });
  try {
    const isMet = await group.settled(TELL_MS).catch((error: unknown) => {
      if (!(error instanceof TransferError) || error.code === 'interrupted') throw error;
      return false;
    });
    const changed = await changeGroup(store, async (kept) =>
      kept.chain.member(member.publicKey) === null ? [] : kept.remove(keyOf(device), member.publicKey),
    );
    const others = membersOf(changed).filter(({ isOwn }) => !isOwn);
    // It is done, whatever becomes of telling it.
    if (options.json) {
      const { name, key } = member;
      terminal.outputJson({ event: 'unpaired', name, key, devices: others.length + 1 });
    } else terminal.say(`${label} is none of your devices any more.`);
    const { told } = await group.presence.change(changed.group!, signal);
    const untold = others.filter(({ key }) => !told.has(key));
    if (options.json) terminal.outputJson(toldInJson(others, untold, told.has(member.key)));
    else for (const sentence of toldInWords(untold, told.has(member.key), isMet)) terminal.say(sentence);
    return signal.aborted ? EXIT.interrupted : EXIT.done;
  } catch (error) {
    return tellFailure(asUsage(error), options, context);
  } finally {
    group.close();
  }
}

/** Who has heard of a removal. */
export function toldInWords(untold: readonly GroupMember[], isTold: boolean, isMet: boolean): string[] {
  const sentences = isTold ? ['It was told so.'] : [];
  if (untold.length === 0) return sentences;
  const names = untold.slice(0, NAMES_SHOWN).map((each) => labelOf(each, untold));
  const more = untold.length > names.length ? ` and ${untold.length - names.length} more` : '';
  const when = isMet
    ? 'They learn so when they meet one that knows'
    : 'The relay could not be reached: they learn so when this device is among them again, such as with p2p-copy devices';
  return [
    ...sentences,
    `Not told yet: ${names.join(', ')}${more}. ${when}; until then they see it as before.`,
  ];
}

function toldInJson(others: readonly GroupMember[], untold: readonly GroupMember[], isTold: boolean): object {
  const row = ({ name, key }: GroupMember) => ({ name, key });
  const told = others.filter((each) => !untold.includes(each));
  return { event: 'told', removed: isTold, told: told.map(row), untold: untold.map(row) };
}

/** @throws what isn't an end of this command */
export function tellFailure(
  error: unknown,
  { json }: Options,
  { terminal }: Pick<Context, 'terminal'>,
): number {
  if (!(error instanceof TransferError) || error.code === 'interrupted') throw error;
  const { code } = error;
  const isFull = code === 'limit-exceeded';
  const sentence = isFull
    ? 'The list of your devices has been changed as often as it can be, so nobody can be removed from it any more.'
    : error.message;
  const next = isFull
    ? 'Run p2p-copy unpair --this on each device that stays yours, then pair them anew.'
    : nextStep(error, 'send');
  if (json) terminal.outputJson({ event: 'error', code, message: sentence });
  terminal.say(`${shown(sentence)}\n${next}`);
  return exitCodeOf(error, 'send');
}

async function forgetThis(options: Options, context: Context): Promise<number> {
  const { terminal } = context;
  const store = new DeviceStore();
  const device = await readDevice(store);
  if (device === null) {
    terminal.say('This device is not paired: there is nothing to forget.');
    return EXIT.done;
  }
  const members = membersOf(device);
  const others = Math.max(0, members.length - 1);
  const paired = others === 0 ? '' : `${counted(others, 'paired device')}, and `;
  // What can't be forgotten is told before anything has changed.
  const transfers = openStore();
  await expectYes(`Forget ${paired}the key of this one (${quoted(device.name)})? [y/N] `, options, context);
  try {
    const hold = store.hold('pairing');
    if ('heldBy' in hold)
      throw new DevicesError(`Process ${hold.heldBy} is pairing this device.`, 'Stop it first.');
    try {
      await store.forget();
    } finally {
      hold.release();
    }
  } catch (error) {
    throw asUsage(error);
  }
  forgetTransfers(
    members.map(({ key }) => key),
    transfers,
  );
  if (options.json) terminal.outputJson({ event: 'forgotten' });
  else terminal.say('This device has forgotten its group. Unpair it on another one of your devices, too.');
  return EXIT.done;
}

/** @throws UsageError after a no, and where nobody can be asked */
async function expectYes(question: string, { yes }: Options, { terminal, signal }: Context): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive)
    throw new UsageError('There is no terminal to ask.', 'Add --yes to do it without asking.');
  const answer = (await terminal.ask(question, { signal }))?.toLowerCase();
  signalOrAnswer(signal);
  if (answer !== 'y' && answer !== 'yes')
    throw new UsageError('Nothing was changed.', 'p2p-copy devices lists your devices.');
}
