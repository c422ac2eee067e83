// Receives what one's own devices send: is among them, takes up one offer at a time, and lets the ordinary transfer go on in the session
// with whoever sends.
import { type DeviceOffer, type ErrorCode, hexOf, TransferError } from '@p2p-copy/core';
import { DeviceStore } from '../../state/devices/device-store.ts';
import type { ReviewWishes } from '../../state/stored-transfer.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { nextStep } from '../reports/next-step.ts';
import { chooseReceiverReport, type ReportChoice } from '../runs/choose-report.ts';
import { KeptTransfer, openStore } from '../runs/kept-transfer.ts';
import { reviewByWishes } from '../runs/review-by-wishes.ts';
import { type ReceiveCommandOptions, runReceive } from '../runs/run-receive.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-codes.ts';
import { type GroupRelay, joinGroup, ownDevice } from './join-group.ts';
import { findMember, type GroupMember, labelOf, membersOf } from './members.ts';

/** In place of a name: every device of one's own. */
const ANY = 'any';

export interface ReceiveFromDevice {
  /** Names of devices as typed, or ANY. */
  from: readonly string[];
  relay: GroupRelay;
  wishes: ReviewWishes;
  /** Whether it goes on after one transfer. */
  stays: boolean;
  choice: ReportChoice;
  context: Context;
}

/**
 * Waits for one transfer; with `stays` for one after the other, until it is stopped.
 * @param options of each transfer
 * @throws UsageError for names of no device
 */
export async function receiveFromDevices(
  options: Omit<ReceiveCommandOptions, 'relay' | 'accept'>,
  { from, relay: groupRelay, wishes, stays, choice, context }: ReceiveFromDevice,
): Promise<number> {
  const { terminal, signal } = context;
  const isSilent = choice.json === true || choice.quiet === true;
  const store = new DeviceStore();
  const device = await ownDevice(store);
  const isAny = from.includes(ANY);
  const wanted = new Set(isAny ? [] : from.map((name) => findMember(device, name).key));
  const mayAsk = terminal.isInteractive && !wishes.yes;
  let take: ((offer: DeviceOffer) => void) | null = null;

  /** Whether the offer is to be taken up here, before anything of it is known. */
  function answer(offer: DeviceOffer): ErrorCode | null {
    const key = hexOf(offer.publicKey);
    const isNamed = wanted.has(key);
    if (!isAny && !isNamed) return 'declined';
    // A page is always asked about, and a device that another one added until its person here has named it.
    const { group: kept } = group.device;
    const mayByRule = kept?.mayAcceptByRule(offer.publicKey) === true;
    const isTrusted = mayByRule && (isNamed || kept?.isIntroduced(offer.publicKey) === false);
    if (!mayAsk && !isTrusted) return 'declined';
    if (take === null) return 'device-busy';
    take(offer);
    take = null;
    return null;
  }

  const group = await joinGroup(store, device, groupRelay, {
    signal,
    onOffer: answer,
    onEvent(event) {
      if (event.type === 'away' && !isSilent)
        terminal.say('The relay cannot be reached at the moment. Trying on; Ctrl-C stops.');
      if (event.type === 'away' && choice.json) terminal.outputJson({ event: 'away', code: event.why.code });
    },
  });
  try {
    for (;;) {
      const offered = new Promise<DeviceOffer>((resolve) => {
        take = resolve;
      });
      await group.settled();
      tellWaiting();
      const offer = await Promise.race([offered, group.lost]);
      const exitCode = await receiveOne(offer);
      if (!stays || signal.aborted) return exitCode;
    }
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    if (choice.json) terminal.outputJson({ event: 'error', code: error.code, message: error.message });
    if (error.code === 'interrupted' && stays) return EXIT.interrupted;
    terminal.say(`${shown(error.message)}\n${nextStep(error, 'receive')}`);
    return exitCodeOf(error, 'receive');
  } finally {
    group.close();
  }

  function tellWaiting(): void {
    const members = membersOf(group.device);
    const names = members.filter(({ key }) => wanted.has(key)).map((member) => labelOf(member, members));
    const whom = isAny ? 'any of your devices' : names.join(', ');
    const own = members.find(({ isOwn }) => isOwn)!;
    if (choice.json) terminal.outputJson({ event: 'waiting', name: own.name });
    else if (!choice.quiet) terminal.say(`Waiting for ${whom} to send to ${quoted(own.name)}; Ctrl-C stops.`);
  }

  async function receiveOne({ publicKey, meet }: DeviceOffer): Promise<number> {
    const members = membersOf(group.device);
    const key = hexOf(publicKey);
    const sender = members.find((member) => member.key === key)!;
    tellSender(sender, members);
    const { ports, relay, caFile } = group;
    const report = chooseReceiverReport(terminal, choice, { phase: 'review' });
    const receiving = async (): Promise<ReceiveCommandOptions> => ({
      ...options,
      relay,
      ...(caFile !== null && { caFile }),
      ...reviewByWishes(wishes, context, isSilent),
      from: { key, ports, meet },
      signal,
    });
    return runReceive(receiving, report, new KeptTransfer(openStore(), report), context);
  }

  function tellSender(sender: GroupMember, members: readonly GroupMember[]): void {
    const { name, key, addedBy } = sender;
    if (choice.json) terminal.outputJson({ event: 'device', name, key });
    else if (!choice.quiet) {
      const introduced = addedBy === null ? '' : `, which ${quoted(addedBy)} has added,`;
      terminal.say(`${labelOf(sender, members)}${introduced} sends.`);
    }
  }
}
