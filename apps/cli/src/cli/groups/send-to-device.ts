// Sends to one of one's own devices: waits until it is there, asks it, and lets the ordinary transfer go on in the session with it.
import { DEFAULT_RECONNECT_TIMEOUT_MS, TransferError } from '@p2p-copy/core';
import { DeviceStore } from '../../state/devices/device-store.ts';
import { shown } from '../../wording/show-text.ts';
import { nextStep } from '../reports/next-step.ts';
import { chooseSenderReport, type ReportChoice } from '../runs/choose-report.ts';
import { continueTransfer } from '../runs/continue-transfer.ts';
import { KeptTransfer, openStore } from '../runs/kept-transfer.ts';
import { unfinishedSend } from '../runs/offer-unfinished.ts';
import { runSend, type SendCommandOptions } from '../runs/run-send.ts';
import type { Context } from '../terminal/context.ts';
import { EXIT, exitCodeOf } from '../terminal/exit-codes.ts';
import { type GroupRelay, type JoinedGroup, joinGroup, ownDevice } from './join-group.ts';
import { findMember, type GroupMember, labelOf, membersOf } from './members.ts';
import { ForkTeller, tellAway } from './tell-group.ts';

/** For a device that comes from an older room, once all others have answered. */
const APPEAR_MS = 1_500;

export interface SendToDevice {
  /** Names of the devices, as typed. */
  to: readonly string[];
  relay: GroupRelay;
  /** How long a device that is away is waited for; undefined: not at all. */
  waitMs: number | undefined;
  choice: ReportChoice;
  context: Context;
}

/**
 * One device after the other; the exit code is that of the first one that failed.
 * @param options without those of the relay
 * @throws UsageError for names of no device
 */
export async function sendToDevices(
  options: Omit<SendCommandOptions, 'relay'>,
  how: SendToDevice,
): Promise<number> {
  const store = new DeviceStore();
  const device = await ownDevice(store);
  const found = how.to.map((name) => findMember(device, name));
  // Named twice it gets it once.
  const members = [...new Map(found.map((member) => [member.key, member])).values()];
  const { context } = how;
  let exitCode: number = EXIT.done;
  const fork = new ForkTeller(how.choice, context.terminal);
  fork.tell(device);
  let joined: JoinedGroup | null = null;
  const group = await joinGroup(store, device, how.relay, {
    signal: context.signal,
    onEvent(event) {
      if (event.type === 'away') tellAway(event.why, how.choice, context.terminal);
      if (event.type === 'changed' && event.kind === 'fork') fork.tell(joined?.device ?? device);
    },
  });
  joined = group;
  try {
    for (const member of members) {
      const code = await sendToOne(group, member, options, how);
      if (exitCode === EXIT.done) exitCode = code;
      if (context.signal.aborted) break;
    }
    return exitCode;
  } finally {
    group.close();
  }
}

async function sendToOne(
  group: JoinedGroup,
  member: GroupMember,
  options: Omit<SendCommandOptions, 'relay'>,
  { waitMs, choice, context }: SendToDevice,
): Promise<number> {
  const { terminal, signal } = context;
  const { presence, ports, relay, caFile, tokenFor } = group;
  const label = labelOf(member, membersOf(group.device));
  const sendOptions: SendCommandOptions = {
    ...options,
    relay,
    relayToken: tokenFor,
    ...(caFile !== null && { caFile }),
    leaving: group.leaving(member.key),
    to: {
      key: member.key,
      ports,
      meet: (features) =>
        presence.meetToSend(member.publicKey, features, signal).catch((error: unknown) => {
          if (!(error instanceof TransferError) || error.code !== 'declined') throw error;
          // A command there says so: nobody was asked.
          const sentence = `${label} is there, and takes nothing from this device at the moment.`;
          throw new TransferError('declined', sentence, { cause: error });
        }),
    },
  };
  const transfers = openStore();
  const unfinished = await unfinishedSend(sendOptions, transfers, true, context);
  if (unfinished !== null) {
    const { reconnectTimeoutMs, limitRate } = options;
    return continueTransfer(unfinished, {
      ...choice,
      ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
      ...(limitRate !== undefined && { limitRate }),
      tokenFor: () => tokenFor,
      ...{ store: transfers, context },
    });
  }
  try {
    const limitMs = options.reconnectTimeoutMs ?? DEFAULT_RECONNECT_TIMEOUT_MS;
    await awaitDevice(group, member, label, { waitMs, limitMs, choice, context });
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    return failed(error, choice, context);
  }
  if (choice.json) terminal.outputJson({ event: 'device', name: member.name, key: member.key });
  else if (!choice.quiet) terminal.say(`To ${label}.`);
  const report = chooseSenderReport(terminal, relay, choice, { phase: 'review' });
  return runSend(sendOptions, report, new KeptTransfer(transfers, report), context);
}

async function awaitDevice(
  group: JoinedGroup,
  { publicKey }: GroupMember,
  label: string,
  {
    waitMs,
    limitMs,
    choice,
    context,
  }: Pick<SendToDevice, 'waitMs' | 'choice' | 'context'> & { limitMs: number },
): Promise<void> {
  if (!(await group.settled(limitMs))) throw new TransferError('relay-unreachable');
  if (await group.appears(publicKey, APPEAR_MS)) return;
  if (waitMs === undefined) throw new TransferError('device-away', `${label} is not there at the moment.`);
  if (!choice.json)
    context.terminal.say(`${label} is not there at the moment. Waiting for it; Ctrl-C stops.`);
  if (await group.appears(publicKey, waitMs)) return;
  throw new TransferError('device-away', `${label} did not come in time.`);
}

function failed(error: TransferError, choice: ReportChoice, { terminal }: Context): number {
  const { code, message } = error;
  if (choice.json) terminal.outputJson({ event: 'error', code, message });
  terminal.say(`${shown(message)}\n${nextStep(error, 'send')}`);
  return exitCodeOf(error, 'send');
}
