// The pairing as a whole: caps, nameplate choice, deadlines, and the events that only a bug can cause.

import { InvariantError } from '@p2p-copy/core/foundation';
import {
  NAMEPLATE_QUARANTINE_MS,
  NAMEPLATE_RESERVED_MS,
  OPAQUE_WAIT_MS,
} from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { allocatedIn, tableWith } from './driven-table.ts';

const KEY = 'k'.repeat(43);

describe('nameplates in the table', () => {
  it('draws from the smallest range that is less than half taken', () => {
    const relay = tableWith();
    const drawn = Array.from({ length: 52 }, () => Number(allocatedIn(relay.allocate().effects).nameplate));
    expect(Math.max(...drawn.slice(0, 50))).toBeLessThanOrEqual(99);
    expect(new Set(drawn).size).toBe(52);
    // 50 of 99 are taken: the next come from 1..999.
    const wide = Array.from({ length: 400 }, () => Number(allocatedIn(relay.allocate().effects).nameplate));
    expect(Math.max(...wide)).toBeGreaterThan(99);
    expect(Math.max(...wide)).toBeLessThanOrEqual(999);
  });

  it('gives out a requested number, once', () => {
    const relay = tableWith();
    expect(allocatedIn(relay.allocate('123456789').effects).nameplate).toBe('123456789');
    const again = relay.allocate('123456789');
    expect(again.effects).toEqual([{ name: 'refuse', whom: again.connection, close: 'code-in-use' }]);
  });

  it('keeps a used one out of the draw for the whole quarantine, but gives it to who asks', () => {
    const relay = tableWith();
    const { connection, effects } = relay.allocate();
    const { nameplate } = allocatedIn(effects);
    relay.hello('receiver', nameplate);
    expect(relay.release(connection)).toEqual([]);
    relay.wait(NAMEPLATE_QUARANTINE_MS - 1);
    expect(relay.table.nameplates).toBe(1);
    expect(allocatedIn(relay.allocate(nameplate).effects).nameplate).toBe(nameplate);
  });

  it('frees it to the millisecond: 15 minutes reserved, 10 in quarantine', () => {
    const relay = tableWith();
    const { connection, effects } = relay.allocate();
    const { nameplate, token } = allocatedIn(effects);
    relay.gone(connection);
    expect(relay.table.nextDueMs()).toBe(NAMEPLATE_RESERVED_MS);
    relay.wait(NAMEPLATE_RESERVED_MS - 1);
    const back = relay.hello('sender', nameplate, token);
    expect(back.effects).toEqual([]);
    relay.gone(back.connection);
    relay.wait(NAMEPLATE_RESERVED_MS);
    expect(relay.hello('sender', nameplate, token).effects[0]).toMatchObject({ close: 'unknown-code' });
    expect(relay.table.occupied).toBe(0);
    relay.wait(NAMEPLATE_QUARANTINE_MS - 1);
    expect(relay.table.nameplates).toBe(1);
    relay.wait(1);
    expect(relay.table.nameplates).toBe(0);
    expect(relay.table.nextDueMs()).toBe(null);
  });

  it('a returning sender cancels the deadline of its reservation', () => {
    const relay = tableWith();
    const { connection, effects } = relay.allocate();
    const { nameplate, token } = allocatedIn(effects);
    relay.gone(connection);
    relay.hello('sender', nameplate, token);
    relay.wait(NAMEPLATE_RESERVED_MS * 10);
    expect(relay.hello('receiver', nameplate).effects[0]).toMatchObject({ name: 'ready' });
  });

  it('a second release, and one under an opaque key, has nothing to give up', () => {
    const relay = tableWith();
    const { connection, effects } = relay.allocate();
    relay.hello('receiver', allocatedIn(effects).nameplate);
    relay.release(connection);
    expect(relay.release(connection)).toEqual([]);
    const sender = relay.hello('sender', KEY);
    relay.hello('receiver', KEY);
    expect(relay.release(sender.connection)).toEqual([]);
  });

  it('ends a half-dead pair when its sender comes back', () => {
    const relay = tableWith();
    const older = relay.allocate();
    const { nameplate, token } = allocatedIn(older.effects);
    const receiver = relay.hello('receiver', nameplate);
    const newer = relay.hello('sender', nameplate, token);
    expect(newer.effects).toEqual([
      { name: 'close', whom: older.connection, close: 'replaced' },
      { name: 'close', whom: receiver.connection, close: 'peer-left' },
    ]);
    expect([relay.table.waiting, relay.table.pairs]).toEqual([1, 0]);
    expect(relay.hello('receiver', nameplate).effects[0]).toMatchObject({ sender: newer.connection });
  });
});

