// Which statements count, and what they make: played against those who have no say.
import { beforeAll, describe, expect, it } from 'vitest';
import { lengthValueCat } from '../../src/crypto/length-value.ts';
import { type Bytes, concat, equalBytes, hexOf, utf8 } from '../../src/foundation/bytes.ts';
import { Chain } from '../../src/group/chain.ts';
import { mergeChains } from '../../src/group/merge-chains.ts';
import { parseStatement, type Said, type Statement, secretHash } from '../../src/group/statement.ts';
import { MAX_CHAIN_BYTES, MAX_CHAIN_STATEMENTS, MAX_GROUP_MEMBERS } from '../../src/wire/limits.ts';
import { forged, keyOf, noPause, secretOf } from './devices.ts';

const [alice, bob, page, eve] = [keyOf(1), keyOf(2), keyOf(3), keyOf(66)];
const parse = (bytes: Bytes, known: Chain | null = null) => Chain.parse(bytes, known, noPause);
const joined = (statements: readonly Statement[]) => lengthValueCat(...statements.map(({ bytes }) => bytes));
const adding = (number: number, name = `device ${number}`): Said => ({
  kind: 'add',
  publicKey: keyOf(number).publicKey,
  deviceClass: 'full',
  name,
});
const keysOf = (chain: Chain) => [...chain.members.keys()].sort();

let chain: Chain;
beforeAll(async () => {
  chain = await Chain.found(alice, 'Laptop', secretOf(10));
  chain = await chain.add(alice, { publicKey: bob.publicKey, deviceClass: 'full', name: 'Server' });
  chain = await chain.add(bob, { publicKey: page.publicKey, deviceClass: 'leaf', name: 'Browser' });
});

/** What counts of a chain with these statements behind it. */
async function counted(...steps: Parameters<typeof forged>[1][]): Promise<Chain> {
  return parse(joined(await forged(chain, ...steps)));
}

describe('a chain', () => {
  it('is the same for whoever reads it: members, classes, names, who added whom', async () => {
    const read = await parse(chain.encode());
    expect(keysOf(read)).toEqual([alice, bob, page].map(({ publicKey }) => hexOf(publicKey)).sort());
    expect(read.member(page.publicKey)).toEqual({
      publicKey: page.publicKey,
      deviceClass: 'leaf',
      name: 'Browser',
      addedBy: bob.publicKey,
    });
    expect(read.epoch).toBe(0);
    expect(read.isSecretOf(0, secretOf(10))).toBe(true);
    expect(read.isSecretOf(0, secretOf(11))).toBe(false);
    expect(read.head).toEqual(chain.head);
  });

  it('begins another epoch with each removal', async () => {
    const later = await parse((await chain.remove(bob, page.publicKey, secretOf(20))).encode());
    expect(later.epoch).toBe(1);
    expect(later.member(page.publicKey)).toBe(null);
    expect([later.wasMember(page.publicKey, 0), later.wasMember(page.publicKey, 1)]).toEqual([true, false]);
    expect(later.isSecretOf(1, secretOf(20))).toBe(true);
    expect(later.isSecretOf(0, secretOf(20))).toBe(false);
    expect(later.isSecretOf(2, secretOf(20))).toBe(false);
  });

  it('takes back a device that was removed, as a member from then on', async () => {
    const without = await chain.remove(alice, bob.publicKey, secretOf(20));
    const again = await without.add(alice, { publicKey: bob.publicKey, deviceClass: 'full', name: 'Server' });
    expect(again.wasMember(bob.publicKey, 1)).toBe(true);
    expect((await parse(again.encode())).member(bob.publicKey)?.addedBy).toEqual(alice.publicKey);
  });
});

