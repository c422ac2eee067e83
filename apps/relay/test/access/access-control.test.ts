// Who is admitted by what, and what a million tries cost and tell.
import type { AccessProof } from '@p2p-copy/core/relay-protocol';
import { describe, expect, it, vi } from 'vitest';
import { AccessControl } from '../../src/access/access-control.ts';
import { AccessTokens } from '../../src/access/access-tokens.ts';
import { PASS_LIFETIME_MS, Passes } from '../../src/access/passes.ts';
import { makeToken } from '../../src/access/token-row.ts';

const HOUR_MS = 3_600_000;
const NOBODY: AccessProof = { accessToken: null, pass: null };
const KEY = 'k'.repeat(43);
const RATES = { failedTokensPerMinutePerAddress: 20, failedTokensPerMinutePerSite: 100 };

function tokenOf(name: string, expiresMs: number | null = null) {
  return makeToken({ name, expiresMs, bytesPerDay: 1_000, bytesPerSecond: null }, 0);
}

function rig() {
  const [lab, old] = [tokenOf('lab', HOUR_MS), tokenOf('old', 0)];
  const tokens = new AccessTokens([lab.row, old.row]);
  const time = { wallMs: 1, nowMs: 1 };
  const control = new AccessControl(tokens, RATES, () => time.wallMs);
  const judge = (message: object, proof: Partial<AccessProof> = {}, address = '192.0.2.1') =>
    control.judge({ ...message, proof: { ...NOBODY, ...proof } } as never, address, time.nowMs);
  return { lab, old, tokens, time, judge };
}

const allocate = { type: 'allocate', nameplate: '47', isDrawn: true };
const waitAgain = { type: 'hello', role: 'sender', key: '47', token: 't'.repeat(22) };
const openLane = { type: 'hello', role: 'sender', key: KEY, token: null };
const PAYER = { name: 'lab', bytesPerDay: 1_000, bytesPerSecond: null };

describe('restricted access', () => {
  it.each([
    ['asks for a nameplate', allocate],
    ['asks for any', { ...allocate, nameplate: null }],
    ['waits again under its nameplate', waitAgain],
    ['waits under an opaque key', openLane],
  ])('refuses a sender that %s and shows nothing, or what is no token', (_what, message) => {
    const { lab, judge } = rig();
    expect(judge(message)).toEqual({ name: 'refused', ending: 'token-needed' });
    for (const accessToken of [
      '',
      'x',
      `${lab.token}x`,
      lab.token.slice(0, -1),
      tokenOf('lab').token,
      '\u0000'.repeat(256),
    ]) {
      expect(judge(message, { accessToken })).toEqual({ name: 'refused', ending: 'token-refused' });
    }
    expect(judge(message, { accessToken: lab.token })).toMatchObject({ name: 'admitted', payer: PAYER });
  });

  it('asks no receiver for anything, whatever it shows', () => {
    const { judge } = rig();
    for (const key of ['47', KEY]) {
      const hello = { type: 'hello', role: 'receiver', key, token: null };
      expect(judge(hello, { accessToken: 'x', pass: 'x' })).toMatchObject({
        name: 'admitted',
        payer: null,
        pass: null,
      });
    }
  });

  it('refuses the classic format in both roles, since it has no place for a token', () => {
    const { judge } = rig();
    for (const role of ['sender', 'receiver']) {
      const refused = { name: 'refused', ending: 'token-needed' };
      expect(judge({ type: 'dialect-hello', role, key: 'x', keys: {} })).toEqual(refused);
    }
  });

  it('says that a token has expired only to who shows all of it', () => {
    const { old, judge } = rig();
    expect(judge(allocate, { accessToken: old.token })).toEqual({ name: 'refused', ending: 'token-expired' });
    const nearly = `${old.token.slice(0, -1)}${old.token.endsWith('A') ? 'B' : 'A'}`;
    expect(judge(allocate, { accessToken: nearly })).toEqual({ name: 'refused', ending: 'token-refused' });
  });

  it('asks nobody for anything when it is open, and gives nothing', () => {
    const control = new AccessControl(null, RATES);
    for (const message of [allocate, openLane]) {
      expect(control.judge({ ...message, proof: { accessToken: 'x', pass: 'x' } } as never, 'a', 0)).toEqual({
        ...{ name: 'admitted', payer: null, pass: null },
      });
    }
  });
});

