// Receives what one's own devices send: is among them, takes up one offer at a time, and lets the ordinary transfer go on in the session
// with whoever sends.
import { type DeviceOffer, hexOf, TransferError } from '@p2p-copy/core';
import { nodeClock } from '../../node/time/clock.ts';
import { DeviceStore } from '../../state/devices/device-store.ts';
import type { ReviewWishes } from '../../state/stored-transfer.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { nextStep } from '../reports/next-step.ts';
import { chooseReceiverReport, type ReportChoice } from '../runs/choose-report.ts';
import { KeptTransfer, openStore } from '../runs/kept-transfer.ts';
import { endingBy } from '../runs/met-device.ts';
import { reviewByWishes, whileTrusted } from '../runs/review-by-wishes.ts';
import { type ReceiveCommandOptions, runReceive } from '../runs/run-receive.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-codes.ts';
import { type GroupRelay, type JoinedGroup, joinGroup, ownDevice } from './join-group.ts';
import { ANY, findMember, type GroupMember, labelOf, membersOf } from './members.ts';
import { OfferDesk } from './offer-desk.ts';
import { ForkTeller, tellAway } from './tell-group.ts';

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
  const named = new Set(from.filter((name) => name !== ANY).map((name) => findMember(device, name).key));
  const mayAsk = terminal.isInteractive && !wishes.yes;
  const fork = new ForkTeller(choice, terminal);
  const { nowMs } = nodeClock;
  // Others may ask while the rooms are being entered.
  let joined: JoinedGroup | null = null;
  const own = () => joined?.device ?? device;
  const desk = new OfferDesk({ isAny, named, mayAsk, device: own, nowMs });
  const group = await joinGroup(store, device, groupRelay, {
    signal,
    onOffer: (offer) => desk.answer(offer),
    onEvent(event) {
      if (event.type === 'away') tellAway(event.why, choice, terminal);
      if (event.type === 'changed' && event.kind === 'fork') fork.tell(own());
    },
  });
  joined = group;
  try {
    const lastLeft = isAny ? group.lost : allLeft([...named].map((key) => group.leaving(key)));
    for (;;) {
      const offered = desk.next();
      // Whoever asks meanwhile isn't kept waiting.
      await Promise.race([group.settled(), offered]);
      fork.tell(group.device);
      tellWaiting();
      const offer = await Promise.race([offered, group.lost, lastLeft]);
      const exitCode = await receiveOne(offer);
      if (exitCode !== null && (!stays || signal.aborted)) return exitCode;
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
    const names = members.filter(({ key }) => named.has(key)).map((member) => labelOf(member, members));
    const whom = isAny ? 'any of your devices' : names.join(', ');
    const { name } = group.device;
    if (choice.json) terminal.outputJson({ event: 'waiting', name });
    else if (!choice.quiet) terminal.say(`Waiting for ${whom} to send to ${quoted(name)}; Ctrl-C stops.`);
  }

  /** The exit code; null where it came to no transfer, which is told. */
  async function receiveOne({ publicKey, meet }: DeviceOffer): Promise<number | null> {
    const members = membersOf(group.device);
    const key = hexOf(publicKey);
    const sender = members.find((member) => member.key === key);
    if (sender === undefined) {
      if (!isSilent) terminal.say('The device that was to send was removed from your devices meanwhile.');
      return null;
    }
    tellSender(sender, members);
    const { ports, relay, caFile } = group;
    const report = chooseReceiverReport(terminal, choice, { phase: 'review' });
    const leaving = group.leaving(key);
    const reviewing = { ...context, signal: endingBy(signal, leaving).signal! };
    const receiving = async (): Promise<ReceiveCommandOptions> => ({
      ...options,
      relay,
      ...(caFile !== null && { caFile }),
      // What the meeting has told of the group counts.
      ...whileTrusted(reviewByWishes(wishes, reviewing, isSilent), () => desk.mayTake(publicKey)),
      from: { key, ports, meet, unmet },
      leaving,
      signal,
    });
    let isMet = true;
    const unmet = async () => {
      isMet = false;
      return EXIT.done;
    };
    const exitCode = await runReceive(receiving, report, new KeptTransfer(openStore(), report), context);
    desk.note(publicKey, isMet);
    if (isMet) return exitCode;
    if (choice.json) terminal.outputJson({ event: 'unmet', name: sender.name, key });
    else if (!choice.quiet) terminal.say(`${labelOf(sender, members)} asked to send, and did not come.`);
    return null;
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

/** Rejects when nobody of those that are waited for is one's own any more. Never resolves. */
function allLeft(leaving: readonly AbortSignal[]): Promise<never> {
  const left = leaving.map((signal) => {
    if (signal.aborted) return Promise.resolve();
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  });
  const all = Promise.all(left).then(() => {
    throw new TransferError(
      'not-in-group',
      'Nobody is left to wait for: none of these devices is yours any more.',
    );
  });
  all.catch(() => {});
  return all;
}
