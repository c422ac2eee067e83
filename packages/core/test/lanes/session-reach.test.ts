// The `reach` records of a session: once from each end, on lane 0, and of no effect before the offer is accepted.
import { expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import type { DirectWays } from '../../src/direct/direct-ways.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import { SessionReach } from '../../src/lanes/session-reach.ts';
import { encodeReach, parseReach, type Reach } from '../../src/wire/reach-record.ts';

const SECRET = new Uint8Array(32);
const OWN: Reach = { nonce: new Uint8Array(16).fill(1), addresses: [], only: false };
const THEIRS: Reach = {
  nonce: new Uint8Array(16).fill(2),
  addresses: [{ host: '10.0.0.2', port: 5000 }],
  only: true,
};

function start(hasFeature = true) {
  /** What happened, in order. */
  const seen: string[] = [];
  const said: Bytes[] = [];
  const ways = {
    open: async () => {
      seen.push('open');
      return OWN;
    },
    hear: async (theirs: Reach) => {
      seen.push('hear');
      expect(theirs).toEqual(THEIRS);
    },
  } as unknown as DirectWays;
  const reach = new SessionReach(hasFeature ? ways : null, {
    transferSecret: SECRET,
    role: 'sender',
    clock: new FakeClock(),
    signal: new AbortController().signal,
    hasDirect: () => false,
    say: async (body) => {
      seen.push('say');
      said.push(body);
    },
  });
  const listener = {
    begin: () => void seen.push('begin'),
    renew: () => void seen.push('renew'),
    noteConnection: () => void seen.push('connection'),
  };
  return { reach, seen, said, listener };
}

it('an end says where it can be reached once the offer is accepted, and heeds what it hears', async () => {
  const { reach, seen, said, listener } = start();
  await reach.start(listener);
  expect(said.map(parseReach)).toEqual([OWN]);
  await reach.hear(encodeReach(THEIRS), true);
  reach.noteConnection();
  expect(seen).toEqual(['open', 'say', 'hear', 'begin', 'connection']);
});

it('what is heard before the offer is accepted opens no port and dials nobody until then', async () => {
  const { reach, seen, listener } = start();
  await reach.hear(encodeReach(THEIRS), true);
  reach.noteConnection();
  expect(seen).toEqual(['hear']);
  await reach.start(listener);
  // The port first: a lane that begins awaits the other end there.
  expect(seen).toEqual(['hear', 'open', 'say', 'begin']);
});

it.each([
  ['a second one', true, true, 2],
  ['one on another lane', true, false, 1],
  ['one without the feature', false, true, 1],
])('%s is a violation, before and after acceptance', async (_name, hasFeature, isFirstLane, count) => {
  for (const isAccepted of [false, true]) {
    const { reach, seen, listener } = start(hasFeature);
    if (isAccepted) await reach.start(listener);
    for (let i = 1; i < count; i += 1) await reach.hear(encodeReach(THEIRS), true);
    const before = seen.length;
    await expect(reach.hear(encodeReach(THEIRS), isFirstLane)).rejects.toMatchObject({
      code: 'protocol-violation',
    });
    expect(seen).toHaveLength(before);
  }
});

it('one that can’t be read is a violation, before acceptance too', async () => {
  const { reach, seen } = start();
  await expect(reach.hear(new Uint8Array(3), true)).rejects.toMatchObject({ code: 'protocol-violation' });
  expect(seen).toEqual([]);
});

it('without the feature an end says nothing and opens nothing', async () => {
  const { reach, seen, listener } = start(false);
  await reach.start(listener);
  reach.noteConnection();
  expect(seen).toEqual([]);
});
