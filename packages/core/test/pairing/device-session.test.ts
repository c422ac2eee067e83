// Sessions between devices of one group: who gets in, what they hand over, and a transfer that goes on in one.
import { randomBytes as randomContent } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { encodeBase64url } from '../../src/foundation/base64url.ts';
import { randomBytes } from '../../src/foundation/bytes.ts';
import type { OwnGroup } from '../../src/group/own-group.ts';
import { receiveFromDevice, sendToDevice } from '../../src/index.ts';
import { expectBothMembers } from '../../src/pairing/device-session.ts';
import type { Role } from '../../src/ports/rendezvous.ts';
import { encodeRecord } from '../../src/wire/record.ts';
import { type Device, devices, keyOf, noPause, viewOf } from '../group/devices.ts';
import { channelPair, type PairedChannel } from '../link/channel-pair.ts';
import { MemoryRoom } from '../presence/memory-room.ts';
import { fileEntry, MemoryFolder } from '../transfer/rig/memory-files.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { relayPorts } from '../transfer/rig/run-pair.ts';
import { runSession, sessionEnd } from './pair-rig.ts';

type Bytes = Uint8Array<ArrayBuffer>;
let all: Device[];
let [alice, bob, carol]: [Device, Device, Device] = [] as never;
beforeEach(async () => {
  all = await devices('Alice', 'Bob', 'Carol');
  [alice, bob, carol] = all as [Device, Device, Device];
});

const codes = (ends: PromiseSettledResult<unknown>[]) =>
  ends.map((end) => (end.status === 'rejected' ? (end.reason as { code: string }).code : 'met'));

/** Connects two ends of other sessions: what each sends on lines of their own. */
function crossed(): [PairedChannel, PairedChannel] {
  return channelPair();
}

describe('two devices of a group', () => {
  it('prove themselves, and know the same', async () => {
    const ends = await runSession({ device: alice }, { device: bob });
    expect(codes(ends)).toEqual(['met', 'met']);
    const [a, b] = ends.map(
      (end) => (end as PromiseFulfilledResult<Awaited<ReturnType<typeof sessionEnd>>>).value,
    );
    expect(a!.met.transferSecret).toEqual(b!.met.transferSecret);
    expect([a!.taken.kind, b!.taken.kind]).toEqual(['known', 'known']);
    expect([a!.met.verifier, b!.met.verifier]).toEqual([null, null]);
  });

  it('hand over the chain and the secret to the one that was away, and it keeps both before anything follows', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    const kept: (OwnGroup['present'] | null)[] = [];
    const ends = await runSession(
      { device: alice, epoch: 0 },
      {
        device: bob,
        epoch: 0,
        keep: async (group) => {
          kept.push(group.present);
        },
      },
    );
    expect(codes(ends)).toEqual(['met', 'met']);
    expect(kept).toEqual([alice.group.present]);
    expect(bob.group.chain.head).toEqual(alice.group.chain.head);
  });

  it('hand over what only the second one knows, though the first one asked', async () => {
    await bob.group.remove(bob.key, carol.key.publicKey);
    const ends = await runSession({ device: alice, epoch: 0 }, { device: bob, epoch: 0 });
    expect(codes(ends)).toEqual(['met', 'met']);
    expect(alice.group.present).toEqual(bob.group.present);
  });

  it('whose views differ change nothing, hand over no secret, and ask their people', async () => {
    await alice.group.add(alice.key, { publicKey: keyOf(50).publicKey, deviceClass: 'full', name: 'x' });
    await bob.group.remove(bob.key, carol.key.publicKey);
    const heads = [alice, bob].map(({ group }) => group.chain.head);
    const ends = await runSession({ device: alice, epoch: 0 }, { device: bob, epoch: 0 });
    expect(codes(ends)).toEqual(['met', 'met']);
    expect([alice, bob].map(({ group }) => group.chain.head)).toEqual(heads);
    expect([alice, bob].map(({ group }) => group.fork !== null)).toEqual([true, true]);
    expect(alice.group.note().secrets.length).toBe(1);
  });
});

