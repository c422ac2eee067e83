// Who gets an answer: rates of addresses, sites and all together, against a clock that a test turns.
import { describe, expect, it } from 'vitest';
import { DEFAULT_RELAY_CONFIG } from '../../src/index.ts';
import { MAX_ADDRESSES } from '../../src/limits/token-buckets.ts';
import { type StunOutcome, StunResponder } from '../../src/stun/stun-responder.ts';
import { FakeClock } from '../fake-clock.ts';
import { bindingRequest } from './stun-client.ts';

const { stunPerMinute, stunPerMinutePerAddress, stunPerMinutePerSite } = DEFAULT_RELAY_CONFIG;
const AT_ONCE = stunPerMinute / 30;

function responder(rates: Partial<typeof DEFAULT_RELAY_CONFIG> = {}) {
  const clock = new FakeClock();
  const counts = new Map<StunOutcome, number>();
  const inForce = { ...DEFAULT_RELAY_CONFIG, ...rates };
  const of = new StunResponder({
    rates: inForce,
    clock,
    isBlocked: (ip) => ip === '203.0.113.9',
    onOutcome: (outcome) => counts.set(outcome, (counts.get(outcome) ?? 0) + 1),
  });
  /** @returns answers to `times` requests */
  const ask = (ip: string, times = 1, datagram = bindingRequest()) => {
    let sent = 0;
    const send = (...args: unknown[]) => {
      sent += 1;
      (args.at(-1) as (error: Error | null) => void)(null);
    };
    for (let time = 0; time < times; time += 1) of.take(datagram, ip, 5000, { send } as never);
    return sent;
  };
  return { ask, clock, counts, inForce };
}

describe('a STUN server answers', () => {
  it('one address as often as its rate says, and no other less for it', () => {
    const { ask, clock, counts } = responder();
    expect(ask('192.0.2.1', 10_000)).toBe(stunPerMinutePerAddress);
    expect(ask('192.0.2.2', 5)).toBe(5);
    clock.advance(60_000 / stunPerMinutePerAddress);
    expect(ask('192.0.2.1', 10)).toBe(1);
    clock.advance(3_600_000);
    expect(ask('192.0.2.1', 10_000)).toBe(stunPerMinutePerAddress);
    expect(counts.get('rate-limited')).toBe(10_000 + 10 + 10_000 - 2 * stunPerMinutePerAddress - 1);
  });

  it('an IPv6 /64 as one address, and a /48 as one site', () => {
    const { ask, clock } = responder();
    for (let host = 1; host < 300; host += 1) ask(`2001:db8:1:2::${host.toString(16)}`, 3);
    expect(ask('2001:db8:1:2:ffff::1')).toBe(0);
    clock.advance(60_000);
    let answered = 0;
    for (let net = 0; net < 50; net += 1) {
      answered += ask(`2001:db8:1:${net.toString(16)}::1`, 100);
      clock.advance(10);
    }
    // What is gained within the half second.
    expect(answered).toBeGreaterThanOrEqual(AT_ONCE);
    expect(answered).toBeLessThanOrEqual(stunPerMinutePerSite * (1 + 0.5 / 60));
    expect(ask('2001:db8:2::1')).toBe(1);
  });

  it('no more than so many of all together, whatever addresses are forged, and keeps a bounded number of them', () => {
    const { ask, clock, counts } = responder();
    let answered = 0;
    for (let forged = 0; forged < MAX_ADDRESSES + 20_000; forged += 1) {
      answered += ask(`10.${forged >>> 16}.${(forged >>> 8) & 255}.${forged & 255}`);
      if (forged % 10_000 === 0) clock.advance(1_000);
    }
    expect(answered).toBeLessThanOrEqual(AT_ONCE + (stunPerMinute / 60) * 12);
    expect(answered).toBeGreaterThan(AT_ONCE);
    // Whoever was here before is answered again at once.
    clock.advance(60_000);
    expect(ask('192.0.2.1')).toBe(1);
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(MAX_ADDRESSES + 20_001);
  });

  it('nobody who is blocked, and nothing that is no request, which costs nobody a token', () => {
    const { ask, counts } = responder();
    expect(ask('203.0.113.9', 3)).toBe(0);
    expect(ask('192.0.2.1', 10_000, Buffer.from('hello'))).toBe(0);
    expect(ask('192.0.2.1', 10_000)).toBe(stunPerMinutePerAddress);
    expect([counts.get('blocked'), counts.get('no-request')]).toEqual([3, 10_000]);
  });

  it('by the rates that are in force now', () => {
    const { ask, inForce } = responder({ stunPerMinutePerAddress: 2 });
    expect(ask('192.0.2.1', 5)).toBe(2);
    inForce.stunPerMinutePerAddress = 600;
    expect(ask('192.0.2.3', 5)).toBe(5);
  });
});
