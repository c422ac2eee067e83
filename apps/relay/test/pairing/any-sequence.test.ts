// What must hold after any sequence of events, against a slow and obvious model of who sits where.
import {
  NAMEPLATE_QUARANTINE_MS,
  NAMEPLATE_RESERVED_MS,
  OPAQUE_WAIT_MS,
} from '@p2p-copy/core/relay-protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Departure, PairingEffect } from '../../src/pairing/pairing-table.ts';
import { tableWith } from './driven-table.ts';

const NAMEPLATES = ['1', '2', '3'];
const KEYS = [...NAMEPLATES, 'k'.repeat(43), 'x'.repeat(43)];

const someAddress = fc.constantFrom('a', 'b');
const someRole = fc.constantFrom('sender' as const, 'receiver' as const);
const allocate = fc.record({
  name: fc.constant('allocate' as const),
  wanted: fc.option(fc.constantFrom(...NAMEPLATES)),
  address: someAddress,
});
const hello = fc.record({
  name: fc.constant('hello' as const),
  role: someRole,
  key: fc.constantFrom(...KEYS),
  showsToken: fc.boolean(),
  address: someAddress,
});
const classicHello = fc.record({
  name: fc.constant('classic hello' as const),
  role: someRole,
  // The very keys of version 2: they must not meet.
  codeHash: fc.constantFrom(...KEYS),
  address: someAddress,
});
const gone = fc.record({
  name: fc.constant('gone' as const),
  pick: fc.nat(99),
  how: fc.constantFrom('finished' as const, 'lost' as const),
});
const release = fc.record({ name: fc.constant('release' as const), pick: fc.nat(99) });
const wait = fc.record({
  name: fc.constant('wait' as const),
  ms: fc.constantFrom(1, 30_000, 60_000, 600_000, 900_000),
});
const someMove = fc.oneof(allocate, hello, classicHello, gone, release, wait);
type Move = typeof someMove extends fc.Arbitrary<infer Value> ? Value : never;

interface End {
  dialect: 'version 2' | 'classic';
  key: string;
  role: 'sender' | 'receiver';
  partner: number | null;
}

/** Plays moves on a real table and keeps its own books from the effects alone. */
class Model {
  readonly relay = tableWith({ maxWaiting: 4, maxWaitingPerAddress: 3 });
  readonly seated = new Map<number, End>();
  readonly #tokens = new Map<string, string>();
  readonly #released = new Set<number>();

  play(move: Move): void {
    switch (move.name) {
      case 'allocate': {
        const { connection, effects } = this.relay.allocate(move.wanted, move.address);
        this.seated.set(connection, { dialect: 'version 2', key: '', role: 'sender', partner: null });
        this.#settle(effects);
        return;
      }
      case 'hello': {
        const token = move.showsToken ? (this.#tokens.get(move.key) ?? null) : null;
        const { connection, effects } = this.relay.hello(move.role, move.key, token, move.address);
        this.seated.set(connection, { dialect: 'version 2', key: move.key, role: move.role, partner: null });
        this.#settle(effects);
        return;
      }
      case 'classic hello': {
        const { role, codeHash, address } = move;
        const { connection, effects } = this.relay.classicHello(role, codeHash, address);
        this.seated.set(connection, { dialect: 'classic', key: codeHash, role, partner: null });
        this.#settle(effects);
        return;
      }
      case 'gone': {
        const connection = this.#pick(move.pick);
        if (connection !== undefined) this.leave(connection, move.how);
        return;
      }
      case 'release': {
        const connection = this.#pick(move.pick);
        const end = connection === undefined ? undefined : this.seated.get(connection);
        if (connection === undefined || end?.role !== 'sender' || end.partner === null) return;
        this.#released.add(connection);
        this.#settle(this.relay.release(connection));
        return;
      }
      case 'wait':
        this.#settle(this.relay.wait(move.ms));
        return;
    }
  }

  leave(connection: number, how: Departure = 'lost'): void {
    const { dialect, partner } = this.seated.get(connection)!;
    this.#unseat(connection);
    const effects = this.relay.gone(connection, how);
    const close = dialect === 'classic' ? `classic-peer-${how}` : 'peer-left';
    expect(effects).toEqual(partner === null ? [] : [{ name: 'close', whom: partner, close }]);
    this.#settle(effects);
  }

  /** Senders whose pair still holds `nameplate`. */
  holders(nameplate: string): number {
    return [...this.seated].filter(
      ([id, end]) =>
        end.dialect === 'version 2' &&
        end.role === 'sender' &&
        end.key === nameplate &&
        end.partner !== null &&
        !this.#released.has(id),
    ).length;
  }

  #settle(effects: PairingEffect[]): void {
    for (const effect of effects) {
      switch (effect.name) {
        case 'allocated':
          this.seated.get(effect.to)!.key = effect.nameplate;
          this.#tokens.set(effect.nameplate, effect.token);
          break;
        case 'ready': {
          const [sender, receiver] = [this.seated.get(effect.sender)!, this.seated.get(effect.receiver)!];
          expect([sender.role, receiver.role]).toEqual(['sender', 'receiver']);
          expect([sender.key, sender.dialect]).toEqual([receiver.key, receiver.dialect]);
          expect([sender.partner, receiver.partner]).toEqual([null, null]);
          [sender.partner, receiver.partner] = [effect.receiver, effect.sender];
          break;
        }
        case 'refuse':
        case 'close':
          // In words that it knows.
          expect(effect.close.startsWith('classic-')).toBe(
            this.seated.get(effect.whom)!.dialect === 'classic',
          );
          this.#unseat(effect.whom);
          break;
      }
    }
  }

  #unseat(connection: number): void {
    this.seated.delete(connection);
    for (const end of this.seated.values()) if (end.partner === connection) end.partner = null;
  }

  #pick(pick: number): number | undefined {
    return [...this.seated.keys()][pick % Math.max(1, this.seated.size)];
  }
}

it('pairs only who announced the same key, one receiver for each nameplate, and forgets everything', () => {
  fc.assert(
    fc.property(fc.array(someMove, { maxLength: 80 }), (moves) => {
      const model = new Model();
      const { relay, seated } = model;
      for (const move of moves) {
        model.play(move);
        const paired = [...seated.values()].filter((end) => end.partner !== null).length;
        expect(relay.table.pairs).toBe(paired / 2);
        expect(relay.table.waiting).toBe(seated.size - paired);
        for (const nameplate of NAMEPLATES) expect(model.holders(nameplate)).toBeLessThanOrEqual(1);
      }

      for (const connection of [...seated.keys()]) if (seated.has(connection)) model.leave(connection);
      for (const ms of [NAMEPLATE_RESERVED_MS, NAMEPLATE_QUARANTINE_MS, OPAQUE_WAIT_MS]) relay.wait(ms);
      const { waiting, pairs, occupied, nameplates } = relay.table;
      expect([waiting, pairs, occupied, nameplates]).toEqual([0, 0, 0, 0]);
      expect(relay.table.nextDueMs()).toBe(null);
    }),
    { numRuns: 2_000 },
  );
});