it('a secret of an epoch that a device has done with isn’t taken again, whoever hands it over', async () => {
  const old = alice.group.note().secrets[0]!;
  await alice.group.remove(alice.key, carol.key.publicKey);
  for (let day = 0; day <= 30; day += 1) {
    alice.group.oldRooms({ wallMs: day * 24 * 3_600_000, boot: null });
  }
  expect(alice.group.note().secrets.map(({ epoch }) => epoch)).toEqual([1]);
  // Bob hands over all that he has, whatever was asked for.
  bob.group.take(alice.group.chain);
  bob.group.takeSecret(alice.group.note().secrets[0]!);
  bob.group.secretsFor = () => [old, ...alice.group.note().secrets];
  const ends = await runSession({ device: alice, epoch: 1 }, { device: bob, epoch: 1 });
  expect(codes(ends)).toEqual(['met', 'met']);
  expect(alice.group.note().secrets.map(({ epoch }) => epoch)).toEqual([1]);
});

describe('a device that was removed', () => {
  it('learns that it was in the room of before, nothing of what came later, no secret, and gets no transfer', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    const removal = alice.group.chain.head;
    await alice.group.add(alice.key, { publicKey: keyOf(60).publicKey, deviceClass: 'full', name: 'new' });
    const ends = await runSession({ device: alice, epoch: 0 }, { device: carol, epoch: 0 });
    expect(codes(ends)).toEqual(['met', 'met']);
    expect(carol.group.chain.head).toEqual(removal);
    expect([carol.group.isOut, carol.group.present]).toEqual([true, null]);
    expect(carol.group.note().secrets.map(({ epoch }) => epoch)).toEqual([0]);
    expect(() => expectBothMembers(alice.group, carol.key.publicKey, 0)).toThrow(
      expect.objectContaining({ code: 'not-in-group' }),
    );
  });

  it('gets no session at the present epoch', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    const ends = await runSession({ device: alice, epoch: 1 }, { device: carol, epoch: 0 });
    expect(codes(ends)[0]).toBe('not-in-group');
  });

  it('moves nobody to an epoch of its own: its chain is a question to the person', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    await carol.group.remove(carol.key, bob.key.publicKey);
    await runSession({ device: alice, epoch: 0 }, { device: carol, epoch: 0 });
    expect(alice.group.present?.epoch).toBe(1);
    expect(alice.group.chain.member(carol.key.publicKey)).toBe(null);
    expect(alice.group.fork).not.toBe(null);
  });

  it('is out once it hears of it, and a transfer agreed on before does not begin', async () => {
    await alice.group.remove(alice.key, carol.key.publicKey);
    carol.group.take(alice.group.chain);
    expect(() => expectBothMembers(carol.group, alice.key.publicKey, 1)).toThrow();
    expect(() => expectBothMembers(alice.group, bob.key.publicKey, 0)).toThrow();
    expect(() => expectBothMembers(alice.group, bob.key.publicKey, 1)).not.toThrow();
  });
});

