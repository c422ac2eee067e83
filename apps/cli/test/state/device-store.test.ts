// The file of this device: whole or as before, changed by one process at a time, and never guessed at.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deviceKeyOf, OwnGroup } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { encodeDevice, newDevice, type OwnDevice } from '../../src/state/devices/device-file.ts';
import { DeviceStore } from '../../src/state/devices/device-store.ts';
import { scratchFolder } from '../scratch.ts';

const seedOf = (number: number) => new Uint8Array(32).fill(number);

async function grouped(): Promise<OwnDevice> {
  const device = newDevice(seedOf(1), 'Laptop');
  const key = deviceKeyOf(device.seed);
  const group = await OwnGroup.found(key, 'Laptop');
  const peer = { publicKey: deviceKeyOf(seedOf(2)).publicKey, deviceClass: 'full', name: 'Server' } as const;
  await group.add(key, peer);
  group.rename(peer.publicKey, 'Work');
  return { ...device, relay: 'https://copy.example.org', group };
}

const sentence = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: Error & { next: string }) => `${error.message} ${error.next}`,
  );

describe('the file of a device', () => {
  it('holds all that there is to keep, for its user alone', async () => {
    const store = new DeviceStore(join(await scratchFolder(), 'made'));
    expect(await store.read()).toBe(null);
    const device = await grouped();
    await store.update(async () => device);
    expect(statSync(store.path).mode & 0o777).toBe(0o600);
    const read = (await store.read())!;
    expect(encodeDevice(read)).toEqual(encodeDevice(device));
    expect(read.group!.present).toEqual(device.group!.present);
    expect(read.group!.nameOf(deviceKeyOf(seedOf(2)).publicKey)).toBe('Work');
  });

  it('is as before when a change fails, and nothing of it is left', async () => {
    const store = new DeviceStore(await scratchFolder());
    await store.update(async () => newDevice(seedOf(1), 'Laptop'));
    const before = readFileSync(store.path, 'utf8');
    const failing = store.update(async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(readFileSync(store.path, 'utf8')).toBe(before);
    expect(readdirSync(join(store.path, '..'))).toEqual(['devices.json']);
  });

  it('loses no change of two that change it at once', async () => {
    const folder = await scratchFolder();
    const stores = [new DeviceStore(folder), new DeviceStore(folder)];
    await stores[0]!.update(async () => newDevice(seedOf(1), 'n0'));
    const next = async (device: OwnDevice | null) => {
      const count = Number(device!.name.slice(1));
      await new Promise((resolve) => setImmediate(resolve));
      return { ...device!, name: `n${count + 1}` };
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => stores[i % 2]!.update(next)));
    expect((await stores[0]!.read())!.name).toBe('n20');
  });

  it.each([
    ['of a newer version', (json: object) => ({ ...json, version: 2 }), /newer version of p2p-copy.*Update/],
    ['of no version', (json: object) => ({ ...json, version: undefined }), /damaged/],
    ['without a key', (json: object) => ({ ...json, seed: 'AAAA' }), /damaged/],
    ['with a name that a terminal obeys', (json: object) => ({ ...json, name: 'a\u001b[2J' }), /damaged/],
    [
      'with a file of certificates that would be sought wherever a command is run',
      (json: object) => ({ ...json, caFile: 'ca.pem' }),
      /damaged/,
    ],
    [
      'with a chain that is none',
      (json: object) => ({
        ...json,
        group: { ...(json as never as { group: object }).group, chain: 'AAAA' },
      }),
      /damaged/,
    ],
    [
      'with a secret of no epoch',
      (json: object) => ({
        ...json,
        group: {
          ...(json as never as { group: object }).group,
          secrets: [{ epoch: -1, secret: 'AAAA', age: null }],
        },
      }),
      /damaged/,
    ],
  ])('%s is refused, and left as it is', async (_what, change, expected) => {
    const store = new DeviceStore(await scratchFolder());
    const text = JSON.stringify(change(encodeDevice(await grouped())));
    writeFileSync(store.path, text, { mode: 0o600 });
    expect(await sentence(store.read())).toMatch(expected);
    expect(await sentence(store.update(async () => newDevice(seedOf(1), 'x')))).toMatch(expected);
    expect(readFileSync(store.path, 'utf8')).toBe(text);
  });

  it('that others may read is refused', async () => {
    const store = new DeviceStore(await scratchFolder());
    await store.update(async () => newDevice(seedOf(1), 'Laptop'));
    chmodSync(store.path, 0o640);
    expect(await sentence(store.read())).toMatch(/others may read it.*chmod 600/);
  });

  it('that cannot be written says so', async () => {
    const folder = await scratchFolder();
    writeFileSync(join(folder, 'file'), '');
    const store = new DeviceStore(join(folder, 'file', 'state'));
    expect(await sentence(store.update(async () => newDevice(seedOf(1), 'x')))).toMatch(
      /can't be written \(ENOTDIR\).*P2P_COPY_STATE/,
    );
  });

  it('of which a killed process has left a copy is whole after the next change, and the copy is gone', async () => {
    const store = new DeviceStore(await scratchFolder());
    writeFileSync(`${store.path}.4194304`, '{"seed":"secret"}', { mode: 0o600 });
    await store.update(async () => newDevice(seedOf(1), 'Laptop'));
    expect(readdirSync(join(store.path, '..'))).toEqual(['devices.json']);
  });

  it('is forgotten with all copies, and what it is a link to', async () => {
    const [folder, elsewhere] = [await scratchFolder(), await scratchFolder()];
    const store = new DeviceStore(folder);
    symlinkSync(join(elsewhere, 'kept.json'), store.path);
    const text = JSON.stringify(encodeDevice(newDevice(seedOf(1), 'Laptop')));
    writeFileSync(join(elsewhere, 'kept.json'), text, { mode: 0o600 });
    // A change goes to where the link leads.
    await store.update(async (device) => ({ ...device!, name: 'Desk' }));
    expect(lstatSync(store.path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(elsewhere, 'kept.json'), 'utf8')).toContain('Desk');
    writeFileSync(join(elsewhere, 'kept.json.4194304'), 'secret');
    writeFileSync(`${store.path}.4194304`, 'secret');
    await store.forget();
    expect([readdirSync(folder), readdirSync(elsewhere)]).toEqual([[], []]);
  });

  it('that is forgotten is not brought back by a process that is changing it', async () => {
    const folder = await scratchFolder();
    const store = new DeviceStore(folder);
    await store.update(async () => newDevice(seedOf(1), 'Laptop'));
    let go = () => {};
    const paused = new Promise<void>((resolve) => {
      go = resolve;
    });
    const changing = store.update(async (device) => {
      await paused;
      return device!;
    });
    const forgotten = new DeviceStore(folder).forget();
    const late = store.update(async (device) => {
      if (device === null) throw new Error('none');
      return device;
    });
    go();
    await changing;
    await forgotten;
    await late.catch(() => {});
    // Whichever was first: after it there is nothing that could be written again.
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not written again where a session has told nothing new', async () => {
    const store = new DeviceStore(await scratchFolder());
    const device = await grouped();
    // A room of before, whose secret ages.
    await device.group!.remove(deviceKeyOf(device.seed), deviceKeyOf(seedOf(2)).publicKey);
    await store.update(async () => device);
    await store.update(async (kept) => kept!);
    const stamp = store.stamp();
    const known = (await store.read())!.group!;
    await store.update(async (kept) => {
      kept!.group!.absorb(known);
      return kept!;
    });
    expect(store.stamp()).toBe(stamp);
    await store.update(async (kept) => ({ ...kept!, name: 'Desk' }));
    expect(store.stamp()).not.toBe(stamp);
  });

  it('of a long list lets other things happen while it is read', async () => {
    const store = new DeviceStore(await scratchFolder());
    const device = newDevice(seedOf(1), 'Laptop');
    const key = deviceKeyOf(device.seed);
    const group = await OwnGroup.found(key, 'Laptop');
    for (let number = 2; number <= 20; number += 1) {
      const { publicKey } = deviceKeyOf(seedOf(number));
      await group.add(key, { publicKey, deviceClass: 'full', name: `n${number}` });
    }
    await store.update(async () => ({ ...device, group }));
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await new DeviceStore(join(store.path, '..')).read();
    isOver = true;
    // One for every four statements.
    expect(turns).toBeGreaterThanOrEqual(5);
  });

  it('is held for one pairing at a time', async () => {
    const folder = await scratchFolder();
    mkdirSync(folder, { recursive: true });
    const store = new DeviceStore(folder);
    const first = store.hold('pairing');
    expect(new DeviceStore(folder).hold('pairing')).toEqual({ heldBy: process.pid });
    if ('release' in first) first.release();
    expect(store.hold('pairing')).toHaveProperty('release');
  });
});
