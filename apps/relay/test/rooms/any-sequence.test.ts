// Whatever clients say, in whatever order: what each member has heard is who is there, and no place is counted twice or kept.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RoomTable, type TableEffect, type TableEvent } from '../../src/rooms/room-table.ts';

const CAPS = { maxPlaces: 5, maxPlacesPerAddress: 3, maxPlacesPerSite: 9, maxMembersPerRoom: 3 };
const MAX_ROOMS = 3;
const CONNECTIONS = [1, 2, 3, 4, 5, 6];
const ROOMS = ['a', 'b', 'c', 'd'];
const BYTES = new Uint8Array(1);

/** `place`: 1 for the one that it named last. */
const someEvent = fc.record({
  connection: fc.constantFrom(...CONNECTIONS),
  name: fc.constantFrom(
    ...many(1, 'hello', 'out of turn', 'end'),
    ...many(7, 'arrive', 'change', 'exit', 'message'),
    ...many(9, 'enter'),
  ),
  room: fc.constantFrom(...ROOMS),
  /** Rarely one that ends it. */
  wrongPlace: fc.constantFrom(...many(30, false), true),
  place: fc.constantFrom(1, 1, 1, 2, 3),
  card: fc.constantFrom('x', 'y'),
  to: fc.option(fc.nat(40)),
});

it('every member knows exactly who is there, whatever was said before', () => {
  const happened = { entered: 0, refuse: 0, notice: 0, close: 0 };
  fc.assert(
    fc.property(fc.array(someEvent, { minLength: 50, maxLength: 150 }), (events) => {
      let drawn = 0;
      const table = new RoomTable(CAPS, () => (drawn = (drawn % 7) + 1));
      /** By connection and place: the cards of the others, by number, and the own number. */
      const known = new Map<string, { room: string; own: number; others: Map<number, string> }>();
      const lastPlace = new Map<number, number>();
      const arrived = new Set<number>();

      for (const connection of CONNECTIONS) arrive(connection);
      for (const { connection, name, room, place, wrongPlace, card, to } of events) {
        if (name === 'arrive') {
          arrive(connection);
          continue;
        }
        const last = lastPlace.get(connection) ?? 0;
        const isNext = (name === 'enter') !== wrongPlace;
        if (!isNext && last === 0) continue;
        const named = isNext ? last + 1 : Math.max(1, last + 1 - place);
        if (name === 'enter') lastPlace.set(connection, Math.max(last, named));
        const effects = table.step(connection, eventOf(name, { place: named, room, card, to }));
        for (const effect of effects) hear(effect, connection, name === 'enter' ? room : '');
        if (name === 'exit') known.delete(`${connection} ${named}`);
        if (name === 'end' || effects.some((effect) => effect.name === 'close')) {
          arrived.delete(connection);
          for (const key of known.keys()) if (key.startsWith(`${connection} `)) known.delete(key);
        }
        check();
      }

      /** Most greet at once. */
      function arrive(connection: number): void {
        if (arrived.has(connection)) return;
        arrived.add(connection);
        lastPlace.set(connection, 0);
        table.arrive(connection, connection % 2 === 0 ? 'even' : 'odd');
        if (connection !== 6) table.step(connection, { name: 'hello', maxRooms: MAX_ROOMS });
      }

      function hear(effect: TableEffect, connection: number, room: string): void {
        if (effect.name in happened) happened[effect.name as keyof typeof happened] += 1;
        if (effect.name === 'entered') {
          const others = new Map(effect.members.map(({ number, card }) => [number, card]));
          known.set(`${connection} ${effect.stay.place}`, { room, own: effect.number, others });
        }
        if (effect.name !== 'notice') return;
        const hearers = table.hearersOf(effect.room, effect.notice);
        expect(hearers).toHaveLength(effect.hearers);
        for (const { connection: id, place } of hearers) {
          const { others, own } = known.get(`${id} ${place}`)!;
          const { notice } = effect;
          expect(notice.number).not.toBe(own);
          if (notice.name === 'joined') expect(others.has(notice.number)).toBe(false);
          else expect(others.has(notice.number)).toBe(true);
          if (notice.name === 'left') others.delete(notice.number);
          else if (notice.name !== 'message') others.set(notice.number, notice.card);
          else if (notice.to !== null) expect(notice.to).toBe(own);
        }
      }

      function check(): void {
        expect(table.places).toBe(known.size);
        expect(table.visitors).toBe(arrived.size);
        expect(table.places).toBeLessThanOrEqual(CAPS.maxPlaces);
        const rooms = grouped();
        expect(table.rooms).toBe(rooms.size);
        for (const members of rooms.values()) {
          expect(members.length).toBeLessThanOrEqual(CAPS.maxMembersPerRoom);
          const numbers = members.map(({ own }) => own);
          expect(new Set(numbers).size).toBe(numbers.length);
          for (const { own, others } of members) {
            expect([...others.keys()].sort()).toEqual(numbers.filter((number) => number !== own).sort());
          }
        }
      }

      function grouped() {
        const rooms = new Map<string, { own: number; others: Map<number, string> }[]>();
        for (const each of known.values()) rooms.set(each.room, [...(rooms.get(each.room) ?? []), each]);
        return rooms;
      }
    }),
    { numRuns: 120 },
  );
  for (const count of Object.values(happened)) expect(count).toBeGreaterThan(50);
});

function many<Of>(times: number, ...of: Of[]): Of[] {
  return Array.from({ length: times }, () => of).flat();
}

function eventOf(
  name: string,
  { place, room, card, to }: { place: number; room: string; card: string; to: number | null },
): TableEvent {
  switch (name) {
    case 'hello':
      return { name, maxRooms: MAX_ROOMS };
    case 'enter':
      return { name, place, room, card };
    case 'change':
      return { name, place, card };
    case 'exit':
      return { name, place };
    case 'message':
      return { name, place, to, bytes: BYTES };
    case 'end':
      return { name };
    default:
      return { name: 'out of turn' };
  }
}
