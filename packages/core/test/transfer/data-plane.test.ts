// Content and comparison beside the control machines: each goes straight to its pipeline, and neither before the offer is accepted.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { CodeJoining } from '../../src/meeting/code-joining.ts';
import { receiveFiles } from '../../src/transfer/receive-files.ts';
import { sendFiles } from '../../src/transfer/send-files.ts';
import { parseCode } from '../../src/wire/code.ts';
import { encodeControlMessage, parseControlMessage } from '../../src/wire/control-message.ts';
import { encodeRecord, type RecordKind } from '../../src/wire/record.ts';
import { HostileSender } from './rig/hostile-sender.ts';
import { fileEntry } from './rig/memory-files.ts';
import { MemoryRelay } from './rig/memory-relay.ts';
import { relayPorts, runPair } from './rig/run-pair.ts';

const CHUNK = 256 * 1024;
const relayUrl = 'http://memory';
const steps = vi.hoisted(() => ({ receiver: 0 }));

vi.mock(import('../../src/machine/receiver-machine.ts'), async (original) => {
  const real = await original();
  const stepReceiver: typeof real.stepReceiver = (...args) => {
    steps.receiver += 1;
    return real.stepReceiver(...args);
  };
  return { ...real, stepReceiver };
});

afterEach(() => {
  steps.receiver = 0;
});

/** A receiver of a hostile sender's offer, whose person never answers. */
async function undecided() {
  const { dial } = new MemoryRelay();
  const { code, joined } = await HostileSender.wait(relayPorts(dial), relayUrl);
  let ask: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const received = receiveFiles(relayPorts(dial), {
    relayUrl,
    code,
    nameRules: { windowsNames: false, foldsCase: false },
    signal: new AbortController().signal,
    review: () => {
      ask();
      return new Promise<never>(() => {});
    },
    onText: () => {},
    onEvent: () => {},
    reconnectTimeoutMs: 0,
  });
  received.catch(() => {});
  return { sender: await joined, received, asked };
}

describe('content', () => {
  it('is no event of the receiver’s machine, however many records there are', async () => {
    const count = async (chunks: number) => {
      steps.receiver = 0;
      const content = new Uint8Array(randomBytes(chunks * CHUNK));
      const { folder } = await runPair([fileEntry('a', content)], { send: { lanes: 1 } });
      expect(Buffer.compare(folder.files.get('a')!, content)).toBe(0);
      return steps.receiver;
    };
    expect(await count(40)).toBe(await count(2));
  });

  it.each(['data', 'digests', 'ahead', 'keep'] as const)(
    'that comes before the offer is whole ends the transfer: %s',
    async (kind) => {
      const { sender, received } = await undecided();
      await sender.say({ type: 'manifest', entries: [{ path: 'a', size: 1 }] });
      await sender.record(kind, new Uint8Array(64));
      await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
      expect(await sender.hears('abort')).toMatchObject({ code: 'protocol-violation' });
    },
  );

  it.each(['data', 'digests', 'ahead', 'keep'] as const)(
    'that comes before the person has accepted ends the transfer: %s',
    async (kind) => {
      const { sender, received, asked } = await undecided();
      await sender.list(3, (i) => `f${i}`);
      await sender.say({ type: 'manifest-end', entries: 3 });
      await asked;
      await sender.record(kind, new Uint8Array(64));
      await expect(received).rejects.toMatchObject({ code: 'protocol-violation' });
      expect(await sender.hears('abort')).toMatchObject({ code: 'protocol-violation' });
    },
  );
});

describe('a receiver that has not accepted', () => {
  it.each(['keep', 'data', 'digests', 'ahead'] as const)('can’t have the sender take %s', async (kind) => {
    const { dial } = new MemoryRelay();
    let tell: (code: string) => void = () => {};
    const told = new Promise<string>((resolve) => {
      tell = resolve;
    });
    const sent = sendFiles(relayPorts(dial), {
      relayUrl,
      entries: Promise.resolve([fileEntry('a', new Uint8Array(randomBytes(2 * CHUNK)))]),
      signal: new AbortController().signal,
      reconnectTimeoutMs: 0,
      onEvent: (event) => event.type === 'code' && tell(event.code),
    });
    sent.catch(() => {});
    const lane = await joined(dial, await told);
    const heard: string[] = [];
    const ended = new Promise<void>((resolve) => {
      void lane.receiveAll(
        ({ kind: theirs, body }) => {
          const message = theirs === 'control' ? parseControlMessage(body) : null;
          if (message !== null) heard.push(message.type);
          if (message?.type === 'manifest-end') void sayAll(kind);
        },
        () => resolve(),
      );
    });
    const sayAll = async (theirs: RecordKind) => {
      await lane.send(encodeRecord('control', encodeControlMessage({ type: 'compare', files: [[0, 2]] })));
      // One row: chunk 0 of file 0 is kept, though no digest of it was told.
      await lane.send(encodeRecord(theirs, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1)));
    };
    await expect(sent).rejects.toMatchObject({ code: 'protocol-violation' });
    await ended;
    expect(heard).toEqual(['manifest', 'manifest-end', 'abort']);
  });
});

/** The receiver's connection after a meeting by code. */
async function joined(dial: MemoryRelay['dial'], code: string) {
  const { rendezvousAt, clock } = relayPorts(dial);
  const joining = new CodeJoining(
    {
      rendezvous: rendezvousAt(relayUrl),
      clock,
      bulk: webBulkCrypto,
      features: [],
      signal: new AbortController().signal,
    },
    { code: parseCode(code), lanes: 1, reconnectTimeoutMs: 0, onOutage: () => {} },
  );
  await joining.join();
  const { connection } = await joining.prove();
  return connection;
}
