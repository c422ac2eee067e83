// A transfer with a device that was removed: it ends, and nothing is left by which it could go on.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deviceKeyOf, hexOf, OwnGroup } from '@p2p-copy/core';
import { describe, expect, it, vi } from 'vitest';
import { type ContinueOptions, continueTransfer } from '../../../src/cli/runs/continue-transfer.ts';
import { KeptTransfer } from '../../../src/cli/runs/kept-transfer.ts';
import { endingBy, whileMember } from '../../../src/cli/runs/met-device.ts';
import { watchNotedDevice } from '../../../src/cli/runs/noted-device.ts';
import { TransferError } from '../../../src/library/transfer-error.ts';
import { newDevice } from '../../../src/state/devices/device-file.ts';
import { DeviceStore } from '../../../src/state/devices/device-store.ts';
import { isMember, Membership } from '../../../src/state/devices/follow-devices.ts';
import { TransferStore } from '../../../src/state/transfer-store.ts';
import { scratchFolder } from '../../scratch.ts';
import { sentNote } from '../../state/sent-note.ts';

const seedOf = (number: number) => new Uint8Array(32).fill(number);
const publicKeyOf = (number: number) => deviceKeyOf(seedOf(number)).publicKey;
const PHONE = hexOf(publicKeyOf(2));

async function laptop() {
  const device = newDevice(seedOf(1), 'Laptop');
  const key = deviceKeyOf(device.seed);
  const group = await OwnGroup.found(key, 'Laptop');
  await group.add(key, { publicKey: publicKeyOf(2), deviceClass: 'full', name: 'Phone' });
  return { device: { ...device, group }, key };
}

const REPORT = { kept() {}, notKept() {}, warning() {} };

describe('the note of a transfer', () => {
  it('with a device that was removed does not come back when the transfer ends, whatever ends it', async () => {
    const folder = await scratchFolder();
    const store = new TransferStore(folder, 60_000);
    for (const end of ['interrupted', 'connection-lost', 'stopped'] as const) {
      const kept = new KeptTransfer(store, REPORT);
      kept.keep(sentNote(PHONE));
      store.removeOfDevice(PHONE);
      expect(kept.end(end)).toBe(false);
      expect([end, readdirSync(folder)]).toEqual([end, []]);
    }
  });

  it('is not written anew by what the other side does afterwards', async () => {
    const folder = await scratchFolder();
    const store = new TransferStore(folder, 60_000);
    const kept = new KeptTransfer(store, REPORT);
    kept.keep(sentNote(PHONE));
    store.removeOfDevice(PHONE);
    kept.keep(sentNote(PHONE));
    expect([kept.isKept, readdirSync(folder)]).toEqual([false, []]);
  });

  it('goes when the transfer ended since the device was removed', async () => {
    const folder = await scratchFolder();
    const kept = new KeptTransfer(new TransferStore(folder, 60_000), REPORT);
    kept.keep(sentNote(PHONE));
    expect([kept.end('not-in-group'), readdirSync(folder)]).toEqual([false, []]);
  });

  it('that a killed process left is removed in place of being continued', async () => {
    const folder = await scratchFolder();
    vi.stubEnv('P2P_COPY_STATE', folder);
    const { device, key } = await laptop();
    await new DeviceStore().update(async () => {
      await device.group.remove(key, publicKeyOf(2));
      return device;
    });
    const transfers = join(folder, 'transfers');
    const store = new TransferStore(transfers, 60_000);
    store.prepare();
    const transfer = store.write(store.newId(), sentNote(PHONE));
    const context = { signal: new AbortController().signal };
    const continued = continueTransfer(transfer, { store, context } as unknown as ContinueOptions);
    await expect(continued).rejects.toMatchObject({
      message: 'That device is none of yours any more, so this transfer is forgotten.',
      next: 'Pair it again, and send again.',
    });
    expect(readdirSync(transfers)).toEqual([]);
    vi.unstubAllEnvs();
  });
});

describe('what goes on with a member', () => {
  it('is told once that one is removed, and nothing else', async () => {
    const { device, key } = await laptop();
    await device.group.add(key, { publicKey: publicKeyOf(3), deviceClass: 'full', name: 'Server' });
    const membership = new Membership(device);
    const [phone, server] = [PHONE, hexOf(publicKeyOf(3))].map((each) => membership.leaving(each));
    membership.note(device);
    expect([phone!.aborted, server!.aborted]).toEqual([false, false]);
    await device.group.remove(key, publicKeyOf(2));
    membership.note(device);
    expect([phone!.aborted, server!.aborted]).toEqual([true, false]);
    expect(membership.leaving(PHONE).aborted).toBe(true);
    // This device is in no group any more.
    membership.note(null);
    expect([server!.aborted, isMember(null, PHONE)]).toEqual([true, false]);
  });

  it('by a note is not taken unasked while two lists of the devices differ', async () => {
    const store = new DeviceStore(await scratchFolder());
    const { device, key } = await laptop();
    await store.update(async () => device);
    const before = await watchNotedDevice(PHONE, store);
    before.stop();
    const add = (number: number) =>
      ({ publicKey: publicKeyOf(number), deviceClass: 'full', name: 'n' }) as const;
    const theirs = await device.group.chain.add(deviceKeyOf(seedOf(2)), add(3));
    await device.group.add(key, add(4));
    device.group.take(theirs);
    await store.update(async () => device);
    const after = await watchNotedDevice(PHONE, store);
    after.stop();
    expect([before.mayTake(), after.mayTake(), after.leaving.aborted]).toEqual([true, false, false]);
  });

  it('ends with the reason, and an interruption of its person stays one', async () => {
    const [own, leaving] = [new AbortController(), new AbortController()];
    const { signal } = endingBy(own.signal, leaving.signal);
    const interrupted = () => Promise.reject(new TransferError('interrupted'));
    await expect(whileMember(leaving.signal, interrupted)).rejects.toMatchObject({ code: 'interrupted' });
    leaving.abort('end');
    expect(signal!.reason).toBe('end');
    await expect(whileMember(leaving.signal, interrupted)).rejects.toMatchObject({ code: 'not-in-group' });
  });
});
