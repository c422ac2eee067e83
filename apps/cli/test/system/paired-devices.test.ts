// Two devices over a real relay and real sockets: paired by a code, then a file from one to the other by their keys alone.
import { randomBytes } from 'node:crypto';
import {
  type EnginePorts,
  meetDevice,
  type OwnGroup,
  pairDevices,
  receiveFromDevice,
  sendToDevice,
} from '@p2p-copy/core';
import { expect, it, onTestFinished } from 'vitest';
import { encodeBase64url } from '../../../../packages/core/src/foundation/base64url.ts';
import type { FirstSession } from '../../../../packages/core/src/link/met-session.ts';
import { CodeJoining } from '../../../../packages/core/src/meeting/code-joining.ts';
import { CodeMeeting } from '../../../../packages/core/src/meeting/code-meeting.ts';
import type { Role } from '../../../../packages/core/src/ports/rendezvous.ts';
import { parseCode } from '../../../../packages/core/src/wire/code.ts';
import { OUR_FEATURES } from '../../../../packages/core/src/wire/greeting.ts';
import { keyOf } from '../../../../packages/core/test/group/devices.ts';
import { MemoryRoom, type Visitor } from '../../../../packages/core/test/presence/memory-room.ts';
import { fileEntry, MemoryFolder } from '../../../../packages/core/test/transfer/rig/memory-files.ts';
import { startRelay } from '../../src/library/relay/start-relay.ts';
import { createNodePorts } from '../../src/node/node-ports.ts';

const [alice, bob] = [
  { key: keyOf(1), name: 'Laptop' },
  { key: keyOf(2), name: 'Server' },
];
type Person = typeof alice;
const { signal } = new AbortController();

/** One device's side, once both know the code. */
async function pair(ports: EnginePorts, role: Role, { key, name }: Person, met: FirstSession) {
  const words: string[] = [];
  const { group } = await pairDevices(met, {
    role,
    key,
    own: { deviceClass: 'full', kind: 'terminal', name },
    group: null,
    clock: ports.clock,
    confirm: async (question) => {
      words.push(...question.words);
      return { isSame: true };
    },
    keep: async () => {},
  });
  return { group, words };
}

async function pairOver(url: string, ports: EnginePorts) {
  const access = {
    rendezvous: ports.rendezvousAt(url),
    clock: ports.clock,
    bulk: ports.bulk!,
    features: OUR_FEATURES,
    signal,
  };
  const steady = { lanes: 1, reconnectTimeoutMs: 0, onOutage() {}, purpose: 'pair' } as const;
  const meeting = new CodeMeeting(access, { ...steady, code: undefined, words: 4 });
  const code = await meeting.allocate(0);
  const joining = new CodeJoining(access, { ...steady, code: parseCode(code) });
  await Promise.all([meeting.awaitJoiner(), joining.join()]);
  const [proof, joined] = await Promise.all([meeting.prove(), joining.prove()]);
  if (proof.type !== 'proved') throw new Error(proof.type);
  meeting.release();
  const ends = await Promise.all([
    pair(ports, 'sender', alice!, proof.met),
    pair(ports, 'receiver', bob!, joined),
  ]);
  await Promise.all([meeting.close(), joining.close()]);
  return ends;
}

it('two devices that were paired over a relay send a file by their keys alone', async () => {
  const relay = await startRelay({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => relay.close());
  const ports = await createNodePorts({ caFile: undefined });
  const [a, b] = await pairOver(relay.url, ports);
  expect(a!.words).toEqual(b!.words);
  expect(a!.group.present).toEqual(b!.group.present);

  const room = new MemoryRoom();
  const groups: [Person, OwnGroup][] = [
    [alice!, a!.group],
    [bob!, b!.group],
  ];
  const visitors: Visitor[] = [];
  for (const [person, group] of groups) {
    visitors.push(await room.enter({ ...person, deviceClass: 'full', group }));
  }
  const rendezvousKey = new Uint8Array(randomBytes(32));
  const meet = async (at: 0 | 1, role: Role) => {
    const [person, group] = groups[at]!;
    const [peer] = visitors[at]!.presence.there;
    const channel = await ports.rendezvousAt(relay.url).meet(encodeBase64url(rendezvousKey), role, signal);
    const prs = await peer!.channel.deriveSessionSecret(rendezvousKey);
    const { met } = await meetDevice(
      channel,
      {
        role,
        rendezvousKey,
        prs,
        key: person.key,
        group,
        epoch: 0,
        peer: peer!.card.publicKey,
        lanes: 4,
        keep: async () => {},
      },
      { clock: ports.clock, bulk: ports.bulk! },
    );
    return met;
  };
  const content = randomBytes(5_000_000);
  const folder = new MemoryFolder();
  const common = { relayUrl: relay.url, signal, path: 'relay', onEvent() {} } as const;
  const entries = Promise.resolve([fileEntry('photo.jpg', content)]);
  const [sent, received] = await Promise.all([
    sendToDevice(ports, { ...common, entries }, () => meet(0, 'sender')),
    receiveFromDevice(
      ports,
      {
        ...common,
        nameRules: { windowsNames: false, foldsCase: false },
        review: async () => ({ accept: true, sink: folder, skip: new Set() }),
        reviewChanged: async () => new Set(),
        onText() {},
      },
      () => meet(1, 'receiver'),
    ),
  ]);
  expect([sent.files, received.files]).toEqual([1, 1]);
  expect(Buffer.from(folder.files.get('photo.jpg')!).equals(content)).toBe(true);
});
