// Someone other than the two ends comes to the meeting, or plays back what they once said.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import {
  type DialRelay,
  type ReceiveOptions,
  receiveFiles,
  relayRendezvous,
  type SendOptions,
  sendFiles,
} from '../../packages/core/src/index.ts';
import { parseFirstMessage } from '../../packages/core/src/relay-protocol/index.ts';
import { fileEntry, MemoryFolder } from '../../packages/core/test/transfer/rig/memory-files.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { ScheduledFault } from './fault-script.ts';
import { meetStranger, replay, STRANGERS } from './impostor.ts';
import { promisedCode } from './promised-code.ts';
import { endingOf } from './transfer-rig.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

let relay: RunningRelay;
beforeAll(async () => {
  relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
});
afterAll(() => relay?.close());

const CONTENT = new Uint8Array(randomBytes(3_000_000));

interface Meeting {
  senderUrl?: string;
  /** Given each connection's number and how to make it. */
  senderDial?: (count: number, dial: () => ReturnType<DialRelay>) => ReturnType<DialRelay>;
  receiverDial?: Meeting['senderDial'];
  send?: Partial<SendOptions>;
  receive?: Partial<ReceiveOptions>;
  /** What is written waits for this. */
  held?: Promise<void>;
}

/** A transfer whose connections a test can hold up. */
async function transfer({ senderUrl = relay.url, senderDial, receiverDial, send, receive, held }: Meeting) {
  const folder = new MemoryFolder();
  folder.beforeWrite = async () => held;
  const ports = await createNodePorts({ caFile: undefined });
  const dial = createDial({ endpoint, isSealed: true });
  const counting = (around: Meeting['senderDial'] = (_count, dialNext) => dialNext()): typeof ports => {
    let count = 0;
    const counted: DialRelay = (...args) => around(count++, () => dial(...args));
    return { ...ports, rendezvousAt: relayRendezvous(counted, ports.clock) };
  };
  const { code, tellCode } = promisedCode();
  const stop = new AbortController();
  const sending = sendFiles(counting(senderDial), {
    relayUrl: senderUrl,
    entries: Promise.resolve([fileEntry('f', CONTENT)]),
    signal: stop.signal,
    onEvent: (event) => event.type === 'code' && tellCode(event.code),
    ...send,
  });
  sending.catch(() => tellCode('1-never-told'));
  const receiving = receiveFiles(counting(receiverDial), {
    relayUrl: relay.url,
    code: await code,
    nameRules: { windowsNames: false, foldsCase: false },
    signal: stop.signal,
    onEvent() {},
    onText() {},
    review: async () => ({ accept: true, sink: folder, skip: new Set() }),
    ...receive,
  });
  const [sent, received] = await Promise.allSettled([sending, receiving]);
  return { sent, received, folder };
}

/** Tells the pairing key of the first connection that announces an opaque one. */
function listenForKey() {
  let tell: (key: string) => void = () => {};
  const key = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const dial: Meeting['senderDial'] = async (_count, make) => {
    const socket = await make();
    const { send } = socket;
    socket.send = (message) => {
      const first = typeof message === 'string' ? parseFirstMessage(message) : null;
      if (first !== null && 'key' in first && first.key.length === 43) tell(first.key);
      send.call(socket, message);
    };
    return socket;
  };
  return { key, dial };
}

describe.each(Object.keys(STRANGERS) as (keyof typeof STRANGERS)[])('a stranger who %s', (stranger) => {
  it('meets an end under a lane’s pairing key, and the transfer does without that lane', async () => {
    const sender = listenForKey();
    let met = false;
    let goOn: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const { sent, received, folder } = await transfer({
      senderDial: sender.dial,
      // The receiver comes to the lane only when the stranger has been there, and nothing is done before.
      async receiverDial(count, make) {
        if (count > 0) met = await meetStranger(relay.url, 'receiver', await sender.key, stranger);
        if (count > 0) goOn();
        return make();
      },
      held,
      send: { lanes: 2 },
      receive: { lanes: 2 },
    });
    expect(met).toBe(true);
    expect([endingOf(sent), endingOf(received)]).toEqual(['done', 'done']);
    expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
  });

  it('meets an end that comes back, and isn’t taken for the other', async () => {
    const lost: ScheduledFault = {
      connection: 0,
      direction: 'up',
      at: 8,
      fault: { kind: 'cut', where: 'after' },
    };
    const proxy = await startFaultProxy({ relayUrl: relay.url, schedule: [lost] });
    const sender = listenForKey();
    let met = false;
    const { sent, received, folder } = await transfer({
      senderUrl: proxy.url,
      senderDial: sender.dial,
      async receiverDial(count, make) {
        if (count === 1) met = await meetStranger(relay.url, 'receiver', await sender.key, stranger);
        return make();
      },
    });
    await proxy.close();
    expect(met).toBe(true);
    expect([endingOf(sent), endingOf(received)]).toEqual(['done', 'done']);
    expect(Buffer.compare(folder.files.get('f')!, CONTENT)).toBe(0);
  });
});

describe('a recorded session', () => {
  async function record(code: string) {
    const proxy = await startFaultProxy({ relayUrl: relay.url });
    const { sent } = await transfer({ senderUrl: proxy.url, send: { code } });
    await proxy.close();
    expect(endingOf(sent)).toBe('done');
    return proxy.recordings[0]!;
  }

  it('of a sender opens nothing at a receiver of the same code', async () => {
    const code = '4711-always-the-same';
    const { up, down } = await record(code);
    expect([up.length, down.length].every((count) => count > 5)).toBe(true);
    const impostor = await replay(
      relay.url,
      { type: 'allocate', nameplate: '4711', isDrawn: false, token: null },
      up,
    );
    const folder = new MemoryFolder();
    const ports = await createNodePorts({ caFile: undefined });
    const receiving = receiveFiles(ports, {
      relayUrl: relay.url,
      code,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      onEvent() {},
      onText() {},
      review: async () => ({ accept: true, sink: folder, skip: new Set() }),
    });
    // The recorded commitment is to a share of another session: the receiver confirms nothing.
    await expect(receiving).rejects.toMatchObject({ code: 'authentication-failed' });
    expect(folder.files.size + folder.parts.size).toBe(0);
    await impostor.closed;
  });

  it('of a receiver opens nothing at a sender of the same code, who learns of the guess', async () => {
    const code = '4712-always-the-same';
    const { down } = await record(code);
    const ports = await createNodePorts({ caFile: undefined });
    const events: string[] = [];
    let opened = 0;
    const sending = sendFiles(ports, {
      relayUrl: relay.url,
      code,
      entries: Promise.resolve([
        fileEntry('f', CONTENT, {
          open: async () => {
            opened += 1;
            throw new Error('not to be read');
          },
        }),
      ]),
      signal: new AbortController().signal,
      onEvent(event) {
        events.push(event.type);
        if (event.type === 'code') {
          void replay(relay.url, { type: 'hello', role: 'receiver', key: '4712', token: null }, down);
        }
      },
    });
    await expect(sending).rejects.toMatchObject({ code: 'wrong-code' });
    expect(events).toEqual(['code', 'joined', 'code-burned']);
    expect(opened).toBe(0);
  });
});
