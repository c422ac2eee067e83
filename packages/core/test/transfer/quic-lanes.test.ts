// QUIC in whole transfers in memory: taken only where both ends know it; and a sender that opens lanes of a kind at its will.
import { expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { receiveFiles } from '../../src/transfer/receive-files.ts';
import { sendFiles } from '../../src/transfer/send-files.ts';
import { MAX_QUIC_TRIALS } from '../../src/wire/limits.ts';
import { encodeReach } from '../../src/wire/reach-record.ts';
import { MemoryNetwork } from '../direct/memory-network.ts';
import { HostileSender } from './rig/hostile-sender.ts';
import { fileEntry, MemoryFolder } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { relayPorts, runPair } from './rig/run-pair.ts';

const relayUrl = 'http://memory';
const BOTH = ['direct', 'quic'];
const [SENDER, RECEIVER] = [
  { host: '10.0.0.1', port: 5001 },
  { host: '10.0.0.2', port: 5002 },
];

function devices() {
  const [tcp, quic] = [new MemoryNetwork(), new MemoryNetwork()];
  const at = (address: typeof SENDER) => ({ direct: tcp.at(address), quic: quic.at(address) });
  return { tcp, quic, sender: at(SENDER), receiver: at(RECEIVER) };
}

const content = new Uint8Array(3_000_000).fill(7);

it('a transfer takes QUIC alone where one end wants that, and no content goes another way', async () => {
  const { tcp, quic, sender, receiver } = devices();
  const { folder } = await runPair([fileEntry('a', content)], {
    ports: { sender, receiver },
    send: { path: 'quic' },
  });
  expect(folder.files.get('a')).toHaveLength(content.length);
  expect([tcp.connections.length, quic.connections.length > 0]).toEqual([0, true]);
  expect([tcp.openPorts, quic.openPorts]).toEqual([0, 0]);
});

it('a transfer with an end that lacks QUIC opens no port of it', async () => {
  const { quic, sender, receiver } = devices();
  const { direct } = receiver;
  const { sent } = await runPair([fileEntry('a', content)], { ports: { sender, receiver: { direct } } });
  expect(sent.status).toBe('fulfilled');
  expect([quic.dialled, quic.connections]).toEqual([[], []]);
});

it('a sender that wants QUIC alone of a receiver that lacks it ends with what to do', async () => {
  const { sender, receiver } = devices();
  const { direct } = receiver;
  const { sent, received } = await runPair([fileEntry('a', content)], {
    ports: { sender, receiver: { direct } },
    send: { path: 'quic' },
    oneReceiver: true,
  });
  for (const end of [sent, received])
    expect(end).toMatchObject({ status: 'rejected', reason: { code: 'no-direct-path' } });
});

it('an end that wants QUIC alone and lacks it says so before it meets anyone', async () => {
  const { dial } = new MemoryRelay();
  const ports = { ...relayPorts(dial), direct: new MemoryNetwork().at(SENDER) };
  const common = { relayUrl, path: 'quic' as const, signal: new AbortController().signal, onEvent: () => {} };
  const sending = sendFiles(ports, { ...common, entries: Promise.resolve([fileEntry('a', content)]) });
  await expect(sending).rejects.toMatchObject({ code: 'no-quic' });
});

it('an end that wants QUIC alone and can’t load it says so before it meets anyone', async () => {
  const { dial } = new MemoryRelay();
  const load = () => {
    throw new Error('GLIBC_2.34 not found');
  };
  const ports = { ...relayPorts(dial), quic: { ...new MemoryNetwork().at(SENDER), load } };
  const common = { relayUrl, path: 'quic' as const, signal: new AbortController().signal, onEvent: () => {} };
  const sending = sendFiles(ports, { ...common, entries: Promise.resolve([fileEntry('a', content)]) });
  await expect(sending).rejects.toMatchObject({ code: 'no-quic' });
});

/** A receiver that has accepted the offer of a hostile sender. */
async function accepted(features: readonly string[]) {
  const { dial } = new MemoryRelay();
  const { code, joined } = await HostileSender.wait(relayPorts(dial), relayUrl, features);
  const { receiver } = devices();
  const received = receiveFiles(
    { ...relayPorts(dial), ...receiver, bulk: webBulkCrypto },
    {
      relayUrl,
      code,
      lanes: 1,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      review: async () => ({ accept: true, sink: new MemoryFolder(), skip: new Set() }),
      onText: () => {},
      onEvent: () => {},
      reconnectTimeoutMs: 0,
    },
  );
  received.catch(() => {});
  const sender = await joined;
  await sender.say({ type: 'manifest', entries: [{ path: 'a', size: 1 }] });
  await sender.say({ type: 'manifest-end', entries: 1 });
  await sender.hears('accept');
  const reach = { nonce: new Uint8Array(16), addresses: [], quic: [], only: false };
  return { sender, received, reach: () => sender.record('reach', encodeReach(reach)) };
}

it.each([
  ['that both ends don’t know', ['direct'], true],
  ['before it has said where it can be reached', BOTH, false],
] as const)('a sender that opens a lane of QUIC %s breaks the protocol', async (_name, features, isSaid) => {
  const { sender, received, reach } = await accepted(features);
  if (isSaid) await reach();
  await sender.say({ type: 'open-lane', lane: 1, path: 'quic' });
  await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
});

it('a sender opens one lane for a direct path, one for each trial of QUIC, and no other beside those wanted', async () => {
  const { sender, received, reach } = await accepted(BOTH);
  await reach();
  const most = 1 + MAX_QUIC_TRIALS;
  for (let lane = 1; lane <= most; lane += 1) await sender.say({ type: 'open-lane', lane, path: 'quic' });
  await sender.say({ type: 'file-failed', file: 0, code: 41 });
  await sender.say({ type: 'open-lane', lane: most + 1 });
  await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
});
