// Two devices pair: what comes of it, who may not, and that nothing is kept before both people have confirmed.
import { beforeEach, describe, expect, it } from 'vitest';
import { concat, hexOf, utf8 } from '../../src/foundation/bytes.ts';
import { Chain } from '../../src/group/chain.ts';
import { OwnGroup } from '../../src/group/own-group.ts';
import { signParts } from '../../src/identity/device-signature.ts';
import { hearDevice, sayDevice } from '../../src/pairing/device-record.ts';
import { proverOf } from '../../src/pairing/exchange-proofs.ts';
import { encodeHello, parseHello, partOf } from '../../src/pairing/hello.ts';
import { encodeSecrets } from '../../src/pairing/sync-group.ts';
import { type Device, devices, keyOf, secretOf } from '../group/devices.ts';
import { channelPair } from '../link/channel-pair.ts';
import { metByCode, type PairEnd, pairEnd, runPairing } from './pair-rig.ts';

const [alice, bob, page] = [
  { key: keyOf(1), name: 'Alice' },
  { key: keyOf(2), name: 'Bob' },
  { key: keyOf(3), name: 'Page', deviceClass: 'leaf' },
] as [PairEnd, PairEnd, PairEnd];

const code = (result: PromiseSettledResult<unknown>) =>
  result.status === 'rejected' ? (result.reason as { code: string }).code : 'paired';

describe('two devices', () => {
  it('without a group found one, and each has the other, its name and the same secret', async () => {
    const { initiator, responder, seen } = await runPairing(alice, bob);
    expect([code(initiator), code(responder)]).toEqual(['paired', 'paired']);
    const [a, b] = [initiator, responder].map(
      (end) => (end as PromiseFulfilledResult<{ group: OwnGroup }>).value.group,
    );
    expect(a!.chain.head).toEqual(b!.chain.head);
    expect(a!.present).toEqual(b!.present);
    expect([a!.nameOf(bob.key.publicKey), b!.nameOf(alice.key.publicKey)]).toEqual(['Bob', 'Alice']);
    expect([a!.isIntroduced(bob.key.publicKey), b!.isIntroduced(alice.key.publicKey)]).toEqual([
      false,
      false,
    ]);
    expect([a!.mayChange, b!.mayChange]).toEqual([true, true]);
    expect(seen.map(({ kept }) => kept.length)).toEqual([1, 1]);
    const [own, theirs] = seen.map(({ questions }) => questions[0]);
    expect(own!.words).toEqual(theirs!.words);
    expect(own!.words.length).toBe(4);
    expect([own!.peer.name, theirs!.peer.name]).toEqual(['Bob', 'Alice']);
  });

  it.each([
    ['shows the code', 0],
    ['enters it', 1],
  ] as const)('of which one has a group that %s come into that one', async (_how, at) => {
    const group = await OwnGroup.found(alice.key, 'Alice');
    const ends: [PairEnd, PairEnd] = at === 0 ? [{ ...alice, group }, bob] : [bob, { ...alice, group }];
    const { initiator, responder } = await runPairing(...ends);
    expect([code(initiator), code(responder)]).toEqual(['paired', 'paired']);
    expect(group.chain.members.size).toBe(2);
  });

  it('of which one is a page pair, and the page is a leaf, whoever shows the code', async () => {
    for (const ends of [
      [page, alice],
      [alice, page],
    ] as const) {
      const { initiator, responder } = await runPairing(...ends);
      expect([code(initiator), code(responder)]).toEqual(['paired', 'paired']);
      const { group } = (initiator as PromiseFulfilledResult<{ group: OwnGroup }>).value;
      expect(group.chain.member(page.key.publicKey)?.deviceClass).toBe('leaf');
      expect(group.chain.member(alice.key.publicKey)?.deviceClass).toBe('full');
    }
  });

  it('are kept under the names that each person gives', async () => {
    const named = { ...alice, answer: () => ({ isSame: true, name: 'Bob at home' }) };
    const { initiator, responder } = await runPairing(named, bob);
    const { group } = (initiator as PromiseFulfilledResult<{ group: OwnGroup }>).value;
    expect(group.nameOf(bob.key.publicKey)).toBe('Bob at home');
    expect(code(responder)).toBe('paired');
  });

  it('of one group bring each other up to date, and are paired by hand from then on', async () => {
    const [first, second, third] = (await devices('Alice', 'Bob', 'Carol')) as [Device, Device, Device];
    await first.group.remove(first.key, third.key.publicKey);
    expect(second.group.isIntroduced(first.key.publicKey)).toBe(true);
    const { initiator, responder } = await runPairing(
      { ...second, deviceClass: 'full' },
      { ...first, deviceClass: 'full' },
    );
    expect([code(initiator), code(responder)]).toEqual(['paired', 'paired']);
    expect(second.group.present).toEqual(first.group.present);
    expect(second.group.isIntroduced(first.key.publicKey)).toBe(false);
  });

  it('pair again after the answer of the first time was lost', async () => {
    const group = await OwnGroup.found(alice.key, 'Alice');
    await group.add(alice.key, { publicKey: bob.key.publicKey, deviceClass: 'full', name: 'Bob' });
    const { initiator, responder } = await runPairing({ ...alice, group }, bob);
    expect([code(initiator), code(responder)]).toEqual(['paired', 'paired']);
    expect(group.chain.statements.length).toBe(2);
  });
});