describe('opaque keys in the table', () => {
  it.each(['sender', 'receiver'] as const)('pairs whoever comes, %s first', (first) => {
    const relay = tableWith();
    const one = relay.hello(first, KEY);
    const two = relay.hello(first === 'sender' ? 'receiver' : 'sender', KEY);
    const [sender, receiver] = first === 'sender' ? [one, two] : [two, one];
    expect(two.effects).toEqual([
      { name: 'ready', sender: sender.connection, receiver: receiver.connection },
    ]);
  });

  it('replaces the same role, and then waits the full time again', () => {
    const relay = tableWith();
    const older = relay.hello('sender', KEY);
    relay.wait(OPAQUE_WAIT_MS - 1);
    const newer = relay.hello('sender', KEY);
    expect(newer.effects).toEqual([{ name: 'close', whom: older.connection, close: 'replaced' }]);
    expect(relay.wait(OPAQUE_WAIT_MS - 1)).toEqual([]);
    expect(relay.wait(1)).toEqual([{ name: 'close', whom: newer.connection, close: 'wait-expired' }]);
    expect([relay.table.waiting, relay.table.occupied]).toEqual([0, 0]);
  });
});

describe('caps', () => {
  it('refuses newcomers when full, never who waits, and lets joins through', () => {
    const relay = tableWith({ maxWaiting: 2, maxWaitingPerAddress: 9 });
    const { nameplate } = allocatedIn(relay.allocate().effects);
    relay.hello('sender', KEY);
    expect(relay.allocate().effects[0]).toMatchObject({ name: 'refuse', close: 'relay-full' });
    const stranger = relay.hello('sender', 'x'.repeat(43));
    expect(stranger.effects[0]).toMatchObject({ name: 'refuse', close: 'relay-full' });
    expect(relay.table.waiting).toBe(2);
    expect(relay.hello('receiver', KEY).effects[0]).toMatchObject({ name: 'ready' });
    expect(relay.hello('receiver', nameplate).effects[0]).toMatchObject({ name: 'ready' });
  });

  it('counts one address by itself, reservations included', () => {
    const relay = tableWith({ maxWaiting: 9, maxWaitingPerAddress: 1 });
    relay.gone(relay.allocate(null, 'a').connection);
    expect(relay.allocate(null, 'a').effects[0]).toMatchObject({ close: 'rate-limited' });
    expect(relay.allocate(null, 'b').effects[0]).toMatchObject({ name: 'allocated' });
    relay.wait(NAMEPLATE_RESERVED_MS);
    expect(relay.allocate(null, 'a').effects[0]).toMatchObject({ name: 'allocated' });
  });
});

describe('events that only a bug can cause', () => {
  it.each([
    ['gone without a seat', (relay: ReturnType<typeof tableWith>) => relay.gone(99)],
    ['release without a seat', (relay: ReturnType<typeof tableWith>) => relay.release(99)],
    [
      'release by a receiver',
      (relay: ReturnType<typeof tableWith>) => {
        relay.hello('sender', KEY);
        relay.release(relay.hello('receiver', KEY).connection);
      },
    ],
    [
      'a second hello',
      (relay: ReturnType<typeof tableWith>) => {
        const { connection } = relay.hello('sender', KEY);
        const asked = { nameplate: null, isDrawn: false, token: null };
        relay.table.step({ name: 'allocate', connection, address: 'a', ...asked }, 0);
      },
    ],
  ])('%s', (_name, cause) => {
    expect(() => cause(tableWith())).toThrow(InvariantError);
  });
});
