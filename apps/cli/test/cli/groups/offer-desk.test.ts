// Which offers of one's own devices are taken up, and which are not.
import { type DeviceOffer, deviceKeyOf, hexOf, OwnGroup } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { OfferDesk } from '../../../src/cli/groups/offer-desk.ts';
import { reviewByWishes, whileTrusted } from '../../../src/cli/runs/review-by-wishes.ts';
import type { Context } from '../../../src/cli/terminal/context.ts';
import type { Offer } from '../../../src/library/public-types.ts';
import { newDevice } from '../../../src/state/devices/device-file.ts';

const keyOf = (number: number) => deviceKeyOf(new Uint8Array(32).fill(number));
const [LAPTOP, PHONE, SERVER] = [keyOf(1), keyOf(2), keyOf(3)];
const full = (key: { publicKey: Uint8Array<ArrayBuffer> }, name: string) =>
  ({ publicKey: key.publicKey, deviceClass: 'full', name }) as const;
const offerOf = ({ publicKey }: { publicKey: Uint8Array<ArrayBuffer> }): DeviceOffer => ({
  publicKey,
  kind: 'terminal',
  meet: () => Promise.reject(new Error('nobody meets here')),
});

/** A desk of the laptop, with the phone and the server that it paired with. */
async function desk({ isAny = true, named = [] as string[], mayAsk = false } = {}) {
  const device = newDevice(new Uint8Array(32).fill(1), 'Laptop');
  const group = await OwnGroup.found(LAPTOP, 'Laptop');
  for (const [key, name] of [
    [PHONE, 'Phone'],
    [SERVER, 'Server'],
  ] as const)
    await group.add(LAPTOP, full(key, name));
  const clock = { ms: 0 };
  const rules = { isAny, named: new Set(named), mayAsk, nowMs: () => clock.ms };
  return { desk: new OfferDesk({ ...rules, device: () => ({ ...device, group }) }), group, clock };
}

/** Another chain than the laptop's, by the phone, from before the laptop added the tablet. */
async function fork(group: OwnGroup): Promise<void> {
  const theirs = await group.chain.add(PHONE, full(keyOf(4), 'Stranger'));
  await group.add(LAPTOP, full(keyOf(5), 'Tablet'));
  group.take(theirs);
}

describe('an offer', () => {
  it('is taken up one at a time', async () => {
    const { desk: own } = await desk();
    expect(own.answer(offerOf(PHONE))).toBe('device-busy');
    const next = own.next();
    expect([own.answer(offerOf(PHONE)), own.answer(offerOf(SERVER))]).toEqual([null, 'device-busy']);
    expect((await next).publicKey).toBe(PHONE.publicKey);
  });

  it('of a device that asks and never comes leaves its place to others, for twice as long each time', async () => {
    const { desk: own, clock } = await desk();
    for (const pauseMs of [30_000, 60_000, 120_000]) {
      void own.next();
      expect(own.answer(offerOf(PHONE))).toBe(null);
      own.note(PHONE.publicKey, false);
      void own.next();
      clock.ms += pauseMs - 1;
      expect([own.answer(offerOf(PHONE)), own.answer(offerOf(SERVER))]).toEqual(['device-busy', null]);
      clock.ms += 1;
    }
    void own.next();
    expect(own.answer(offerOf(PHONE))).toBe(null);
    own.note(PHONE.publicKey, true);
    void own.next();
    expect(own.answer(offerOf(PHONE))).toBe(null);
  });

  it('of a device that is not named is declined, but for any with those that are named beside', async () => {
    const { desk: own, group } = await desk({ isAny: false, named: [hexOf(SERVER.publicKey)] });
    void own.next();
    expect([own.answer(offerOf(PHONE)), own.answer(offerOf(SERVER))]).toEqual(['declined', null]);
    await group.remove(LAPTOP, SERVER.publicKey);
    void own.next();
    expect(own.answer(offerOf(SERVER))).toBe('declined');
  });

  it('that was taken up is not accepted unasked once a session has shown two lists of the devices', async () => {
    const { desk: own, group } = await desk();
    void own.next();
    expect(own.answer(offerOf(PHONE))).toBe(null);
    const wishes = { yes: true, overwrite: null, allowRisky: false, continue: null, compare: true };
    const context = { terminal: { isInteractive: false }, signal: new AbortController().signal };
    const review = whileTrusted(
      reviewByWishes({ ...wishes, maxUnsizedBytes: null }, context as unknown as Context, true),
      () => own.mayTake(PHONE.publicKey),
    );
    const offer = { entries: [], files: 0, bytes: 0 } as unknown as Offer;
    expect(review.accept(offer, context.signal)).toBe(true);
    await fork(group);
    expect(() => review.accept(offer, context.signal)).toThrow('the lists of your devices differ');
  });
});