describe('devices of one group, of which one was removed and doesn’t know,', () => {
  it.each([0, 1])(
    'aren’t paired, both people are told, and that one keeps that it is out: role %i',
    async (at) => {
      const [first, second] = (await devices('Alice', 'Bob')) as [Device, Device];
      await first.group.remove(first.key, second.key.publicKey);
      const removal = first.group.chain.head;
      const ends: [Device, Device] = at === 0 ? [first, second] : [second, first];
      const { initiator, responder, seen } = await runPairing(...ends);
      expect([code(initiator), code(responder)]).toEqual(['not-in-group', 'not-in-group']);
      expect(seen[1 - at]!.kept.map(({ isOut }) => isOut)).toEqual([true]);
      expect(first.group.note().paired).toEqual([]);
      expect(second.group.chain.head).toEqual(removal);
    },
  );
});

describe('nothing is kept, and both hear why,', () => {
  const expectNothing = (run: Awaited<ReturnType<typeof runPairing>>, codes: [string, string]) => {
    expect([code(run.initiator), code(run.responder)]).toEqual(codes);
    expect(run.seen.map(({ kept }) => kept.length)).toEqual([0, 0]);
  };

  it('of one device with itself', async () => {
    expectNothing(await runPairing(alice, { ...alice, name: 'Again' }), [
      'pair-same-device',
      'pair-same-device',
    ]);
  });

  it('of two groups', async () => {
    const [one, other] = [await OwnGroup.found(alice.key, 'A'), await OwnGroup.found(bob.key, 'B')];
    const run = await runPairing({ ...alice, group: one }, { ...bob, group: other });
    expectNothing(run, ['pair-two-groups', 'pair-two-groups']);
    expect([one, other].map(({ chain }) => chain.members.size)).toEqual([1, 1]);
  });

  it('of two pages, and of a page that is in a group with a device that is in none', async () => {
    const other: PairEnd = { key: keyOf(5), name: 'Other', deviceClass: 'leaf' };
    expectNothing(await runPairing(page, other), ['pair-needs-full', 'pair-needs-full']);
    const [, member] = (await devices('Alice', 'page')) as [Device, Device];
    const inGroup: PairEnd = { key: member.key, name: 'page', deviceClass: 'leaf', group: member.group };
    const alone: PairEnd = { key: keyOf(6), name: 'Alone' };
    expectNothing(await runPairing(inGroup, alone), ['pair-needs-full', 'pair-needs-full']);
  });

  it.each([
    ['shows the code', 0],
    ['enters it', 1],
  ] as const)('when who %s says that the words differ', async (_how, at) => {
    const unlike = { isSame: false };
    const ends: [PairEnd, PairEnd] =
      at === 0 ? [{ ...alice, answer: () => unlike }, bob] : [alice, { ...bob, answer: () => unlike }];
    const codes: [string, string] =
      at === 0 ? ['pair-words-differ', 'declined'] : ['declined', 'pair-words-differ'];
    expectNothing(await runPairing(...ends), codes);
  });

  it('when one person never answers and the other end goes, and the question is taken back', async () => {
    let isTakenBack = false;
    let leave = () => {};
    const pondering: PairEnd = {
      ...alice,
      answer: (_question, signal) => {
        signal.addEventListener('abort', () => {
          isTakenBack = true;
        });
        leave();
        return new Promise(() => {});
      },
    };
    const run = await runPairing(pondering, { ...bob, answer: () => ({ isSame: true }) }, (_a, b) => {
      leave = () => setTimeout(() => b.cut(), 0);
    });
    expectNothing(run, ['connection-lost', 'connection-lost']);
    expect(isTakenBack).toBe(true);
  });

  it('when the relay sits in between without the code', async () => {
    // Every message is turned back to where it came from.
    const run = await runPairing(alice, bob, (a, b) => {
      a.onSend = (message) => a.push(message.slice());
      b.onSend = (message) => b.push(message.slice());
    });
    expectNothing(run, ['authentication-failed', 'authentication-failed']);
  });

  it('when the relay changes, drops or repeats any record after the handshake', async () => {
    for (const nth of [0, 1, 2, 3, 4]) {
      for (const tampered of [
        (message: Uint8Array<ArrayBuffer>) => [message.map((byte, i) => (i === 5 ? byte ^ 1 : byte))],
        (message: Uint8Array<ArrayBuffer>) => [message, message],
      ]) {
        let sent = 0;
        const run = await runPairing(alice, bob, (a, b) => {
          a.onSend = (message) => {
            // After greeting, commitment, share and confirmation.
            for (const each of sent++ === 4 + nth ? tampered(message) : [message])
              b.push(each.slice() as never);
          };
        });
        const [own, theirs] = [code(run.initiator), code(run.responder)];
        // What is repeated at the very end comes too late to matter.
        if (nth < 4) expect([own, theirs], `record ${nth}`).not.toEqual(['paired', 'paired']);
        expect(run.seen[1].kept.length, `record ${nth}`).toBe(theirs === 'paired' ? 1 : 0);
      }
    }
  });
});