describe('a pass', () => {
  function admitted() {
    const all = rig();
    const admission = all.judge(allocate, { accessToken: all.lab.token });
    return { ...all, pass: (admission as { pass: string }).pass };
  }

  it('lets a running transfer go on when its token was revoked or has expired, and nothing else begin', () => {
    for (const end of ['revoked', 'expired'] as const) {
      const { lab, tokens, time, judge, pass } = admitted();
      if (end === 'revoked') tokens.replace([]);
      else time.wallMs = HOUR_MS;
      const ending = end === 'revoked' ? 'token-refused' : 'token-expired';
      for (const accessToken of [null, lab.token]) {
        // No fresh pass: who could renew it by itself would never be stopped.
        expect(judge(openLane, { accessToken, pass })).toEqual({
          name: 'admitted',
          payer: PAYER,
          pass: null,
        });
      }
      for (const message of [allocate, waitAgain]) {
        expect(judge(message, { pass })).toEqual({ name: 'refused', ending: 'token-needed' });
        expect(judge(message, { pass, accessToken: lab.token })).toEqual({ name: 'refused', ending });
      }
    }
  });

  it('ends after a day, and a good token earns another', () => {
    const { lab, time, judge, pass } = admitted();
    time.nowMs += PASS_LIFETIME_MS;
    expect(judge(openLane, { pass })).toMatchObject({ name: 'admitted' });
    const next = judge(openLane, { pass, accessToken: lab.token }) as { pass: string };
    time.nowMs += 1;
    expect(judge(openLane, { pass })).toEqual({ name: 'refused', ending: 'token-needed' });
    expect(judge(openLane, { pass: next.pass })).toMatchObject({ name: 'admitted' });
  });

  it('counts for nothing once a bit of it is changed, or at another relay', () => {
    const { judge, pass } = admitted();
    const bytes = Buffer.from(pass, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const verdict = judge(openLane, { pass: changed.toString('base64url') });
      expect(verdict).toEqual({ name: 'refused', ending: 'token-needed' });
    }
    for (const made of ['', 'A', 'A'.repeat(256), new Passes().issue('AAAAAAAAAAA', 1)]) {
      expect(judge(openLane, { pass: made })).toMatchObject({ ending: 'token-needed' });
    }
  });

  it('of a running transfer isn’t blocked by a neighbour’s wrong tokens', () => {
    const { judge, pass } = admitted();
    for (let n = 0; n < 30; n++) judge(allocate, { accessToken: 'wrong' });
    expect(judge(allocate, { accessToken: 'wrong' })).toMatchObject({ ending: 'rate-limited' });
    expect(judge(openLane, { accessToken: 'wrong', pass })).toMatchObject({ name: 'admitted' });
  });
});

it('a million wrong tokens in an hour are 1,219 looks at the list, and say when to come back', () => {
  const { lab, tokens, time, judge } = rig();
  const looks = vi.spyOn(tokens, 'verify');
  const endings = new Map<string, number>();
  for (let n = 0; n < 1_000_000; n++) {
    time.nowMs = 1 + Math.floor((n * HOUR_MS) / 1_000_000);
    const verdict = judge(allocate, { accessToken: n % 2 === 0 ? 'p2pcopy_' : tokens.count.toString() });
    const { ending } = verdict as { ending: string };
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  // 20 at once and 20 a minute for an hour.
  expect(endings.get('token-refused')).toBe(1_219);
  expect(looks).toHaveBeenCalledTimes(1_219);
  expect(endings.get('rate-limited')).toBe(1_000_000 - 1_219);
  // Then not even the right one is looked at, so that an answer tells nothing; another address is heard.
  time.nowMs += 3_000;
  expect(judge(allocate, { accessToken: 'x' })).toMatchObject({ ending: 'token-refused' });
  const right = judge(allocate, { accessToken: lab.token }) as { retryAfterMs: number };
  expect(right).toMatchObject({ ending: 'rate-limited' });
  expect(right.retryAfterMs).toBeGreaterThan(0);
  expect(right.retryAfterMs).toBeLessThanOrEqual(3_000);
  expect(judge(allocate, { accessToken: lab.token }, '192.0.2.2')).toMatchObject({ name: 'admitted' });
});

it('wrong tokens of one IPv6 site are counted together', () => {
  const { judge } = rig();
  const endings = Array.from({ length: 200 }, (_, n) =>
    judge(allocate, { accessToken: 'x' }, `2001:db8:1:${n.toString(16)}::/64`),
  ).map((verdict) => (verdict as { ending: string }).ending);
  expect(endings.filter((ending) => ending === 'token-refused')).toHaveLength(100);
  expect(judge(allocate, { accessToken: 'x' }, '2001:db8:2:0::/64')).toMatchObject({
    ending: 'token-refused',
  });
});
