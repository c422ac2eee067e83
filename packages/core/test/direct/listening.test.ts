// The port of a transfer: it takes the dials of the other end, each for a lane.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { WrappedChannel } from '../../src/direct/wrapped-channel.ts';
import { MAX_TAKEN_DIALS } from '../../src/wire/limits.ts';
import { AT, isDropped, KEY, ListeningRig, PARKED_MS } from './listening-rig.ts';
import { received } from './memory-network.ts';

let rig: ListeningRig;
beforeEach(async () => {
  rig = await ListeningRig.start();
});

describe('the other end that dials', () => {
  it('gets the lane that it names, on a channel that both wrap', async () => {
    rig.listening.await(2, rig.onWay);
    rig.listening.await(3, () => expect.unreachable());
    const { own, r } = await rig.dial(2);
    await vi.waitFor(() => expect(rig.ways).toHaveLength(1));
    expect(rig.ways[0]!.path).toEqual({ kind: 'tcp', isLocal: true });
    const wrapped = await WrappedChannel.create(own, KEY, r, 'receiver', webBulkCrypto);
    wrapped.send(Uint8Array.of(1));
    expect(await received(rig.ways[0]!.channel)).toEqual(Uint8Array.of(1));
    rig.ways[0]!.channel.send(Uint8Array.of(2));
    expect(await received(wrapped)).toEqual(Uint8Array.of(2));
    expect(rig.clock.pending).toBe(0);
  });

  it('and comes again for the same lane is given out each time', async () => {
    rig.listening.await(1, rig.onWay);
    for (let i = 0; i < 3; i += 1) await rig.dial(1);
    await vi.waitFor(() => expect(rig.ways).toHaveLength(3));
  });

  it('before its lane wants a connection waits 5 s for that, and no longer', async () => {
    const early = await rig.dial(1);
    await rig.parked();
    rig.clock.advance(PARKED_MS - 1);
    rig.listening.await(1, rig.onWay);
    expect(rig.ways).toHaveLength(1);
    expect(rig.clock.pending).toBe(0);
    expect(await isDropped(early.own, early.theirs)).toBe(false);
    const late = await rig.dial(2);
    await rig.parked(2);
    rig.clock.advance(PARKED_MS);
    expect(await isDropped(late.own, late.theirs)).toBe(true);
    rig.listening.await(2, rig.onWay);
    expect([rig.ways.length, rig.clock.pending]).toEqual([1, 0]);
  });

  it('twice for a lane that wants none replaces the earlier one', async () => {
    const first = await rig.dial(1);
    await rig.parked();
    const second = await rig.dial(1);
    expect(await received(first.own)).toBe('peer-left');
    await rig.parked(2);
    expect(rig.clock.pending).toBe(1);
    rig.listening.await(1, rig.onWay);
    expect(rig.ways).toHaveLength(1);
    expect(await isDropped(second.own, second.theirs)).toBe(false);
  });

  it('isn’t given to a lane that has stopped waiting', async () => {
    const stop = rig.listening.await(1, rig.onWay);
    stop();
    await rig.dial(1);
    await rig.parked();
    expect(rig.ways).toEqual([]);
    // One that waits anew isn't stopped by the one before.
    rig.listening.await(1, (way) => rig.onWay(way));
    stop();
    await rig.dial(1);
    await vi.waitFor(() => expect(rig.ways).toHaveLength(2));
  });
});

describe('a listener', () => {
  it('takes a thousand dials of the other end in a transfer, and not one more', async () => {
    const limits = { taken: 0 };
    rig.listening.await(1, ({ channel }) => {
      limits.taken += 1;
      channel.terminate();
    });
    for (let i = 0; i < MAX_TAKEN_DIALS; i += 1) await rig.dial(1);
    await vi.waitFor(() => expect(limits.taken).toBe(MAX_TAKEN_DIALS), 20_000);
    const { own, theirs } = await rig.dial(1);
    expect(await isDropped(own, theirs)).toBe(true);
    expect([limits.taken, MAX_TAKEN_DIALS]).toEqual([1000, 1000]);
  });

  it('that closes drops who waits and who is parked, takes nobody more, and leaves what lanes have', async () => {
    rig.listening.await(1, rig.onWay);
    const taken = await rig.dial(1);
    await vi.waitFor(() => expect(rig.ways).toHaveLength(1));
    const halfOpen = await rig.connect();
    const waiting = await rig.dial(2);
    await rig.parked();
    rig.listening.close();
    expect(await isDropped(...halfOpen)).toBe(true);
    expect(await isDropped(waiting.own, waiting.theirs)).toBe(true);
    expect(await isDropped(taken.own, taken.theirs)).toBe(false);
    expect([rig.network.openPorts, rig.clock.pending]).toEqual([0, 0]);
  });

  it('that closes while a dial is being taken, or while it opens, leaves nothing open', async () => {
    rig.listening.await(1, rig.onWay);
    const dialled = await rig.dial(1);
    rig.listening.close();
    expect(await received(dialled.own)).toBe('peer-left');
    expect(dialled.theirs.sent).toEqual([]);
    expect(rig.ways).toEqual([]);
    const late = rig.another();
    const opening = late.open(rig.network.at(AT), 'tcp');
    late.close();
    await opening;
    expect(rig.network.openPorts).toBe(0);
  });

  it('on a device that can’t listen can be dialled nowhere, and that is no error', async () => {
    const own = rig.another();
    expect(await own.open(rig.network.at(null), 'tcp')).toEqual([]);
    own.await(1, rig.onWay);
    own.close();
  });
});
