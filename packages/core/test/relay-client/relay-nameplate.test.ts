// A nameplate is given up at the relay for good, whatever became of the connection on which the relay was to be told.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/foundation/clock.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { allocateNameplate } from '../../src/relay-client/allocate-nameplate.ts';
import type { RelayAccess } from '../../src/relay-client/meet-relay.ts';
import { RelayNameplate } from '../../src/relay-client/relay-nameplate.ts';
import { type Answer, scriptedRelay, type Visit } from './scripted-relay.ts';

const TOKEN = 'A'.repeat(22);
const ALLOCATED = { type: 'allocated', nameplate: '7', token: TOKEN };
const READY = { type: 'ready' };
const [LOST, PEER_LEFT, CODE_IN_USE] = [1006, 4410, 4409];

/** A clock on which a test makes the time pass. */
function handClock() {
  let nowMs = 0;
  const timers = new Set<{ atMs: number; callback: () => void }>();
  const clock: Clock = {
    nowMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return {
    clock,
    turn,
    async pass(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        await turn();
        const [next] = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
        if (next === undefined) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = untilMs;
    },
  };
}

/** A nameplate at a relay that answers the nth connection so. */
async function held(answers: Answer[][], given: Partial<RelayAccess> = {}) {
  const hand = handClock();
  const { access, visits } = scriptedRelay((_visit, count) => answers[count] ?? [ALLOCATED], {
    clock: hand.clock,
    ...given,
  });
  const nameplate = new RelayNameplate(access, await allocateNameplate(access, '7'));
  return { nameplate, visits, hand };
}

const again = { type: 'allocate', nameplate: '7', token: TOKEN };
/** The last message of each connection, once for each message. */
const saidOf = (visits: Visit[]) => visits.map(({ said }) => said);

describe('a sender that gives its code up', () => {
  it('while it waits closes its connection, and needs no other one', async () => {
    const { nameplate, visits } = await held([]);
    await nameplate.close();
    expect(visits.map(({ isOpen }) => isOpen)).toEqual([false]);
  });

  it.each<[string, Answer[]]>([
    ['lost its connection in the wait', [ALLOCATED, LOST]],
    ['was joined just then', [ALLOCATED, READY]],
  ])('asks for it again and leaves when it %s', async (_what, first) => {
    const { nameplate, visits } = await held([first]);
    await nameplate.close();
    expect(saidOf(visits)[1]).toMatchObject(again);
    expect(visits.map(({ isOpen }) => isOpen)).toEqual([false, false]);
  });

  it('does so too when its joiner had left before it said so', async () => {
    const { nameplate, visits } = await held([[ALLOCATED, READY, PEER_LEFT]]);
    const joiner = await nameplate.nextJoiner();
    expect(await joiner.receive()).toMatchObject({ kind: 'closed', why: 'peer-left' });
    await nameplate.close();
    expect(saidOf(visits)).toMatchObject([{ type: 'allocate' }, again]);
  });

  it('says so on the joiner’s connection while there is one', async () => {
    const { nameplate, visits } = await held([[ALLOCATED, READY], []]);
    await nameplate.nextJoiner();
    await nameplate.close();
    expect(saidOf(visits).at(-1)).toEqual({ type: 'release' });
    expect(new Set(visits).size).toBe(1);
    expect(visits[0]!.isOpen).toBe(false);
  });

  it('tries twice, whoever joins in between', async () => {
    const joined = await held([
      [ALLOCATED, READY],
      [ALLOCATED, READY],
      [ALLOCATED, READY],
    ]);
    await joined.nameplate.close();
    expect(joined.visits).toHaveLength(3);
  });

  it('waits 3 s for a relay that says nothing, and no longer', async () => {
    const { nameplate, visits, hand } = await held([[ALLOCATED, LOST], [], []]);
    let isOver = false;
    void nameplate.close().then(() => (isOver = true));
    await hand.pass(2_999);
    expect([isOver, visits.length]).toEqual([false, 2]);
    await hand.pass(1);
    await hand.turn();
    expect([isOver, visits.map(({ isOpen }) => isOpen)]).toEqual([true, [false, false]]);
  });
});

describe('a sender whose code is used up, and whose connection breaks with the word of it,', () => {
  /** Its receiver has proved itself, and the connection breaks `afterMs` after the release. */
  async function broken(afterMs: number, answers: Answer[][]) {
    const scene = await held([[ALLOCATED, READY], ...answers]);
    const channel = await scene.nameplate.nextJoiner();
    scene.nameplate.release();
    await scene.hand.pass(afterMs);
    channel.terminate();
    await channel.receive();
    return scene;
  }
  /** The release is on the first connection. */
  const RELEASED: Answer[] = [];

  it('tells the relay again until it has heard', async () => {
    const { visits, hand, nameplate } = await broken(0, [RELEASED, [LOST], [LOST]]);
    await hand.pass(60_000);
    expect(saidOf(visits)).toMatchObject([{ type: 'release' }, { type: 'release' }, again, again, again]);
    // Heard: neither later nor at the end once more.
    await nameplate.close();
    expect(visits).toHaveLength(5);
  });

  it('leaves a number alone that somebody else has', async () => {
    const { visits, hand } = await broken(0, [RELEASED, [CODE_IN_USE]]);
    await hand.pass(900_000);
    expect(visits).toHaveLength(3);
  });

  it('and tells it no more after a minute: the other end has heard what came behind', async () => {
    const { visits, hand, nameplate } = await broken(60_000, [RELEASED]);
    await hand.pass(900_000);
    await nameplate.close();
    expect(visits).toHaveLength(2);
  });

  it('tells it once more at the end of a run that ends before', async () => {
    const stop = new AbortController();
    const { visits, nameplate, hand } = await held([[ALLOCATED, READY], RELEASED, [LOST]], {
      signal: stop.signal,
    });
    const channel = await nameplate.nextJoiner();
    nameplate.release();
    channel.terminate();
    await channel.receive();
    await hand.turn();
    stop.abort();
    await nameplate.close();
    expect(saidOf(visits)).toMatchObject([{ type: 'release' }, { type: 'release' }, again, again]);
  });
});

it('a relay’s answer is no longer waited for once its asker has given up', async () => {
  const stop = new AbortController();
  const { access } = scriptedRelay(() => [], { signal: stop.signal });
  const asking = allocateNameplate(access, '7');
  stop.abort();
  await expect(asking).rejects.toThrow(TransferError);
});
