// Random groups: members that add, remove, meet and part in any order, with a member in between that signs what it likes.
import { expect, it } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from '../../../../test/faults/effort.ts';
import { type Random, seededRandom } from '../../../../test/faults/seeded-random.ts';
import { lengthValueCat } from '../../src/crypto/length-value.ts';
import { hexOf } from '../../src/foundation/bytes.ts';
import { Chain } from '../../src/group/chain.ts';
import { mergeChains } from '../../src/group/merge-chains.ts';
import { OwnGroup } from '../../src/group/own-group.ts';
import { forged, keyOf, noPause, secretOf, viewOf } from './devices.ts';

const MOST_DEVICES = 8;
const STEPS = 24;

it(
  'whatever members do, no view loses a removal, lets in who has no say, or holds a secret that is not its epoch’s',
  () =>
    forEachSeed(async (seed) => {
      await play(seededRandom(seed)).catch((error: unknown) => {
        throw new Error(`seed ${seed}, again by \`${repeatCommand(seed)}\`: ${String(error)}`, {
          cause: error,
        });
      });
    }),
  EFFORT_TIMEOUT_MS,
);

async function play(random: Random): Promise<void> {
  const founder = await OwnGroup.found(keyOf(1), 'device 1');
  const views = new Map<number, OwnGroup>([[1, founder]]);
  for (let step = 0; step < STEPS; step += 1) {
    const number = random.one([...views.keys()]);
    const view = views.get(number)!;
    const key = keyOf(number);
    switch (random.one(['add', 'remove', 'sync', 'sync', 'forge'] as const)) {
      case 'add': {
        const added = random.whole(2, MOST_DEVICES);
        if (!view.mayChange || view.chain.member(keyOf(added).publicKey) !== null) break;
        const deviceClass = random.one(['full', 'full', 'leaf'] as const);
        await view.add(key, { publicKey: keyOf(added).publicKey, deviceClass, name: `device ${added}` });
        // Who comes in a pairing has the adder's view.
        if (view.present !== null) views.set(added, await viewOf(view, keyOf(added).publicKey));
        break;
      }
      case 'remove': {
        const others = [...view.chain.members.values()].filter(
          ({ publicKey }) => hexOf(publicKey) !== hexOf(key.publicKey),
        );
        if (!view.mayChange || others.length === 0) break;
        const { publicKey } = random.one(others);
        await view.remove(key, publicKey);
        expect(view.chain.member(publicKey)).toBe(null);
        expect(view.secretsFor(publicKey, 0)).toEqual([]);
        break;
      }
      case 'sync':
        sync(view, views.get(random.one([...views.keys()]))!);
        break;
      case 'forge':
        await forge(random, view, key);
        break;
    }
    for (const [, each] of views) await expectSound(each);
  }
}

/** What a session between two brings about. */
function sync(one: OwnGroup, other: OwnGroup): void {
  const before = [one, other].map(({ chain }) => chain);
  for (const [own, theirs, chain] of [
    [one, other, before[1]!],
    [other, one, before[0]!],
  ] as const) {
    const had = own.chain;
    const { kind } = own.take(chain);
    // Never back, and never sideways.
    expect(own.chain.epoch).toBeGreaterThanOrEqual(had.epoch);
    expect(mergeChains(own.chain, had).kind).toBe('known');
    if (kind === 'newer') for (const secret of theirs.secretsFor(own.publicKey, 0)) own.takeSecret(secret);
  }
}

/** A statement that may not count, behind a view: what is read of it is that view, or has only what full members say. */
async function forge(random: Random, view: OwnGroup, key: ReturnType<typeof keyOf>): Promise<void> {
  const signer = random.one([key, keyOf(66), keyOf(random.whole(1, MOST_DEVICES))]);
  const said = {
    kind: 'add',
    publicKey: keyOf(90).publicKey,
    deviceClass: 'full',
    name: 'stranger',
  } as const;
  const statements = await forged(view.chain, { key: signer, said });
  const bytes = lengthValueCat(...statements.map((statement) => statement.bytes));
  const cut = random.whole(0, 3) === 0 ? bytes.slice(0, random.whole(0, bytes.length)) : bytes;
  const read = await Chain.parse(cut, view.chain, noPause).catch(() => null);
  if (read === null || cut.length < bytes.length) return;
  const hasSay = view.chain.member(signer.publicKey)?.deviceClass === 'full';
  expect(read.member(keyOf(90).publicKey) !== null).toBe(hasSay);
}

async function expectSound(view: OwnGroup): Promise<void> {
  const { chain } = view;
  const read = await Chain.parse(chain.encode(), chain, noPause);
  expect(hexOf(read.head)).toBe(hexOf(chain.head));
  expect([...read.members.keys()]).toEqual([...chain.members.keys()]);
  for (const { epoch, secret } of view.note().secrets) expect(chain.isSecretOf(epoch, secret)).toBe(true);
  expect(chain.isSecretOf(chain.epoch, secretOf(123))).toBe(false);
}
