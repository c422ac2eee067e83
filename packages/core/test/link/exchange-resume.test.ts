// The first record each way: with the feature `direct` the sender nominates and the receiver answers, without it both say theirs.
import { expect, it, vi } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import { exchangeResume, type OwnPoint } from '../../src/link/exchange-resume.ts';
import { SealedConnection } from '../../src/link/sealed-connection.ts';
import { DIRECT } from '../../src/wire/greeting.ts';
import { encodeRecord } from '../../src/wire/record.ts';
import { encodeResumeBody } from '../../src/wire/resume-record.ts';
import { turns } from '../direct/memory-network.ts';
import { channelPair } from './channel-pair.ts';

const SESSION = new Uint8Array(16).fill(1);
const OTHER = new Uint8Array(16).fill(2);

async function pair(features: string[] = [DIRECT]) {
  const channels = channelPair();
  const key = new Uint8Array(64).fill(3);
  const seal = (index: 0 | 1, role: 'sender' | 'receiver') =>
    SealedConnection.create(channels[index], role, key, webBulkCrypto, features);
  return { channels, sender: await seal(0, 'sender'), receiver: await seal(1, 'receiver') };
}

const point = (generation: number, session: OwnPoint['session'] = SESSION): OwnPoint => ({
  session,
  received: 7,
  generation,
});
const resume = (generation: number, session = SESSION) =>
  encodeRecord('resume', encodeResumeBody({ session, received: 9, generation }));

it('the sender speaks first, and the receiver answers with the generation that it names', async () => {
  const { sender, receiver, channels } = await pair();
  const clock = new FakeClock();
  const answering = exchangeResume(receiver, 'receiver', () => point(3), clock);
  await turns();
  expect(channels[1].sent).toEqual([]);
  const theirs = await Promise.all([exchangeResume(sender, 'sender', () => point(4), clock), answering]);
  expect(theirs).toEqual([point(4), point(4)]);
  expect(clock.pending).toBe(0);
});

it.each([
  ['above the last', 6, SESSION, true],
  ['that is the last', 5, SESSION, false],
  ['under the last', 4, SESSION, false],
  ['of nothing', 0, SESSION, false],
  ['of another session, which counts its own', 1, OTHER, true],
])('a nomination with a generation %s', async (_name, generation, session, isAnswered) => {
  const { sender, receiver, channels } = await pair();
  const answering = exchangeResume(receiver, 'receiver', () => point(5), new FakeClock());
  void answering.catch(() => {});
  await sender.send(resume(generation, session));
  if (isAnswered) expect(await answering).toMatchObject({ generation, received: 9 });
  else await expect(answering).rejects.toMatchObject({ code: 'connection-lost' });
  expect([channels[1].sent.length, channels[1].isClosed]).toEqual(isAnswered ? [1, false] : [0, true]);
});

it('the receiver looks at its last generation when it is asked, not when it begins to wait', async () => {
  const { sender, receiver } = await pair();
  let last = 0;
  const answering = exchangeResume(receiver, 'receiver', () => point(last), new FakeClock());
  void answering.catch(() => {});
  last = 8;
  await sender.send(resume(8));
  await expect(answering).rejects.toMatchObject({ code: 'connection-lost' });
});

it('an answer under another generation is a violation', async () => {
  const { sender, receiver, channels } = await pair();
  const nominating = exchangeResume(sender, 'sender', () => point(2), new FakeClock());
  await receiver.send(resume(1));
  await expect(nominating).rejects.toMatchObject({ code: 'protocol-violation' });
  expect(channels[0].isClosed).toBe(true);
});

it('another record first, and a resume without a generation, are violations', async () => {
  const old = encodeRecord('resume', encodeResumeBody({ session: SESSION, received: 0, generation: null }));
  for (const first of [encodeRecord('data', Uint8Array.of(1)), old]) {
    const { sender, receiver } = await pair();
    const answering = exchangeResume(receiver, 'receiver', () => point(0), new FakeClock());
    void answering.catch(() => {});
    await sender.send(first);
    await expect(answering).rejects.toMatchObject({ code: 'protocol-violation' });
  }
});

it.each([
  ['a sender that nominates one of several waits 5 s', 'sender', [DIRECT], 5_000],
  ['a receiver waits 30 s for a nomination', 'receiver', [DIRECT], 30_000],
  ['without the feature a sender waits 30 s', 'sender', [], 30_000],
] as const)('%s, and no longer', async (_name, role, features, limitMs) => {
  const ends = await pair([...features]);
  const clock = new FakeClock();
  const exchange = exchangeResume(ends[role], role, () => point(1), clock, limitMs === 5_000);
  const over = vi.fn();
  void exchange.catch(over);
  clock.advance(limitMs - 1);
  await turns();
  expect(over).not.toHaveBeenCalled();
  clock.advance(1);
  await expect(exchange).rejects.toMatchObject({
    code: expect.stringMatching(/^(connection-lost|peer-gone)$/),
  });
  expect([clock.pending, ends.channels.map(({ isClosed }) => isClosed)]).toEqual([0, [true, true]]);
});

it('without the feature both say their point at once, and no generation', async () => {
  const { sender, receiver } = await pair([]);
  const clock = new FakeClock();
  const theirs = await Promise.all([
    exchangeResume(sender, 'sender', () => point(4), clock),
    exchangeResume(receiver, 'receiver', () => point(2), clock),
  ]);
  expect(theirs.map(({ generation, received }) => [generation, received])).toEqual([
    [null, 7],
    [null, 7],
  ]);
});