describe('nothing comes of', () => {
  const removing = (publicKey: Bytes, remaining: Bytes[], epoch = 1): Said => ({
    kind: 'remove',
    publicKey,
    epoch,
    remaining: [...remaining].sort((a, b) => (hexOf(a) < hexOf(b) ? -1 : 1)),
    secretHash: secretHash(secretOf(30)),
  });

  it('a leaf that adds or removes', async () => {
    expect((await counted({ key: page, said: adding(9) })).head).toEqual(chain.head);
    const said = removing(alice.publicKey, [bob.publicKey, page.publicKey]);
    expect((await counted({ key: page, said })).head).toEqual(chain.head);
  });

  it('a key that is not in the chain', async () => {
    expect((await counted({ key: eve, said: adding(9) })).head).toEqual(chain.head);
  });

  it('a device that was removed, and what stands on its statement', async () => {
    const without = await chain.remove(alice, bob.publicKey, secretOf(20));
    const steps = [
      { key: bob, said: adding(9) },
      { key: alice, said: adding(8) },
    ];
    expect((await parse(joined(await forged(without, ...steps)))).head).toEqual(without.head);
  });

  it('a member that is added twice, or under a key that can sign nothing', async () => {
    expect((await counted({ key: alice, said: adding(2) })).head).toEqual(chain.head);
    const said: Said = { ...(adding(9) as Said & { kind: 'add' }), publicKey: new Uint8Array(32) };
    expect((await counted({ key: alice, said })).head).toEqual(chain.head);
  });

  it('a device that removes itself, and so would know the new secret', async () => {
    const said = removing(alice.publicKey, [bob.publicKey, page.publicKey]);
    expect((await counted({ key: alice, said })).head).toEqual(chain.head);
  });

  it('a removal that leaves out a member, names another one, or another epoch', async () => {
    const all = [alice.publicKey, bob.publicKey];
    for (const said of [
      removing(page.publicKey, [alice.publicKey]),
      removing(page.publicKey, [...all, eve.publicKey]),
      removing(page.publicKey, all, 2),
      removing(page.publicKey, all, 0),
      removing(eve.publicKey, [...all, page.publicKey]),
      {
        ...removing(page.publicKey, all),
        remaining: all.sort((a, b) => (hexOf(a) < hexOf(b) ? 1 : -1)),
      } as Said,
    ]) {
      expect((await counted({ key: alice, said })).head).toEqual(chain.head);
    }
    expect((await counted({ key: alice, said: removing(page.publicKey, all) })).epoch).toBe(1);
  });

  it('a statement of another group, out of turn, or on another predecessor', async () => {
    const other = await Chain.found(alice, 'Laptop', secretOf(10));
    const foreign = await other.add(alice, { publicKey: eve.publicKey, deviceClass: 'full', name: 'x' });
    expect((await parse(joined([...chain.statements, foreign.statements[1]!]))).head).toEqual(chain.head);
    const [first, second, third] = chain.statements;
    expect((await parse(joined([first!, third!]))).head).toEqual(first!.hash);
    expect((await parse(joined([first!, second!, second!, third!]))).head).toEqual(second!.hash);
  });

  it('a statement with one bit changed anywhere', async () => {
    const { bytes } = chain.statements[2]!;
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at]! ^= 1;
      expect(parseStatement(changed), `byte ${at}`).toBe(null);
      expect(parseStatement(bytes.slice(0, at)), `cut at ${at}`).toBe(null);
    }
    expect(parseStatement(concat(bytes, Uint8Array.of(0)))).toBe(null);
  });

  it('a first statement that founds nothing', async () => {
    await expect(parse(joined(chain.statements.slice(1)))).rejects.toMatchObject({
      code: 'protocol-violation',
    });
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(5, 1), utf8('{"a":1}')]) {
      await expect(parse(bytes)).rejects.toMatchObject({ code: 'protocol-violation' });
    }
  });

  it('a group under the id of another one', async () => {
    const { signStatement } = await import('../../src/group/statement.ts');
    const first = chain.statements[0]!;
    const forgedFirst = await signStatement(eve, chain.groupId, 0, first.previous, first.said);
    await expect(parse(joined([forgedFirst]))).rejects.toMatchObject({ code: 'protocol-violation' });
    const leafFound = { ...first.said, deviceClass: 'leaf' } as Said;
    const leafFirst = await signStatement(alice, chain.groupId, 0, first.previous, leafFound);
    await expect(parse(joined([leafFirst]))).rejects.toMatchObject({ code: 'protocol-violation' });
  });
});

