// Classic code hashes among the other keys: caps, name spaces, and how the other end hears of a departure.

import { InvariantError } from '@p2p-copy/core/foundation';
import {
  NAMEPLATE_QUARANTINE_MS,
  NAMEPLATE_RESERVED_MS,
  OPAQUE_WAIT_MS,
} from '@p2p-copy/core/relay-protocol';
import { describe, expect, it } from 'vitest';
import { CODES } from '../../src/classic/dialect.ts';
import { allocatedIn, tableWith } from '../pairing/driven-table.ts';

const HASH = 'ab'.repeat(32);
const KEY = 'k'.repeat(43);

describe('a classic pair', () => {
  it.each([
    ['sender', 'finished', 'classic-peer-finished'],
    ['sender', 'lost', 'classic-peer-lost'],
    ['receiver', 'finished', 'classic-peer-finished'],
    ['receiver', 'lost', 'classic-peer-lost'],
  ] as const)('whose %s has %s closes the other with %s', (role, how, close) => {
    const relay = tableWith();
    const ends = {
      sender: relay.classicHello('sender', HASH).connection,
      receiver: relay.classicHello('receiver', HASH).connection,
    };
    const whom = role === 'sender' ? ends.receiver : ends.sender;
    expect(relay.gone(ends[role], how)).toEqual([{ name: 'close', whom, close }]);
    expect([relay.table.waiting, relay.table.pairs, relay.table.occupied]).toEqual([0, 0, 0]);
  });

  it('frees its hash at once: the next two under it are another pair', () => {
    const relay = tableWith();
    relay.classicHello('sender', HASH);
    relay.classicHello('receiver', HASH);
    const sender = relay.classicHello('sender', HASH);
    expect(sender.effects).toEqual([]);
    expect(relay.classicHello('receiver', HASH).effects[0]).toMatchObject({ sender: sender.connection });
    expect(relay.table.pairs).toBe(2);
  });

  it('has no nameplate to release', () => {
    const relay = tableWith();
    const { connection } = relay.classicHello('sender', '7');
    relay.classicHello('receiver', '7');
    expect(relay.release(connection)).toEqual([]);
  });
});

describe('two of the same role', () => {
  it('are both closed, and the hash is free again', () => {
    const relay = tableWith();
    const older = relay.classicHello('receiver', HASH);
    const newer = relay.classicHello('receiver', HASH);
    const close = 'classic-duplicate-role';
    expect(newer.effects).toEqual([
      { name: 'close', whom: older.connection, close },
      { name: 'refuse', whom: newer.connection, close },
    ]);
    expect([relay.table.waiting, relay.table.occupied]).toEqual([0, 0]);
    expect(relay.classicHello('receiver', HASH).effects).toEqual([]);
  });
});

describe('waiting', () => {
  it('has no limit of time', () => {
    const relay = tableWith();
    relay.classicHello('sender', HASH);
    expect(relay.table.nextDueMs()).toBe(null);
    expect(relay.wait(100 * OPAQUE_WAIT_MS)).toEqual([]);
    expect(relay.classicHello('receiver', HASH).effects[0]).toMatchObject({ name: 'ready' });
  });

  it('counts with the others against the cap of all, which lets joins through', () => {
    const relay = tableWith({ maxWaiting: 2, maxWaitingPerAddress: 9 });
    relay.allocate();
    relay.classicHello('sender', HASH);
    const stranger = relay.classicHello('sender', 'other');
    expect(stranger.effects).toEqual([
      { name: 'refuse', whom: stranger.connection, close: 'classic-relay-full' },
    ]);
    expect(relay.hello('sender', KEY).effects[0]).toMatchObject({ name: 'refuse', close: 'relay-full' });
    expect(relay.classicHello('receiver', HASH).effects[0]).toMatchObject({ name: 'ready' });
  });

  it('counts for its address', () => {
    const relay = tableWith({ maxWaiting: 9, maxWaitingPerAddress: 1 });
    relay.classicHello('sender', HASH, 'a');
    expect(relay.classicHello('sender', 'x', 'a').effects[0]).toMatchObject({
      close: 'classic-rate-limited',
    });
    expect(relay.hello('sender', KEY, null, 'a').effects[0]).toMatchObject({ close: 'rate-limited' });
    expect(relay.classicHello('sender', 'x', 'b').effects).toEqual([]);
  });
});

describe('name spaces', () => {
  it.each([KEY, '4711'])('a hash %s doesn’t meet the same key', (key) => {
    const relay = tableWith();
    if (key === KEY) relay.hello('sender', key);
    else relay.allocate(key);
    expect(relay.classicHello('receiver', key).effects).toEqual([]);
    expect([relay.table.waiting, relay.table.occupied, relay.table.pairs]).toEqual([2, 2, 0]);
    expect(relay.hello('receiver', key).effects[0]).toMatchObject({ name: 'ready' });
    expect(relay.classicHello('sender', key).effects[0]).toMatchObject({ name: 'ready' });
    expect([relay.table.waiting, relay.table.pairs]).toEqual([0, 2]);
  });

  it('a nameplate’s deadlines leave a hash of the same digits alone', () => {
    const relay = tableWith();
    const { connection, effects } = relay.allocate('4711');
    expect(allocatedIn(effects).nameplate).toBe('4711');
    relay.classicHello('sender', '4711');
    relay.gone(connection);
    relay.wait(NAMEPLATE_RESERVED_MS);
    relay.wait(NAMEPLATE_QUARANTINE_MS);
    expect([relay.table.nameplates, relay.table.waiting, relay.table.occupied]).toEqual([0, 1, 1]);
  });
});

it('fails on a second hello of a seated connection', () => {
  const relay = tableWith();
  const { connection } = relay.classicHello('sender', HASH);
  const again = {
    name: 'dialect hello',
    connection,
    address: 'a',
    role: 'receiver',
    key: HASH,
    keys: CODES,
  } as const;
  expect(() => relay.table.step(again, 0)).toThrow(InvariantError);
});
