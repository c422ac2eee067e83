// Two devices that pair by a code, over a relay in memory.
import { expect, it } from 'vitest';
import { type PairByCodeOptions, type PairEvent, pairByCode } from '../../src/devices/pair-by-code.ts';
import type { Clock } from '../../src/foundation/clock.ts';
import type { OwnGroup } from '../../src/group/own-group.ts';
import { PAIR_DEADLINE_MS } from '../../src/wire/limits.ts';
import { keyOf } from '../group/devices.ts';
import { MemoryRelay } from '../transfer/rig/memory-relay.ts';
import { realClock, relayPorts } from '../transfer/rig/run-pair.ts';

interface End {
  events: PairEvent[];
  kept: OwnGroup[];
  code(index?: number): Promise<string>;
  ended: Promise<string>;
}

function end(
  relay: MemoryRelay,
  number: number,
  code: string | null,
  options: Partial<PairByCodeOptions> = {},
  clock: Clock = realClock,
): End {
  const events: PairEvent[] = [];
  const kept: OwnGroup[] = [];
  const run = pairByCode(relayPorts(relay.dial, clock), {
    relayUrl: 'http://memory',
    code,
    key: keyOf(number),
    own: { deviceClass: 'full', kind: 'terminal', name: `device ${number}` },
    group: null,
    reconnectTimeoutMs: 0,
    signal: new AbortController().signal,
    onEvent: (event) => void events.push(event),
    confirm: async () => ({ isSame: true }),
    keep: async (group) => void kept.push(group),
    ...options,
  });
  const codeAt = async (index = 0) => {
    for (;;) {
      const found = events.filter((event) => event.type === 'code')[index];
      if (found !== undefined) return found.code;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const ended = run.then(
    () => 'paired',
    (error) => error.code,
  );
  return { events, kept, code: codeAt, ended };
}

it('shows a code of four words, and the one that enters it is paired', async () => {
  const relay = new MemoryRelay();
  const shower = end(relay, 1, null);
  const code = await shower.code();
  expect(code.split('-')).toHaveLength(5);
  const enterer = end(relay, 2, code);
  expect(await Promise.all([shower.ended, enterer.ended])).toEqual(['paired', 'paired']);
  expect(shower.kept[0]!.present).toEqual(enterer.kept[0]!.present);
  expect(shower.events.map(({ type }) => type)).toEqual(['code', 'joined']);
});

it('burns a code at each wrong guess, each time with a word more, until there were too many', async () => {
  const relay = new MemoryRelay();
  const shower = end(relay, 1, null, { words: 1 });
  let guesses = 0;
  let isOver = false;
  void shower.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const code = await Promise.race([shower.code(guesses), shower.ended]);
    if (isOver) break;
    const [nameplate, ...words] = code.split('-');
    expect(words).toHaveLength(1 + guesses);
    const wrong = `${nameplate}-${words.map((word) => (word === 'zebra' ? 'tulip' : 'zebra')).join('-')}`;
    guesses += 1;
    expect(await end(relay, 2, wrong).ended).toBe('wrong-code');
    // What comes of it is told in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // One word is 2^-11: more than the budget of all guesses.
  expect([await shower.ended, guesses, shower.kept]).toEqual(['wrong-code', 1, []]);
});

it('ends at both when people do not come to an end in PAIR_DEADLINE_MS', async () => {
  const relay = new MemoryRelay();
  let expire = () => {};
  const clock: Clock = {
    nowMs: () => realClock.nowMs(),
    after(delayMs, callback) {
      if (delayMs !== PAIR_DEADLINE_MS) return realClock.after(delayMs, callback);
      expire = callback;
      return () => {};
    },
  };
  let isAsked = false;
  const shower = end(
    relay,
    1,
    null,
    {
      confirm: (_question, gone) => {
        isAsked = true;
        return new Promise((_resolve, reject) =>
          gone.addEventListener('abort', () => reject(new Error('gone'))),
        );
      },
    },
    clock,
  );
  const enterer = end(relay, 2, await shower.code());
  while (!isAsked) await new Promise((resolve) => setTimeout(resolve, 1));
  expire();
  expect(await shower.ended).toMatch(/connection-lost|peer-gone/);
  expect(await enterer.ended).toMatch(/connection-lost|peer-gone/);
  expect([shower.kept, enterer.kept]).toEqual([[], []]);
});

it('stopped by its person while it is asked tells the other one, and keeps nothing', async () => {
  const relay = new MemoryRelay();
  const stopping = new AbortController();
  const shower = end(relay, 1, null, {
    signal: stopping.signal,
    confirm: async () => {
      stopping.abort();
      throw new Error('stopped');
    },
  });
  const enterer = end(relay, 2, await shower.code());
  expect([await shower.ended, await enterer.ended]).toEqual(['interrupted', 'cancelled']);
  expect([shower.kept, enterer.kept]).toEqual([[], []]);
});
