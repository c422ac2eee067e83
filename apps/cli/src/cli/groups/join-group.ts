// This process among the devices of its group: the device from the state folder, the relay where they see each other, and the rooms.
// What another process with the same folder changes is taken over while this one runs.
import {
  type DeviceOffer,
  type ErrorCode,
  type GroupEvent,
  GroupPresence,
  hexOf,
  TransferError,
} from '@p2p-copy/core';
import { createNodePorts, type NodePorts } from '../../node/node-ports.ts';
import { nodeClock } from '../../node/time/clock.ts';
import type { OwnDevice } from '../../state/devices/device-file.ts';
import { type DeviceStore, DevicesError } from '../../state/devices/device-store.ts';
import { followDevices, Membership } from '../../state/devices/follow-devices.ts';
import { momentNow } from '../../state/note-age.ts';
import { chooseToken, parseToken, type TokenFor } from '../runs/choose-token.ts';
import { openStore } from '../runs/kept-transfer.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { keepGroup } from './keep-group.ts';
import { keyOf } from './members.ts';

/** For the devices that are there to answer; one that was killed stays in the room for some seconds. */
const ANSWER_MS = 4_000;
/** For them to tell what they know of the group. */
const SYNC_MS = 10_000;
const SETTLE_STEP_MS = 20;

/** What was typed about the relay; what wasn't is as it was when this device was paired. */
export interface GroupRelay {
  relay?: string | undefined;
  relayToken?: string | undefined;
  /** The file of certificates to trust there. */
  trusted(relay: string): Promise<{ caFile?: string }>;
}

export interface GroupHooks {
  onEvent?(event: GroupEvent): void;
  /** @returns why it may not; null where it is taken up */
  onOffer?(offer: DeviceOffer): ErrorCode | null;
  signal: AbortSignal;
}

/** This process among its devices, until `close`. */
export interface JoinedGroup {
  /** As it is kept now. */
  readonly device: OwnDevice;
  readonly store: DeviceStore;
  readonly presence: GroupPresence;
  readonly ports: NodePorts;
  readonly relay: string;
  readonly caFile: string | null;
  readonly tokenFor: TokenFor;
  /**
   * Resolves when the room is entered, and who is there has had time to answer; false where it can't be entered in that time.
   * @throws TransferError why the rooms can't be entered; `interrupted`
   */
  settled(limitMs?: number): Promise<boolean>;
  /** Resolves once a device is there; false when the time is over. @throws TransferError as `settled` */
  appears(publicKey: Uint8Array, waitMs: number): Promise<boolean>;
  /** Aborted once the device of that key, in hex, or this one is no member any more. */
  leaving(key: string): AbortSignal;
  /** Rejects when this device can't be among them any more. Never resolves. */
  readonly lost: Promise<never>;
  close(): void;
}

/**
 * The device that the state folder holds, in a group.
 * @throws UsageError where it is in none
 */
export async function ownDevice(store: DeviceStore): Promise<OwnDevice> {
  const device = await readDevice(store);
  if (device?.group == null) {
    throw new UsageError(
      'This device is not paired with any other one yet.',
      'Run p2p-copy pair here, and p2p-copy pair CODE on the other device.',
    );
  }
  if (device.group.isOut) throw removedError();
  return device;
}

/** @throws UsageError for a file that can't be used */
export async function readDevice(store: DeviceStore): Promise<OwnDevice | null> {
  try {
    return await store.read();
  } catch (error) {
    throw asUsage(error);
  }
}

const REMOVED = 'This device was removed from its group by another one of your devices.';

/** An error of the file as one that is told before anything was done. */
export function asUsage(error: unknown): unknown {
  return error instanceof DevicesError ? new UsageError(error.message, error.next) : error;
}

/** @throws UsageError */
export function removedError(): UsageError {
  return new UsageError(REMOVED, 'To be in it again, run p2p-copy pair on both.');
}

/**
 * Enters the rooms of this device's group.
 * @throws UsageError; TransferError for a file of certificates that can't be used
 */
export async function joinGroup(
  store: DeviceStore,
  first: OwnDevice,
  { relay: given, relayToken, trusted }: GroupRelay,
  { onEvent = () => {}, onOffer = () => 'device-idle', signal }: GroupHooks,
): Promise<JoinedGroup> {
  // What can't be kept is told before anybody is met.
  openStore();
  let device = first;
  const membership = new Membership(first);
  const relay = given ?? device.relay!;
  const { caFile = device.caFile ?? undefined } = await trusted(relay);
  const tokenFor = chooseToken(relayToken === undefined ? undefined : parseToken(relayToken), relay);
  const ports = await createNodePorts({ caFile, tokenFor });
  let enteredMs: number | null = null;
  let failure: { error: unknown } | null = null;
  let reject: (error: unknown) => void = () => {};
  const lost = new Promise<never>((_resolve, rejectLost) => {
    reject = rejectLost;
  });
  const fail = (error: unknown) => {
    failure ??= { error };
    reject(error);
  };
  // Whoever doesn't wait for it hears of it otherwise.
  lost.catch(() => {});
  const { clock, bulk } = ports;
  const presence = new GroupPresence(
    { rooms: ports.roomsAt(relay), rendezvous: ports.rendezvousAt(relay), clock, ...(bulk && { bulk }) },
    {
      key: keyOf(device),
      kind: 'terminal',
      name: device.name,
      group: device.group!,
      now: momentNow,
      async keep(group) {
        device = { ...device, group: await keepGroup(store, group) };
        membership.note(device);
        expectIn();
        return device.group!;
      },
      onEvent(event) {
        if (event.type === 'entered') enteredMs = nodeClock.nowMs();
        if (event.type === 'ended') fail(event.why);
        onEvent(event);
      },
      onOffer,
    },
  );
  function expectIn(): void {
    if (device.group!.isOut) fail(new TransferError('not-in-group', REMOVED));
  }
  const interrupt = () => fail(new TransferError('interrupted'));
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  const stopLooking = followDevices(store, async (kept) => {
    const isSame = kept !== null && hexOf(kept.seed) === hexOf(device.seed);
    membership.note(isSame ? kept : null);
    if (!isSame || kept.group === null) return fail(new TransferError('group-changed'));
    device = kept;
    expectIn();
    await presence.adopt(kept.group);
  });
  await presence.start();
  const until = async (isReached: () => boolean, limitMs: number): Promise<boolean> => {
    const untilMs = nodeClock.nowMs() + limitMs;
    // Not raced against `lost` in each step: that would hold the memory of them all for as long as it is waited.
    for (;;) {
      if (failure !== null) throw failure.error;
      if (isReached()) return true;
      if (nodeClock.nowMs() >= untilMs) return false;
      await new Promise<void>((resolve) => nodeClock.after(SETTLE_STEP_MS, resolve));
    }
  };
  const entered = (limitMs = Number.POSITIVE_INFINITY) => until(() => enteredMs !== null, limitMs);
  return {
    ...{ store, presence, ports, relay, tokenFor, lost },
    caFile: caFile ?? null,
    leaving: (key) => membership.leaving(key),
    get device() {
      return device;
    },
    async settled(limitMs) {
      if (!(await entered(limitMs))) return false;
      await until(() => presence.haveAllAnswered, ANSWER_MS);
      await until(() => !presence.isSyncing, SYNC_MS);
      return true;
    },
    async appears(publicKey, waitMs) {
      await entered();
      return until(() => presence.isThere(publicKey), waitMs);
    },
    close() {
      stopLooking();
      signal.removeEventListener('abort', interrupt);
      presence.close();
    },
  };
}
