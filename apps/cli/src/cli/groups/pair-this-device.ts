// Pairs this device with another one: meets it by a code, has both people compare words, and keeps the group before the other device
// is told that it is kept.
import { randomBytes } from 'node:crypto';
import {
  hexOf,
  type OwnGroup,
  type PairEvent,
  type Paired,
  type PairQuestion,
  pairByCode,
  TransferError,
} from '@p2p-copy/core';
import { createNodePorts } from '../../node/node-ports.ts';
import { newDevice, type OwnDevice } from '../../state/devices/device-file.ts';
import type { DeviceStore } from '../../state/devices/device-store.ts';
import type { TransferStore } from '../../state/transfer-store.ts';
import type { TokenFor } from '../runs/choose-token.ts';
import { openStore } from '../runs/kept-transfer.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { type Comparison, compareWords } from './compare-words.ts';
import { asUsage } from './join-group.ts';
import { forgetTransfers } from './keep-group.ts';
import { keyOf } from './members.ts';
import { defaultName } from './own-name.ts';

export interface PairThisDevice {
  store: DeviceStore;
  /** The one to enter; null to show one. */
  code: string | null;
  /** Of this device; null for the one that it has. */
  name: string | null;
  relay: string;
  caFile: string | null;
  tokenFor: TokenFor;
  words?: number;
  waitMs?: number;
  reconnectTimeoutMs?: number;
  signal: AbortSignal;
  onEvent(event: PairEvent): void;
  /** The other device is known, and its person and this one's are to compare words. */
  onQuestion(question: PairQuestion, own: OwnDevice): void;
  onConfirmed(): void;
  comparison: Comparison;
}

/**
 * @throws UsageError for a file that can't be used, or while another process pairs; DevicesError; TransferError those of
 * `pairByCode`; `group-changed`
 */
export async function pairThisDevice(options: PairThisDevice): Promise<Paired & { device: OwnDevice }> {
  const { store } = options;
  const hold = holdPairing(store);
  try {
    return await pair(options);
  } finally {
    hold.release();
  }
}

async function pair(options: PairThisDevice): Promise<Paired & { device: OwnDevice }> {
  const { store, code, relay, caFile, tokenFor, words, waitMs, reconnectTimeoutMs, signal } = options;
  // What can't be forgotten is told before anything has changed.
  const transfers = openStore();
  let device = await madeDevice(store, options.name);
  const key = keyOf(device);
  // Who was removed begins anew.
  const group = device.group?.isOut === true ? null : device.group;
  const headBefore = group?.chain.head ?? null;
  let peer: PairQuestion['peer'] | null = null;
  const paired = await pairByCode(await createNodePorts({ caFile: caFile ?? undefined, tokenFor }), {
    ...{ relayUrl: relay, code, key, group, signal },
    own: { deviceClass: 'full', kind: 'terminal', name: device.name },
    ...(words !== undefined && { words }),
    ...(waitMs !== undefined && { waitMs }),
    ...(reconnectTimeoutMs !== undefined && { reconnectTimeoutMs }),
    onEvent: options.onEvent,
    async confirm(question, gone) {
      peer = question.peer;
      options.onQuestion(question, device);
      const answer = await compareWords(question, options.comparison, gone);
      if (answer.isSame) options.onConfirmed();
      return answer;
    },
    async keep(next) {
      device = await keepPaired(store, next, headBefore, peer!.publicKey, { relay, caFile }, transfers);
    },
  });
  return { ...paired, device };
}

/** What pairing has made of the group takes the place of what is kept, unless another process has changed that meanwhile. */
async function keepPaired(
  store: DeviceStore,
  next: OwnGroup,
  headBefore: Uint8Array | null,
  peer: Uint8Array,
  place: Pick<OwnDevice, 'relay' | 'caFile'>,
  transfers: TransferStore,
): Promise<OwnDevice> {
  let removed: string[] = [];
  const device = await store.update(async (kept) => {
    if (kept === null) throw new TransferError('group-changed');
    const present = kept.group === null || kept.group.isOut ? null : kept.group;
    if (headBefore === null || present === null) {
      if (headBefore !== null || present !== null) throw new TransferError('group-changed');
      return { ...kept, ...place, group: next };
    }
    const before = [...present.chain.members.keys()];
    const { kind, removed: gone } = present.absorb(next);
    if (kind === 'fork' || kind === 'foreign' || kind === 'settled-before')
      throw new TransferError('group-changed');
    const name = next.nameOf(peer);
    if (present.chain.member(peer) !== null) {
      present.notePaired(peer);
      if (name !== null && present.nameOf(peer) !== name) present.rename(peer, name);
    }
    removed = present.isOut ? before : gone.map(({ publicKey }) => hexOf(publicKey));
    return { ...kept, ...place };
  });
  forgetTransfers(removed, transfers);
  return device;
}

/** This device, made when it isn't there yet; under another name where one was chosen. */
async function madeDevice(store: DeviceStore, name: string | null): Promise<OwnDevice> {
  try {
    const kept = await store.read();
    if (kept !== null && (name === null || name === kept.name)) return kept;
    return await store.update(async (before) => {
      const device = before ?? newDevice(new Uint8Array(randomBytes(32)), name ?? defaultName());
      return name === null ? device : { ...device, name };
    });
  } catch (error) {
    throw asUsage(error);
  }
}

/** @throws UsageError */
function holdPairing(store: DeviceStore): { release(): void } {
  let lock: ReturnType<DeviceStore['hold']>;
  try {
    lock = store.hold('pairing');
  } catch (error) {
    throw asUsage(error);
  }
  if (!('heldBy' in lock)) return lock;
  throw new UsageError(
    `Process ${lock.heldBy} is pairing this device already.`,
    'Wait until it ends, or stop it; one device is paired at a time.',
  );
}
