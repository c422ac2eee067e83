// What a flood of records of no use leaves behind at the end that it hits: nothing.
import { expect, it } from 'vitest';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { Lane } from '../../src/lanes/lane.ts';
import { SealedConnection } from '../../src/link/sealed-connection.ts';
import { encodeRecord } from '../../src/wire/record.ts';
import { channelPair, type PairedChannel } from '../link/channel-pair.ts';

// The last answer is sealed while ten more come.
const COUNT = 20_010;
const NOTE = Uint8Array.of(200, 0, ...new Uint8Array(30));

async function flooded(backlogBytes: number) {
  const [victim, flooder] = channelPair();
  Object.defineProperty(victim, 'bufferedBytes', { value: backlogBytes });
  const key = new Uint8Array(64).fill(3);
  const seal = (channel: PairedChannel, role: 'sender' | 'receiver') =>
    SealedConnection.create(channel, role, key, webBulkCrypto);
  const [own, theirs] = await Promise.all([seal(victim, 'receiver'), seal(flooder, 'sender')]);
  const heard: string[] = [];
  const ended = new Promise<void>((resolve) => {
    const lane = new Lane(own, {
      // No beat.
      clock: { nowMs: () => 0, after: () => () => {} },
      role: 'receiver',
      session: own.sessionName,
      meet: () => Promise.reject(new Error('not to be met again')),
      reconnectTimeoutMs: 0,
      onOutage() {},
      onRestarted: null,
      hasOtherWays: () => false,
      onDirectLost() {},
      onConnection() {},
    });
    lane.receiveAll(
      (record) => {
        heard.push(record.kind);
      },
      () => resolve(),
    );
  });
  for (let i = 0; i < COUNT; i += 1) await theirs.send(NOTE.slice());
  await theirs.send(encodeRecord('control', new Uint8Array(1)));
  await theirs.close();
  await ended;
  return { heard, answers: victim.sent.length };
}

it('is counted as heard, so that the other end can forget it, and handed to nobody', async () => {
  expect(await flooded(0)).toEqual({ heard: ['control'], answers: Math.floor((COUNT + 1) / 16) });
});

it('is answered with nothing while the other end takes nothing', async () => {
  expect(await flooded(5 * 1024 * 1024)).toEqual({ heard: ['control'], answers: 0 });
});
