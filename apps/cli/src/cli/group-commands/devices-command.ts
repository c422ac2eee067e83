// `p2p-copy devices`: who is in the group, who is there; `rename`.
import { type DeviceKind, type GroupEvent, hexOf, TransferError } from '@p2p-copy/core';
import { Argument, type Command } from 'commander';
import { DeviceStore } from '../../state/devices/device-store.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { addRelayOptions, groupRelay, type RelayChoice } from '../commands/group-relay.ts';
import {
  asUsage,
  type JoinedGroup,
  joinGroup,
  ownDevice,
  readDevice,
  removedError,
} from '../groups/join-group.ts';
import { changeGroup } from '../groups/keep-group.ts';
import { findMember, type GroupMember, labelOf, membersOf, shortKey } from '../groups/members.ts';
import { parseName } from '../groups/own-name.ts';
import { forkInWords, forkOf } from '../groups/tell-group.ts';
import { nextStep } from '../reports/next-step.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-codes.ts';

interface Options extends RelayChoice {
  watch?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
Names are this device's own: they stay as they were when the devices were paired, whatever a device calls itself later.
Two with one name are told apart by their keys; key:3f2a91bc stands for a name anywhere.

A device is there while p2p-copy runs on it among its devices, such as p2p-copy receive --from any.

Examples:
  p2p-copy devices
  p2p-copy devices --watch
  p2p-copy devices rename laptop "old laptop"`;

export function addDevicesCommand(program: Command, context: Context, finish: Finish): void {
  const devices = program
    .command('devices')
    .description('List your paired devices, and which of them are there.')
    .option('--watch', 'go on, and tell who comes and goes')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
  addRelayOptions(devices);
  devices
    .command('rename')
    .description('Give one of your devices another name, on this one.')
    .argument('<device>', 'its name, or key: and the beginning of its key')
    .argument('<name>', 'the new name')
    .action(async (device: string, name: string) => finish(await rename(device, name, context)));
  devices
    .command('settle')
    .description('Say which of two lists of your devices is right, where this command tells of two.')
    .addArgument(
      new Argument('<which>', 'the list of this device, or that of the other one').choices([MINE, THEIRS]),
    )
    .action(async (which: string) => finish(await settle(which, context)));
}

const MINE = 'mine';
const THEIRS = 'theirs';

async function run(options: Options, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const { json = false, watch = false } = options;
  const store = new DeviceStore();
  const kept = await readDevice(store);
  if (kept?.group == null && !watch) {
    if (json) terminal.outputJson({ event: 'devices', devices: [] });
    else
      terminal.say(
        'This device is not paired with any other one yet.\nRun p2p-copy pair here, and p2p-copy pair CODE on the other device.',
      );
    return EXIT.done;
  }
  const device = await ownDevice(store);
  const kinds = new Map<string, DeviceKind>();
  let isListed = false;
  let giveUp: (why: TransferError) => void = () => {};
  const unreachable = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  unreachable.catch(() => {});
  const group = await joinGroup(store, device, groupRelay(options), {
    signal,
    onEvent(event) {
      if (event.type === 'there') kinds.set(hexOf(event.publicKey), event.kind);
      if (event.type === 'away' && !watch) giveUp(event.why);
      if (isListed || event.type === 'away') tell(event);
    },
  });
  try {
    await Promise.race([group.settled(), unreachable]);
    list(group);
    isListed = true;
    if (watch) await group.lost;
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    if (error.code === 'interrupted') return watch && isListed ? EXIT.done : EXIT.interrupted;
    if (json) terminal.outputJson({ event: 'error', code: error.code, message: error.message });
    else if (!isListed) list(group, false);
    terminal.say(`${shown(error.message)}\n${nextStep(error, 'receive')}`);
    return exitCodeOf(error, 'receive');
  } finally {
    group.close();
  }

  function list({ device: own, presence }: JoinedGroup, isKnown = true): void {
    const rows = membersOf(own).map((member) => ({
      ...member,
      isThere: isKnown && (member.isOwn || presence.isThere(member.publicKey)),
      kind: kinds.get(member.key) ?? null,
    }));
    const forked = forkOf(own);
    if (json)
      terminal.outputJson({
        event: 'devices',
        devices: rows.map(rowInJson),
        ...(forked && { fork: forked }),
      });
    else terminal.output(tableOf(rows, isKnown));
    const fork = forkInWords(own);
    if (fork !== null && !json) terminal.say(fork);
  }

  function tell(event: GroupEvent): void {
    if (event.type === 'there' || event.type === 'gone') {
      const members = membersOf(group.device);
      const key = hexOf(event.publicKey);
      const member = members.find((each) => each.key === key) ?? { key, name: shortKey(key) };
      const said = { name: member.name, key };
      if (json)
        terminal.outputJson(
          event.type === 'there' ? { event: 'there', ...said } : { event: 'gone', ...said },
        );
      else
        terminal.output(`${labelOf(member, members)} ${event.type === 'there' ? 'is there' : 'has gone'}.\n`);
    }
    if (event.type === 'away') {
      if (json) terminal.outputJson({ event: 'away', code: event.why.code });
      else if (watch) terminal.say('The relay cannot be reached at the moment. Trying on; Ctrl-C stops.');
    }
    if (event.type === 'changed') list(group);
  }
}

interface Row extends GroupMember {
  isThere: boolean;
  kind: DeviceKind | null;
}

const STATES = { own: 'this device', there: 'there', away: 'away', unknown: 'not known' } as const;
const KINDS: Record<DeviceKind, string> = {
  terminal: 'terminal',
  page: 'page',
  daemon: 'daemon',
  untold: '',
};

function tableOf(rows: readonly Row[], isKnown: boolean): string {
  const cells = rows.map((row) => {
    const state = row.isOwn ? 'own' : row.isThere ? 'there' : isKnown ? 'away' : 'unknown';
    const kind = row.kind === null ? '' : KINDS[row.kind];
    const unpaired = row.isPaired ? '' : 'not paired here';
    const note = row.addedBy === null ? unpaired : `added by ${quoted(row.addedBy)}`;
    return [quoted(row.name), STATES[state], `key:${shortKey(row.key, rows)}`, kind, note];
  });
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function rowInJson({ name, key, isOwn, isThere, kind, deviceClass, isPaired, addedBy }: Row): object {
  return { name, key, isOwn, isThere, ...(kind && { kind }), class: deviceClass, isPaired, addedBy };
}

async function rename(given: string, typed: string, { terminal }: Context): Promise<number> {
  const store = new DeviceStore();
  const device = await ownDevice(store);
  const name = parseName(typed);
  const member = findMember(device, given);
  try {
    await changeGroup(store, async (group) => {
      group.rename(member.publicKey, name);
      return [];
    });
  } catch (error) {
    throw asUsage(error);
  }
  terminal.say(`${labelOf(member, membersOf(device))} is called ${quoted(name)} on this device from now on.`);
  return EXIT.done;
}

async function settle(which: string, { terminal }: Context): Promise<number> {
  const store = new DeviceStore();
  const { group } = await ownDevice(store);
  if (group!.fork === null) {
    terminal.say('There is one list of your devices: nothing is to be settled.');
    return EXIT.done;
  }
  try {
    const device = await changeGroup(store, async (kept) => {
      return kept.fork === null ? [] : kept.settle(which === THEIRS ? 'theirs' : 'own');
    });
    if (device.group!.isOut) throw removedError();
    terminal.output(
      tableOf(
        membersOf(device).map((member) => ({ ...member, isThere: false, kind: null })),
        false,
      ),
    );
    terminal.say('This is the list from now on. Say the same on each of these devices that tells of two.');
    return EXIT.done;
  } catch (error) {
    throw asUsage(error);
  }
}
