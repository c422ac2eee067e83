// The `reach` records of a session: once from each end, on lane 0, and of no effect before the offer is accepted.
import { expect, it } from 'vitest';
import { FakeClock } from '../../../../apps/relay/test/fake-clock.ts';
import type { DirectWays } from '../../src/direct/direct-ways.ts';
import type { Bytes } from '../../src/foundation/bytes.ts';
import { SessionReach } from '../../src/lanes/session-reach.ts';
import { MAX_REACHES, RTC_OFFER_MS } from '../../src/wire/limits.ts';
import { encodeReach, parseReach, type Reach } from '../../src/wire/reach-record.ts';

import { turns } from '../direct/memory-network.ts';

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

const RTC = {
  ...{ ufrag: 'abcd', password: 'p'.repeat(22), fingerprint: new Uint8Array(32), candidates: [] },
};
const REST_MS = 10_000;

/** A session whose ends know WebRTC. */
function startWithRtc(role: 'sender' | 'receiver') {
  const clock = new FakeClock();
  const ending = new AbortController();
  const said: Reach[] = [];
  const seen = { prepared: 0, renewed: 0, heard: 0 };
  const state = { hasDirect: false };
  const rtc = {
    ...{ isAgreed: true, isSought: false },
    prepare() {
      seen.prepared += 1;
    },
  };
  const ways = {
    rtc,
    isOwnOnly: false,
    open: async () => ({ ...OWN, ...(seen.prepared + seen.heard > 0 && { rtc: RTC }) }),
    hear: async () => {
      seen.heard += 1;
    },
  };
  const reach = new SessionReach(ways as unknown as DirectWays, {
    ...{ transferSecret: SECRET, role, clock, signal: ending.signal, hasDirect: () => state.hasDirect },
    say: async (body) => void said.push(parseReach(body)),
  });
  const listener = {
    begin() {},
    renew() {
      seen.renewed += 1;
    },
    noteConnection() {},
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await turns();
  };
  return { reach, listener, said, seen, state, rtc, ways, ending, clock, pass };
}

it('a receiver offers WebRTC 0.5 s after acceptance where no direct lane stands, again 10 s later, then after twice as long each time', async () => {
  const { reach, listener, said, pass, clock } = startWithRtc('receiver');
  await reach.start(listener);
  expect(said).toEqual([OWN]);
  for (let offers = 1, restMs = RTC_OFFER_MS; offers < MAX_REACHES; offers += 1) {
    await pass(restMs - 1);
    expect(said).toHaveLength(offers);
    await pass(1);
    expect(said).toHaveLength(offers + 1);
    expect(said.at(-1)).toMatchObject({ nonce: OWN.nonce, rtc: RTC });
    restMs = REST_MS * 2 ** (offers - 1);
  }
  expect([clock.pending, MAX_REACHES, RTC_OFFER_MS]).toEqual([0, 8, 500]);
});

it('and sooner where content waits for a direct path', async () => {
  const { reach, listener, said, pass, ways } = startWithRtc('receiver');
  ways.isOwnOnly = true;
  await reach.start(listener);
  await pass(RTC_OFFER_MS);
  expect(said).toHaveLength(2);
  await pass(2_999);
  expect(said).toHaveLength(2);
  await pass(1);
  expect(said).toHaveLength(3);
});

it('it offers nothing while a direct lane stands, while a connection is made, or after the session', async () => {
  const { reach, listener, said, pass, state, rtc, ending, clock } = startWithRtc('receiver');
  await reach.start(listener);
  state.hasDirect = true;
  await pass(REST_MS);
  [state.hasDirect, rtc.isSought] = [false, true];
  await pass(REST_MS);
  expect(said).toHaveLength(1);
  ending.abort();
  await pass(10 * REST_MS);
  expect([said.length, clock.pending]).toEqual([1, 0]);
});

it('a sender answers each offer that comes later, and has a lane seek anew', async () => {
  const { reach, listener, said, seen } = startWithRtc('sender');
  await reach.hear(encodeReach(THEIRS), true);
  await reach.start(listener);
  for (let offers = 1; offers < MAX_REACHES; offers += 1) {
    await reach.hear(encodeReach({ ...THEIRS, rtc: RTC }), true);
    await turns();
    expect([said.length, seen.renewed]).toEqual([offers + 1, offers]);
  }
  await expect(reach.hear(encodeReach({ ...THEIRS, rtc: RTC }), true)).rejects.toMatchObject({
    code: 'protocol-violation',
  });
});

it('one that is said again for nothing, or for WebRTC that wasn’t agreed on, is a violation', async () => {
  const { reach, listener, rtc } = startWithRtc('sender');
  await reach.start(listener);
  await reach.hear(encodeReach(THEIRS), true);
  await expect(reach.hear(encodeReach(THEIRS), true)).rejects.toMatchObject({ code: 'protocol-violation' });
  rtc.isAgreed = false;
  await expect(reach.hear(encodeReach({ ...THEIRS, rtc: RTC }), true)).rejects.toMatchObject({
    code: 'protocol-violation',
  });
});

it('a sender that can make no connection after all says nothing, so that the transfer goes on', async () => {
  const { reach, listener, said, ways, seen } = startWithRtc('sender');
  await reach.hear(encodeReach(THEIRS), true);
  await reach.start(listener);
  ways.open = async () => OWN;
  await reach.hear(encodeReach({ ...THEIRS, rtc: RTC }), true);
  await turns();
  expect([said.length, seen.renewed]).toEqual([1, 1]);
});