describe('nobody gets in', () => {
  const FAILED = 'authentication-failed';
  /** Runs ends as told, and what they come to. */
  async function meeting(
    one: [Device, Bytes, Partial<Parameters<typeof sessionEnd>[2]>?],
    other: [Device, Bytes, Partial<Parameters<typeof sessionEnd>[2]>?],
    roles: [Role, Role] = ['sender', 'receiver'],
  ) {
    const [a, b] = crossed();
    const end = (channel: PairedChannel, role: Role, [device, peer, more]: typeof one) =>
      sessionEnd(channel, role, { device, ...more }, peer).catch((error: unknown) => {
        channel.terminate();
        throw error;
      });
    return codes(await Promise.allSettled([end(a, roles[0], one), end(b, roles[1], other)]));
  }

  it('as the device itself, which a relay connects to itself', async () => {
    // Alice means Bob at both ends, and has the same secret for both.
    expect(await meeting([alice, bob.key.publicKey], [alice, bob.key.publicKey])).toEqual([FAILED, FAILED]);
    expect((await meeting([alice, alice.key.publicKey], [alice, alice.key.publicKey]))[0]).toBe(FAILED);
  });

  it('as another device than the one that is meant, though it is a member and knows the secret', async () => {
    const [a, c] = await meeting([alice, bob.key.publicKey], [carol, alice.key.publicKey]);
    expect(a).toBe(FAILED);
    expect(c).not.toBe('met');
    // And one that means a third device.
    expect((await meeting([alice, bob.key.publicKey], [bob, carol.key.publicKey])).includes('met')).toBe(
      false,
    );
  });

  it('of another group or at another epoch', async () => {
    const [other] = (await devices('Alice')) as [Device];
    await other.group.add(other.key, { publicKey: bob.key.publicKey, deviceClass: 'full', name: 'Bob' });
    expect(await meeting([other, bob.key.publicKey], [bob, alice.key.publicKey])).toEqual([FAILED, FAILED]);
    const behind: Device = { ...bob, group: await viewOf(bob.group, bob.key.publicKey) };
    await alice.group.remove(alice.key, carol.key.publicKey);
    expect(await meeting([alice, bob.key.publicKey], [behind, alice.key.publicKey])).toEqual([
      FAILED,
      FAILED,
    ]);
  });

  it('without the secret of the two', async () => {
    const guess = { prs: randomBytes(32) };
    const [a, b] = await meeting([alice, bob.key.publicKey], [bob, alice.key.publicKey, guess]);
    expect([a, b]).toEqual(['wrong-code', 'wrong-code']);
  });

  it('under another rendezvous key, or for another purpose', async () => {
    const elsewhere = { rendezvousKey: randomBytes(32) };
    const ends = await meeting([alice, bob.key.publicKey], [bob, alice.key.publicKey, elsewhere]);
    expect(ends.includes('met')).toBe(false);
  });

  it('by a signature that was made for a third device, on another connection, or the other role', async () => {
    // Carol meets Alice honestly as herself, and Bob as if she were Alice. She knows every secret that a member could.
    const { exchangeProofs } = await import('../../src/pairing/exchange-proofs.ts');
    const { sealedPair } = await import('../link/sealed-pair.ts');
    const { groupId } = alice.group.chain;
    const bindings = [randomBytes(32), randomBytes(32)] as const;
    for (const { toCarol, aliceMeans, aliceRole } of [
      { toCarol: bindings[0], aliceMeans: carol, aliceRole: 'sender' },
      { toCarol: bindings[0], aliceMeans: bob, aliceRole: 'sender' },
      { toCarol: bindings[1], aliceMeans: carol, aliceRole: 'sender' },
      { toCarol: bindings[1], aliceMeans: bob, aliceRole: 'receiver' },
    ] as const) {
      const [a, fromAlice] = await sealedPair(new Uint8Array(64).fill(1));
      const [b, fromBob] = await sealedPair(new Uint8Array(64).fill(2));
      const proving = exchangeProofs(a.connection, {
        role: aliceRole,
        key: alice.key,
        binding: toCarol,
        groupId,
        epoch: 0,
        peer: aliceMeans.key.publicKey,
      }).catch(() => {});
      const stolen = await fromAlice.connection.receiveFirst();
      await fromBob.connection.send(encodeRecord('device', stolen.body));
      const options = { role: 'receiver', key: bob.key, binding: bindings[1], groupId, epoch: 0 } as const;
      await expect(
        exchangeProofs(b.connection, { ...options, peer: alice.key.publicKey }),
      ).rejects.toMatchObject({ code: FAILED });
      a.connection.terminate();
      await proving;
    }
  });

  it('by saying back what was said', async () => {
    const { exchangeProofs } = await import('../../src/pairing/exchange-proofs.ts');
    const { sealedPair } = await import('../link/sealed-pair.ts');
    const [a, mirror] = await sealedPair();
    const options = {
      key: alice.key,
      binding: randomBytes(32),
      groupId: alice.group.chain.groupId,
      epoch: 0,
    };
    const proving = exchangeProofs(a.connection, { role: 'sender', ...options, peer: bob.key.publicKey });
    const { body } = await mirror.connection.receiveFirst();
    await mirror.connection.send(encodeRecord('device', body));
    await expect(proving).rejects.toMatchObject({ code: FAILED });
  });

  it('before its proof, whatever else it says first: a chain, a manifest, nothing at all', async () => {
    const { exchangeProofs } = await import('../../src/pairing/exchange-proofs.ts');
    const { sealedPair } = await import('../link/sealed-pair.ts');
    for (const record of [
      encodeRecord('device', Uint8Array.of(2, ...bob.group.chain.encode())),
      encodeRecord('device', new Uint8Array(0)),
      encodeRecord('device', new Uint8Array(500_000).fill(1)),
      encodeRecord('control', new TextEncoder().encode('{"type":"manifest","entries":[]}')),
      encodeRecord('resume', new Uint8Array(24)),
    ]) {
      const [a, b] = await sealedPair();
      const options = {
        key: alice.key,
        binding: randomBytes(32),
        groupId: alice.group.chain.groupId,
        epoch: 0,
      };
      await b.connection.send(record);
      const proving = exchangeProofs(a.connection, { role: 'sender', ...options, peer: bob.key.publicKey });
      await expect(proving).rejects.toMatchObject({
        code: expect.stringMatching(/protocol-violation|limit-exceeded/),
      });
    }
  });
});

