// Ends and relays of different versions, and many senders at once, over a real relay.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createDial, endpoint } from '../../apps/cli/src/node/network/dial-relay.ts';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { nodeClock } from '../../apps/cli/src/node/time/clock.ts';
import { type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import { receiveFiles, sendFiles } from '../../packages/core/src/index.ts';
import { AccessProofs } from '../../packages/core/src/relay-client/access-proofs.ts';
import { allocateNameplate } from '../../packages/core/src/relay-client/allocate-nameplate.ts';
import { fileEntry, MemoryFolder } from '../../packages/core/test/transfer/rig/memory-files.ts';
import { promisedCode } from './promised-code.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

let relay: RunningRelay;
beforeAll(async () => {
  relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
});
afterAll(() => relay?.close());

/** As an end of version 2 said them. */
const ALLOCATE = '{"type":"allocate","version":2}';
const helloAs = (key: string) => `{"type":"hello","version":2,"role":"receiver","key":"${key}"}`;
const GREETING = '{"versions":[2],"nonce":"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA","lanes":8}';
const NO_COMMON_VERSION = Buffer.of(4, 2);

/** An end of version 2 that greets whom it meets. */
async function endOfVersionTwo(first: string) {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/ws`, { perMessageDeflate: false });
  const texts: string[] = [];
  const binary: Buffer[] = [];
  let tellText: () => void = () => {};
  socket.on('message', (message: Buffer, isBinary) => {
    if (isBinary) binary.push(message);
    else {
      texts.push(message.toString());
      if (message.includes('"ready"')) socket.send(Buffer.from(`\u0001${GREETING}`));
    }
    tellText();
  });
  const closed = once(socket, 'close').then(([code]) => code as number);
  await once(socket, 'open');
  socket.send(first);
  const firstText = async () => {
    while (texts.length === 0) await new Promise<void>((resolve) => (tellText = resolve));
    return JSON.parse(texts[0]!) as Record<string, string>;
  };
  return { texts, binary, closed, firstText };
}

describe('an end of version 2', () => {
  it('that sends is told by a receiver of this version that there is no common one', async () => {
    const sender = await endOfVersionTwo(ALLOCATE);
    const { nameplate } = await sender.firstText();
    const folder = new MemoryFolder();
    const receiving = receiveFiles(await createNodePorts({ caFile: undefined }), {
      relayUrl: relay.url,
      code: `${nameplate}-guitar-ocean`,
      nameRules: { windowsNames: false, foldsCase: false },
      signal: new AbortController().signal,
      onEvent() {},
      onText() {},
      review: async () => ({ accept: true, sink: folder, skip: new Set() }),
    });
    await expect(receiving).rejects.toMatchObject({ code: 'peer-version' });
    await sender.closed;
    expect(sender.binary.at(-1)).toEqual(NO_COMMON_VERSION);
    expect(sender.texts).toEqual([expect.stringContaining('allocated'), '{"type":"ready"}']);
  });

  it('that receives is told by a sender of this version, which waits for another', async () => {
    const { code, tellCode } = promisedCode();
    const stop = new AbortController();
    const events: string[] = [];
    const sending = sendFiles(await createNodePorts({ caFile: undefined }), {
      relayUrl: relay.url,
      entries: Promise.resolve([fileEntry('f', new Uint8Array(5))]),
      signal: stop.signal,
      onEvent(event) {
        events.push(event.type);
        if (event.type === 'code') tellCode(event.code);
      },
    });
    sending.catch(() => {});
    const [nameplate] = (await code).split('-');
    const receiver = await endOfVersionTwo(helloAs(nameplate!));
    await receiver.closed;
    expect(receiver.binary.at(-1)).toEqual(NO_COMMON_VERSION);
    expect(receiver.texts).toEqual(['{"type":"ready"}']);
    stop.abort();
    await expect(sending).rejects.toMatchObject({ code: 'interrupted' });
    expect(events.slice(0, 2)).toEqual(['code', 'joined']);
  });
});

it('200 senders of one address that draw their nameplates at once get 200 different ones, and none is refused', async () => {
  const own = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  const dial = createDial({ endpoint, isSealed: true });
  let dials = 0;
  const access = {
    clock: nodeClock,
    relayUrl: own.url,
    proofs: new AccessProofs(() => null),
    onStunUrl: () => {},
    dial: (...args: Parameters<typeof dial>) => {
      dials += 1;
      return dial(...args);
    },
  };
  const allocations = await Promise.all(
    Array.from({ length: 200 }, () =>
      allocateNameplate({ ...access, signal: new AbortController().signal }, null),
    ),
  );
  const nameplates = allocations.map(({ nameplate }) => nameplate);
  expect(new Set(nameplates).size).toBe(200);
  // Whoever finds the two digits full is told so, and seldom draws a third time; three bad draws lead to four digits.
  expect(nameplates.filter(({ length }) => length > 3).length).toBeLessThan(6);
  expect(dials).toBeLessThan(400);
  expect(await (await fetch(`${own.url}/healthz`)).json()).toMatchObject({ waiting: 200 });
  for (const { socket } of allocations) socket.terminate();
  await own.close();
});
