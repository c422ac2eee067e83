// A relay that does at random what a relay can: drops, repeats, reorders, restamps, reroutes, changes, shows cards of now and of
// another day under any number, and says that members are gone.
import { expect, it } from 'vitest';
import { EFFORT_TIMEOUT_MS, forEachSeed, repeatCommand } from '../../../../test/faults/effort.ts';
import { type Random, seededRandom } from '../../../../test/faults/seeded-random.ts';
import { devices } from '../group/devices.ts';
import { heardBy, MemoryRoom, memberOf, type Passed, type Visitor } from './memory-room.ts';

const STEPS = 150;

it(
  'whatever a relay does, nothing is heard that was not said by that member to this one, twice, or out of order',
  () =>
    forEachSeed(async (seed) => {
      await play(seededRandom(seed)).catch((error: unknown) => {
        throw new Error(`seed ${seed}, again by \`${repeatCommand(seed)}\`: ${String(error)}`, {
          cause: error,
        });
      });
    }),
  EFFORT_TIMEOUT_MS,
);

async function play(random: Random): Promise<void> {
  const all = await devices('Alice', 'Bob', 'Carol');
  const yesterday = new MemoryRoom();
  for (const device of all) await yesterday.enter(device);
  const room = new MemoryRoom();
  const visitors: Visitor[] = [];
  for (const device of all) visitors.push(await room.enter(device));
  const cards = [...yesterday.cards.values(), ...room.cards.values()];
  const past: Passed[] = [...yesterday.passed];
  room.route = (message) => {
    past.push(message);
    return random.whole(0, 3) === 0 ? [] : [message];
  };

  let said = 0;
  for (let step = 0; step < STEPS; step += 1) {
    const visitor = random.one(visitors);
    const number = random.whole(1, 6);
    switch (random.one(['say', 'say', 'say', 'replay', 'change', 'show', 'leave', 'beat'] as const)) {
      case 'say': {
        const to = random.one(visitor.presence.connected);
        if (to === undefined) break;
        const from = visitors.indexOf(visitor);
        const files = said++;
        // Whom it is for, and who says so, in what is said.
        const bytes =
          from * 10 + all.findIndex(({ key }) => key.publicKey.join() === to.card.publicKey.join());
        await room.pass(visitor, await visitor.presence.say(to, { type: 'announce', files, bytes }));
        break;
      }
      case 'replay': {
        const { bytes } = random.one(past);
        await room.deliver({ from: number, to: visitor.number, bytes });
        break;
      }
      case 'change': {
        const bytes = random.one(past).bytes.slice();
        bytes[random.whole(0, bytes.length - 1)]! ^= 1 << random.whole(0, 7);
        await room.deliver({ from: number, to: visitor.number, bytes });
        break;
      }
      case 'show':
        await room.show(visitor, number, random.one(cards));
        break;
      case 'leave':
        await room.pass(visitor, await visitor.presence.left(number));
        break;
      case 'beat':
        await room.beat();
        break;
    }
  }

  for (const [at, visitor] of visitors.entries()) {
    const lastOf = new Map<number, number>();
    for (const event of visitor.events) {
      if (event.type !== 'message' || event.message.type !== 'announce') continue;
      const { files, bytes } = event.message;
      const from = Math.floor(bytes / 10);
      expect(bytes % 10).toBe(at);
      expect(event.from.card.publicKey.join()).toBe(all[from]!.key.publicKey.join());
      expect(files).toBeGreaterThan(lastOf.get(from) ?? -1);
      lastOf.set(from, files);
    }
  }

  // And once the relay behaves, all are there.
  room.route = (message) => [message];
  for (const visitor of visitors) {
    for (const other of visitors) {
      if (other !== visitor) await room.show(visitor, other.number, other.presence.sealedCard);
    }
  }
  await room.beat();
  await room.beat();
  for (const visitor of visitors) expect(visitor.presence.there.length).toBe(2);
  await room.say(visitors[0]!, all[1]!, { type: 'announce', files: 99_999, bytes: 1 });
  expect(heardBy(visitors[1]!).at(-1)).toEqual({ type: 'announce', files: 99_999, bytes: 1 });
  expect(memberOf(visitors[0]!, all[1]!.group).isThere).toBe(true);
}