describe('a chain is bounded', () => {
  it('in bytes, before it is looked at', async () => {
    await expect(parse(new Uint8Array(MAX_CHAIN_BYTES + 1))).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
    await expect(parse(new Uint8Array(MAX_CHAIN_BYTES))).rejects.toMatchObject({
      code: 'protocol-violation',
    });
  });

  it('in statements: a chain of more is none, and none is made', async () => {
    const many = Array.from({ length: MAX_CHAIN_STATEMENTS + 1 }, () => Uint8Array.of(1));
    await expect(parse(lengthValueCat(...many))).rejects.toMatchObject({ code: 'protocol-violation' });
    let long = await Chain.found(alice, 'Laptop', secretOf(10));
    while (long.statements.length < MAX_CHAIN_STATEMENTS) {
      long =
        long.member(bob.publicKey) === null
          ? await long.add(alice, { publicKey: bob.publicKey, deviceClass: 'full', name: 'Server' })
          : await long.remove(alice, bob.publicKey, secretOf(20));
    }
    const member = { publicKey: eve.publicKey, deviceClass: 'full', name: 'x' } as const;
    await expect(long.add(alice, member)).rejects.toMatchObject({ code: 'limit-exceeded' });
    let pauses = 0;
    const read = await Chain.parse(long.encode(), null, async () => {
      pauses += 1;
    });
    expect(read.statements.length).toBe(MAX_CHAIN_STATEMENTS);
    // Other things had their turn, and a view that is known is not verified again.
    expect(pauses).toBe(MAX_CHAIN_STATEMENTS / 4);
    expect((await parse(long.encode(), long)).statements[7]).toBe(long.statements[7]);
  });

  it('in members', async () => {
    let full = await Chain.found(alice, 'Laptop', secretOf(10));
    for (let n = 2; n <= MAX_GROUP_MEMBERS; n += 1) {
      full = await full.add(alice, { publicKey: keyOf(n).publicKey, deviceClass: 'leaf', name: 'x' });
    }
    const member = { publicKey: keyOf(200).publicKey, deviceClass: 'leaf', name: 'x' } as const;
    await expect(full.add(alice, member)).rejects.toMatchObject({ code: 'limit-exceeded' });
    const statements = await forged(full, { key: alice, said: { kind: 'add', ...member } });
    expect((await parse(joined(statements))).members.size).toBe(MAX_GROUP_MEMBERS);
    const later = await full.remove(alice, keyOf(2).publicKey, secretOf(20));
    expect((await parse(later.encode())).members.size).toBe(MAX_GROUP_MEMBERS - 1);
  });
});

describe('two views', () => {
  it('merge to the longer one, and never back', async () => {
    const later = await chain.remove(alice, page.publicKey, secretOf(20));
    expect(mergeChains(chain, later)).toMatchObject({ kind: 'newer' });
    expect(mergeChains(later, chain)).toEqual({ kind: 'known' });
    expect(mergeChains(later, later)).toEqual({ kind: 'known' });
  });

  it('with two statements on one predecessor are a fork, whichever is longer', async () => {
    const ours = await chain.add(alice, { publicKey: keyOf(8).publicKey, deviceClass: 'full', name: 'x' });
    const theirs = await chain.remove(bob, alice.publicKey, secretOf(20));
    const longer = await theirs.add(bob, { publicKey: eve.publicKey, deviceClass: 'full', name: 'x' });
    for (const other of [theirs, longer]) {
      const merged = mergeChains(ours, other);
      expect(merged.kind).toBe('fork');
      if (merged.kind === 'fork') {
        expect(merged.fork.own.signer).toEqual(alice.publicKey);
        expect(merged.fork.theirs.signer).toEqual(bob.publicKey);
      }
    }
  });

  it('of one statement that is signed twice are no fork', async () => {
    const ours = await chain.add(alice, { publicKey: keyOf(8).publicKey, deviceClass: 'full', name: 'x' });
    const theirs = await chain.add(alice, { publicKey: keyOf(8).publicKey, deviceClass: 'full', name: 'x' });
    expect(mergeChains(ours, theirs)).toEqual({ kind: 'known' });
  });

  it('of two groups are foreign to each other', async () => {
    const other = await Chain.found(bob, 'x', secretOf(10));
    expect(mergeChains(chain, other)).toEqual({ kind: 'foreign' });
    expect(equalBytes(chain.groupId, other.groupId)).toBe(false);
  });
});