describe('pairing', () => {
  it('commits the sender to its share, since its words are compared', async () => {
    const { channels } = await runPairing(alice, bob);
    expect(channels[0].sent.slice(0, 3).map(([tag]) => tag)).toEqual([1, 5, 2]);
    // The receiver's share came after the commitment: greeting, share, confirmation.
    expect(channels[1].sent.slice(0, 3).map(([tag]) => tag)).toEqual([1, 2, 3]);
  });

  it('notes who was added before the other device hears of it', async () => {
    const order: string[] = [];
    const keep = (name: string) => async () => {
      order.push(`${name} keeps`);
      await Promise.resolve();
      order.push(`${name} kept`);
    };
    await runPairing({ ...alice, keep: keep('adder') }, { ...bob, keep: keep('joiner') });
    expect(order).toEqual(['adder keeps', 'adder kept', 'joiner keeps', 'joiner kept']);
  });

  it('ends where an app can not keep the group, and the other one hears nothing of it', async () => {
    const keep = async () => {
      throw new Error('the disk is full');
    };
    const { initiator, responder, seen } = await runPairing({ ...alice, keep }, bob);
    expect(initiator).toMatchObject({ reason: { message: 'the disk is full' } });
    expect(code(responder)).toBe('cancelled');
    expect(seen[1].kept).toEqual([]);
  });
});