it('a device that was away comes to the present room by way of the older one', async () => {
  const scope = alice.group.present!;
  await alice.group.remove(alice.key, carol.key.publicKey);
  const room = new MemoryRoom();
  const b = await room.enter(bob);
  const a = await room.enter(alice, { scope, isOld: true, isNamed: false });
  const [offered] = a.events;
  if (offered?.type !== 'sync') throw new Error('nobody was met');
  const key = randomBytes(32);
  const device = alice.key.publicKey;
  const asking = { type: 'meet', id: 1, key, task: 'sync', paths: [], device } as const;
  await room.pass(a, await a.presence.say(offered.from, { ...asking, paths: [] }));
  const [asked] = b.events;
  if (asked?.type !== 'message' || asked.message.type !== 'meet') throw new Error('nobody was asked');
  const prs = [offered.from, asked.from].map(({ channel }) => channel.deriveSessionSecret(key));
  const ends = await runSession(
    { device: alice, epoch: 0, rendezvousKey: key, prs: await prs[0]! },
    { device: bob, epoch: 0, rendezvousKey: asked.message.key, prs: await prs[1]! },
  );
  expect(codes(ends)).toEqual(['met', 'met']);
  expect(bob.group.present).toEqual(alice.group.present);
});

describe('a transfer between devices', () => {
  /** All of it: presence in a room, a meeting that one asks for, proofs, and the files, over one relay that a test may cut. */
  async function transfer(relay: MemoryRelay, content: Bytes) {
    const room = new MemoryRoom();
    const [a, b] = [await room.enter(alice), await room.enter(bob)];
    const key = randomBytes(32);
    const toBob = a.presence.there[0]!;
    await room.pass(
      a,
      await a.presence.say(toBob, { type: 'meet', id: 1, key, task: 'send', paths: [], device: null }),
    );
    const asked = b.events.find((event) => event.type === 'message');
    if (asked?.type !== 'message' || asked.message.type !== 'meet') throw new Error('nobody was asked');
    const folder = new MemoryFolder();
    const ports = relayPorts(relay.dial);
    const { signal } = new AbortController();
    const meet = async (role: Role, device: Device, member: typeof toBob) => {
      const rendezvous = ports.rendezvousAt('http://memory');
      const channel = await rendezvous.meet(encodeBase64url(key), role, signal);
      const prs = await member.channel.deriveSessionSecret(key);
      const peer = member.card.publicKey;
      return sessionEnd(channel, role, { device, rendezvousKey: key, prs, lanes: 2, keep: noPause }, peer);
    };
    const met = async (...whom: Parameters<typeof meet>) => (await meet(...whom)).met;
    const sending = sendToDevice(
      ports,
      {
        relayUrl: 'http://memory',
        entries: Promise.resolve([fileEntry('photo.jpg', content)]),
        signal,
        onEvent: () => {},
      },
      () => met('sender', alice, toBob),
    );
    const noted: boolean[] = [];
    const receiving = receiveFromDevice(
      ports,
      {
        relayUrl: 'http://memory',
        nameRules: { windowsNames: false, foldsCase: false },
        signal,
        review: async () => ({ accept: true, sink: folder, skip: new Set() }),
        reviewChanged: async () => new Set(),
        onText: () => {},
        onResumable: (_secret, isAccepted) => void noted.push(isAccepted),
        onEvent: () => {},
      },
      () => met('receiver', bob, asked.from),
    );
    const [sent, received] = await Promise.all([sending, receiving]);
    return { sent, received, folder, noted };
  }

  it('goes as any, from the meeting that was asked for in the room to the receipt', async () => {
    const content = randomBytes(60_000);
    const { sent, received, folder, noted } = await transfer(new MemoryRelay(), content);
    expect([sent.files, received.files]).toEqual([1, 1]);
    expect(Buffer.from(folder.files.get('photo.jpg')!).equals(content)).toBe(true);
    expect(noted).toEqual([false, true]);
  });

  it('goes on after its connections are lost, without another proof', async () => {
    const relay = new MemoryRelay();
    const content = new Uint8Array(randomContent(3_000_000));
    let cuts = 0;
    relay.cut = (passed) => {
      // 12 for the handshake, the proofs and the group, then the offer and the first content.
      if (passed !== 18 && passed !== 22) return null;
      cuts += 1;
      return 'before';
    };
    const { received, folder } = await transfer(relay, content);
    expect(received.files).toBe(1);
    expect(Buffer.from(folder.files.get('photo.jpg')!).equals(content)).toBe(true);
    expect(cuts).toBe(2);
  });
});
