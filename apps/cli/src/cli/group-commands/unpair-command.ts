// `p2p-copy unpair`: a device removed from the group, or this one's own group forgotten here.
import { rmSync } from 'node:fs';
import { TransferError } from '@p2p-copy/core';
import type { Command } from 'commander';
import { DeviceStore, DevicesError } from '../../state/devices/device-store.ts';
import { quoted } from '../../wording/show-text.ts';
import { addRelayOptions, groupRelay, type RelayChoice } from '../commands/group-relay.ts';
import { asUsage, joinGroup, ownDevice, readDevice } from '../groups/join-group.ts';
import { changeGroup, forgetTransfers } from '../groups/keep-group.ts';
import { findMember, keyOf, labelOf, membersOf } from '../groups/members.ts';
import { signalOrAnswer } from '../prompts/ask-person.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';

interface Options extends RelayChoice {
  yes?: boolean;
  this?: boolean;
  json?: boolean;
}

/** For the relay to be reached; what it misses is told later. */
const TELL_MS = 10_000;

const AFTER_HELP = `
A removed device sees none of the others any more, gets nothing from them, and can send them nothing. The others learn so, and it
does itself if it is there now; a device that is away learns it when it comes back. What was sent to it before stays on it.

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
    const { told } = await group.presence.change(changed.group!, signal);
    const others = membersOf(changed).filter(({ isOwn }) => !isOwn).length;
    if (options.json)
      terminal.outputJson({ event: 'unpaired', name: member.name, key: member.key, devices: others + 1 });
    else {
      terminal.say(
        `${label} is none of your devices any more${told.has(member.key) ? ', and was told so' : ''}.`,
      );
      if (!isMet)
        terminal.say(
          'The relay could not be reached: the others learn so when this device is among them again, such as with p2p-copy devices.',
        );
      else if (others > 0)
        terminal.say('Those of the others that are away learn so when they meet one that knows.');
    }
    return EXIT.done;
  } catch (error) {
    throw asUsage(error);
  } finally {
    group.close();
  }
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
  await expectYes(
    `Forget ${members.length - 1} paired devices, and the key of this one (${quoted(device.name)})? [y/N] `,
    options,
    context,
  );
  try {
    const hold = store.hold('pairing');
    if ('heldBy' in hold)
      throw new DevicesError(`Process ${hold.heldBy} is pairing this device.`, 'Stop it first.');
    rmSync(store.path, { force: true });
    hold.release();
  } catch (error) {
    throw asUsage(error);
  }
  forgetTransfers(members.map(({ key }) => key));
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