describe('a joiner takes no chain', () => {
  let channels: ReturnType<typeof channelPair>;
  beforeEach(() => {
    channels = channelPair();
  });

  /** An adder that proves itself honestly, and then hands over what it likes. */
  async function cheat(
    give: (made: { chain: Chain; secret: Uint8Array<ArrayBuffer> }) => Promise<[Uint8Array, Uint8Array]>,
  ) {
    const seen = { questions: [], kept: [] as OwnGroup[] };
    const joining = pairEnd(channels[1], 'receiver', bob, seen);
    const cheating = (async () => {
      const { connection, binding } = await metByCode(channels[0], 'sender');
      const { key } = alice;
      const hello = encodeHello({
        publicKey: key.publicKey,
        groupId: null,
        deviceClass: 'full',
        kind: 'terminal',
        name: 'A',
      });
      await sayDevice(connection, 'hello', hello);
      const theirs = await hearDevice(connection, 'hello');
      await sayDevice(
        connection,
        'pair proof',
        await signParts(key, 'pair proof', [utf8(proverOf('sender')), binding, hello, theirs]),
      );
      await hearDevice(connection, 'pair proof');
      await sayDevice(connection, 'confirmed', Uint8Array.of(1));
      await hearDevice(connection, 'confirmed');
      const secret = secretOf(10);
      const chain = await Chain.found(key, 'A', secret);
      const [told, secrets] = await give({ chain, secret });
      await sayDevice(connection, 'chain', told);
      await sayDevice(connection, 'secrets', secrets);
      await connection.receiveFirst();
    })();
    const [joined] = await Promise.allSettled([joining, cheating]);
    return { code: code(joined), kept: seen.kept.length };
  }
  const member = { publicKey: bob.key.publicKey, deviceClass: 'full', name: 'Bob' } as const;

  it.each([
    ['without itself', async (chain: Chain) => chain],
    ['in which it is a leaf', (chain: Chain) => chain.add(alice.key, { ...member, deviceClass: 'leaf' })],
    [
      'in which the adder is not a member',
      async () => (await Chain.found(keyOf(9), 'x', secretOf(10))).add(keyOf(9), member),
    ],
  ])('%s', async (_what, make) => {
    const given = await cheat(async ({ chain, secret }) => [
      (await make(chain)).encode(),
      encodeSecrets([{ epoch: 0, secret }]),
    ]);
    expect(given).toEqual({ code: 'protocol-violation', kept: 0 });
  });

  it('with more behind it than counts', async () => {
    const given = await cheat(async ({ chain, secret }) => [
      concat((await chain.add(alice.key, member)).encode(), Uint8Array.of(1, 7)),
      encodeSecrets([{ epoch: 0, secret }]),
    ]);
    expect(given).toEqual({ code: 'protocol-violation', kept: 0 });
  });

  it.each([
    ['another secret', encodeSecrets([{ epoch: 0, secret: secretOf(11) }])],
    ['the secret of another epoch', encodeSecrets([{ epoch: 1, secret: secretOf(10) }])],
    ['two secrets', encodeSecrets([0, 1].map((epoch) => ({ epoch, secret: secretOf(10) })))],
    ['none', new Uint8Array(0)],
    ['half a secret', new Uint8Array(20)],
  ])('with %s', async (_what, secrets) => {
    const given = await cheat(async ({ chain }) => [(await chain.add(alice.key, member)).encode(), secrets]);
    expect(given).toEqual({ code: 'protocol-violation', kept: 0 });
  });

  it('that is longer than a chain may be', async () => {
    const given = await cheat(async () => [new Uint8Array(256 * 1024 + 1), new Uint8Array(0)]);
    expect(given).toEqual({ code: 'limit-exceeded', kept: 0 });
  });

  it('from who proves another key, another end or another session', async () => {
    const hello = (key: typeof alice.key) =>
      encodeHello({
        publicKey: key.publicKey,
        groupId: null,
        deviceClass: 'full',
        kind: 'terminal',
        name: 'A',
      });
    for (const forge of [
      (parts: Uint8Array[]) => signParts(keyOf(9), 'pair proof', parts),
      ([, ...parts]: Uint8Array[]) => signParts(alice.key, 'pair proof', [utf8('responder'), ...parts]),
      ([role, , ...parts]: Uint8Array[]) =>
        signParts(alice.key, 'pair proof', [role!, new Uint8Array(32), ...parts]),
      ([role, cb, own, peer]: Uint8Array[]) => signParts(alice.key, 'pair proof', [role!, cb!, peer!, own!]),
      (parts: Uint8Array[]) => signParts(alice.key, 'device proof', parts),
    ]) {
      const [a, b] = channelPair();
      const seen = { questions: [], kept: [] as OwnGroup[] };
      const joining = pairEnd(b, 'receiver', bob, seen);
      const cheating = (async () => {
        const { connection, binding } = await metByCode(a, 'sender');
        const own = hello(alice.key);
        await sayDevice(connection, 'hello', own);
        const theirs = await hearDevice(connection, 'hello');
        await sayDevice(connection, 'pair proof', await forge([utf8('initiator'), binding, own, theirs]));
      })();
      const [joined] = await Promise.allSettled([joining, cheating]);
      expect(code(joined)).toBe('authentication-failed');
      expect(seen).toEqual({ questions: [], kept: [] });
    }
  });
});

describe('a hello', () => {
  const good = {
    publicKey: keyOf(1).publicKey,
    groupId: null,
    deviceClass: 'full',
    kind: 'terminal',
    name: 'A',
  } as const;

  it('is read as it was said', () => {
    for (const hello of [good, { ...good, groupId: new Uint8Array(32).fill(1), name: '客厅' }]) {
      expect(parseHello(encodeHello(hello))).toEqual(hello);
    }
  });

  it('is none in any other form', () => {
    const bytes = encodeHello(good);
    for (const bad of [
      bytes.slice(0, -1),
      concat(bytes, Uint8Array.of(0)),
      encodeHello({ ...good, publicKey: new Uint8Array(32) }),
      encodeHello({ ...good, name: '' }),
      encodeHello({ ...good, name: 'x'.repeat(65) }),
      encodeHello({ ...good, groupId: new Uint8Array(31) }),
      // A page that would add and remove others.
      encodeHello({ ...good, deviceClass: 'full', kind: 'page' }),
      new Uint8Array(0),
    ]) {
      expect(() => parseHello(bad), hexOf(bad)).toThrow(
        expect.objectContaining({ code: 'protocol-violation' }),
      );
    }
  });

  it('leads both ends to opposite parts, whatever they are', () => {
    const groups = [null, new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const kinds = groups.flatMap((groupId) =>
      (['full', 'leaf'] as const).map((deviceClass) => ({ groupId, deviceClass })),
    );
    for (const one of kinds) {
      for (const two of kinds) {
        const [a, b] = [
          { ...good, ...one },
          { ...good, ...two, publicKey: keyOf(2).publicKey },
        ];
        const part = (act: () => string) => {
          try {
            return act();
          } catch (error) {
            return (error as { code: string }).code;
          }
        };
        const pair = [part(() => partOf(a, b, 'sender')), part(() => partOf(b, a, 'receiver'))].sort().join();
        expect([
          'adder,joiner',
          'same-group,same-group',
          'pair-two-groups,pair-two-groups',
          'pair-needs-full,pair-needs-full',
        ]).toContain(pair);
      }
    }
  });
});
