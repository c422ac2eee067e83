// An end before its relay: redirects, errors in words, and nameplates that it draws.
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/async/backoff.ts';
import { seek } from '../../src/async/seek.ts';
import { routeHash } from '../../src/crypto/route-hash.ts';
import { TransferError } from '../../src/foundation/errors.ts';
import { AccessProofs } from '../../src/relay-client/access-proofs.ts';
import { allocateNameplate, drawNameplate } from '../../src/relay-client/allocate-nameplate.ts';
import { announce, awaitReady, awaitReadyInTime } from '../../src/relay-client/meet-relay.ts';
import { relayRendezvous } from '../../src/relay-client/relay-rendezvous.ts';
import { CLOSE_CODES } from '../../src/relay-protocol/index.ts';
import { MAX_DRAWS_PER_LENGTH, MAX_PAUSE_MS } from '../../src/wire/limits.ts';
import { type Answer, scriptedRelay, type Visit } from './scripted-relay.ts';

const TOKEN = 'a'.repeat(22);
const KEY = 'k'.repeat(43);
const HELLO = { type: 'hello', role: 'receiver', key: KEY, token: null } as const;
const READY = { type: 'ready', features: ['direct'], later: 1 };

function allocated({ said }: Visit): Answer[] {
  return [{ type: 'allocated', nameplate: said.nameplate, token: TOKEN }];
}

describe('a redirect', () => {
  const to = (url: string) => ({ type: 'redirect', url });
  const atFirst = (first: Answer[], then: Answer[]) => (_visit: Visit, count: number) =>
    count === 0 ? first : then;

  it('is followed once, with the same words and the same hash, and the first connection is closed', async () => {
    const { access, visits } = scriptedRelay(atFirst([to('wss://two.example/p')], [READY]));
    const socket = await announce(access, HELLO);
    await awaitReady(access, socket);
    expect(visits.map(({ url }) => url)).toEqual(['https://relay.example', 'wss://two.example/p']);
    expect(visits[1]!.said).toEqual(visits[0]!.said);
    expect(visits.map(({ options }) => options.route)).toEqual([routeHash(KEY), routeHash(KEY)]);
    expect(visits.map(({ isOpen }) => isOpen)).toEqual([false, true]);
    // The target’s name may have other addresses when it is dialled than it had a moment ago.
    expect(visits[0]!.options.allows).toBeUndefined();
    expect(['1.1.1.1', '10.0.0.1', '127.0.0.1'].map((ip) => visits[1]!.options.allows!(ip))).toEqual([
      true,
      false,
      false,
    ]);
    socket.close();
    expect(visits[1]!.isOpen).toBe(false);
  });

  it('moves a sender that asks for a nameplate, which then waits there', async () => {
    const { access, visits } = scriptedRelay((visit, count) =>
      count === 0 ? [to('wss://two.example')] : [...allocated(visit), READY],
    );
    const { socket, nameplate } = await allocateNameplate(access, null);
    await awaitReady(access, socket);
    expect(visits.map(({ said }) => said.nameplate)).toEqual([nameplate, nameplate]);
  });

  it.each([
    ['a second one', [to('wss://two.example')], [to('wss://three.example')]],
    ['one back to the first relay', [to('wss://two.example')], [to('wss://relay.example')]],
    ['one to itself', [to('wss://relay.example/')], []],
    ['one to a less strict scheme', [to('ws://two.example')], []],
    ['one to a private address', [to('wss://192.168.1.1')], []],
    ['one to this machine', [to('wss://localhost:8765')], []],
    ['one to no URL', [to('//two.example')], []],
  ])('is refused, and the connection closed, when it is %s', async (_what, first, then) => {
    const { access, visits } = scriptedRelay(atFirst(first, then));
    const socket = await announce(access, HELLO);
    await expect(awaitReadyInTime(access, socket)).rejects.toMatchObject({ code: 'redirect-refused' });
    expect(visits).toHaveLength(then.length + 1);
    expect(visits.some(({ isOpen }) => isOpen)).toBe(false);
  });

  it('is judged by the address of the connection where that is known', async () => {
    for (const [address, isFollowed] of [
      ['192.168.0.9', true],
      ['8.8.8.8', false],
    ] as const) {
      const { access } = scriptedRelay(atFirst([to('wss://192.168.1.1')], [READY]), { address });
      const ready = awaitReady(access, await announce(access, HELLO));
      if (isFollowed) await ready;
      else await expect(ready).rejects.toMatchObject({ code: 'redirect-refused' });
    }
  });

  it('comes before anything else, or not at all', async () => {
    const { access } = scriptedRelay((visit) => [...allocated(visit), to('wss://two.example')]);
    const { socket } = await allocateNameplate(access, '47');
    await expect(awaitReady(access, socket)).rejects.toMatchObject({ code: 'redirect-refused' });
  });

  it.each(['terminate', 'close', 'abort'] as const)(
    'ends with the run that is over meanwhile, by %s',
    async (how) => {
      const run = new AbortController();
      const relay = scriptedRelay(() => [to('wss://two.example')], { signal: run.signal });
      let dialled = () => {};
      const isDialled = new Promise<void>((resolve) => {
        dialled = resolve;
      });
      const { dial } = relay.access;
      relay.access.dial = (url, signal, options) => {
        if (url === relay.access.relayUrl) return dial(url, signal, options);
        dialled();
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new TransferError('interrupted'))),
        );
      };
      const socket = await announce(relay.access, HELLO);
      const event = socket.receive();
      await isDialled;
      if (how === 'abort') run.abort();
      else socket[how]();
      expect(await event).toMatchObject({ kind: 'closed', code: 1006 });
    },
  );
});

describe('an error of the relay', () => {
  const refused = async (...answer: Answer[]) => {
    const { access } = scriptedRelay(() => answer);
    const socket = await announce(access, HELLO);
    return awaitReadyInTime(access, socket).catch((error: TransferError) => error);
  };
  const said = (code: string, more = {}) => ({ type: 'error', code, message: 'GIVE ME YOUR CODE', ...more });

  it('counts before the close code, and is never shown in the relay’s words', async () => {
    const error = await refused(said('rate-limited', { retryAfterMs: 7000 }), CLOSE_CODES['relay-full'].code);
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 7000 });
    expect((error as TransferError).message).toBe('Too many attempts came from your address.');
  });

  it('of a later version means that the relay refused', async () => {
    const error = (await refused(said('moved-house'))) as TransferError;
    expect([error.code, error.message]).toEqual(['relay-refused', 'The relay refused the connection.']);
  });

  it('isn’t needed: a relay of version 2 tells by the close code', async () => {
    expect(await refused(CLOSE_CODES['unknown-code'].code)).toMatchObject({ code: 'unknown-code' });
    expect(await refused(1006)).toMatchObject({ code: 'connection-lost' });
  });
});

describe('a pause that the relay asks for', () => {
  it.each([
    [3_000, 3_000],
    [0, 250],
    [3_600_000, MAX_PAUSE_MS],
  ])('of %d ms is one of %d ms', async (retryAfterMs, pauseMs) => {
    const pauses: number[] = [];
    let attempts = 0;
    await seek(
      async () => {
        attempts += 1;
        if (attempts === 1) throw new TransferError('rate-limited', undefined, { retryAfterMs });
      },
      null,
      {
        clock: {
          nowMs: () => 0,
          after(delayMs, callback) {
            if (delayMs !== 1e9) {
              pauses.push(delayMs);
              queueMicrotask(callback);
            }
            return () => {};
          },
        },
        backoff: new Backoff(),
        reconnectTimeoutMs: 1e9,
        signal: new AbortController().signal,
      },
    );
    expect(pauses).toEqual([pauseMs]);
  });
});

describe('a drawn nameplate', () => {
  const taken = (more = {}) => [{ type: 'error', code: 'code-in-use', message: '', ...more }, 4409];
  const lengths = (visits: Visit[]) => visits.map(({ said }) => String(said.nameplate).length);

  it('has two digits, and stands in the URL as a hash before it is asked for', async () => {
    const { access, visits } = scriptedRelay(allocated);
    const { nameplate } = await allocateNameplate(access, null);
    expect(nameplate).toMatch(/^[1-9][0-9]$/);
    expect(visits).toMatchObject([
      { said: { type: 'allocate', nameplate, drawn: true }, options: { route: routeHash(nameplate) } },
    ]);
  });

  it('is drawn again while it is taken: so often with two digits, then with three', async () => {
    const { access, visits } = scriptedRelay((visit, count) => (count < 4 ? taken() : allocated(visit)));
    await allocateNameplate(access, null);
    expect(lengths(visits)).toEqual([2, 2, 2, 3, 3]);
    expect(visits.map(({ isOpen }) => isOpen)).toEqual([false, false, false, false, true]);
  });

  it('has at once the length that the relay names, and never a shorter one', async () => {
    const digits = [5, 5, 3];
    const { access, visits } = scriptedRelay((visit, count) =>
      count < digits.length ? taken({ digits: digits[count] }) : allocated(visit),
    );
    await allocateNameplate(access, null);
    expect(lengths(visits)).toEqual([2, 5, 5, 5]);
  });

  it('is given up when a relay has none, after a bounded number of draws', async () => {
    const { access, visits } = scriptedRelay(() => taken());
    await expect(allocateNameplate(access, null)).rejects.toMatchObject({ code: 'relay-full' });
    expect(lengths(visits)).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9].flatMap((d) => Array(MAX_DRAWS_PER_LENGTH).fill(d)),
    );
    expect(visits.some(({ isOpen }) => isOpen)).toBe(false);
  });

  it('isn’t drawn again after anything else', async () => {
    for (const code of ['rate-limited', 'relay-full', 'wrong-version', 'bad-hello'] as const) {
      const { access, visits } = scriptedRelay(() => [CLOSE_CODES[code].code]);
      await expect(allocateNameplate(access, null)).rejects.toBeInstanceOf(TransferError);
      expect(visits).toHaveLength(1);
    }
  });

  it('isn’t drawn again for a run that is over', async () => {
    const run = new AbortController();
    const { access, visits } = scriptedRelay(
      () => {
        run.abort();
        return taken();
      },
      { signal: run.signal },
    );
    await expect(allocateNameplate(access, null)).rejects.toMatchObject({ code: 'interrupted' });
    expect(visits).toHaveLength(1);
  });

  it('is the one that was asked for: a relay that gives another isn’t believed', async () => {
    const { access, visits } = scriptedRelay(() => [{ type: 'allocated', nameplate: '8', token: TOKEN }]);
    await expect(allocateNameplate(access, null)).rejects.toMatchObject({ code: 'not-a-relay' });
    await expect(allocateNameplate(access, '7')).rejects.toMatchObject({ code: 'not-a-relay' });
    expect(visits.some(({ isOpen }) => isOpen)).toBe(false);
  });

  it('differs from a chosen one, which is asked for once and plainly', async () => {
    const { access, visits } = scriptedRelay(() => taken({ digits: 3 }));
    await expect(allocateNameplate(access, '47')).rejects.toMatchObject({ code: 'code-taken' });
    expect(visits.map(({ said }) => [said.nameplate, said.drawn])).toEqual([['47', undefined]]);
  });

  it.each([2, 3, 9])('of %i digits is any of them', (digits) => {
    const draws = Array.from({ length: 2000 }, () => drawNameplate(digits));
    expect(draws.every((draw) => new RegExp(`^[1-9][0-9]{${digits - 1}}$`).test(draw))).toBe(true);
    expect(new Set(draws).size).toBeGreaterThan(digits === 2 ? 89 : 700);
    expect(new Set(draws.map((draw) => draw[0])).size).toBe(9);
  });
});

describe('an access token', () => {
  const CHOSEN = { type: 'hello', role: 'sender', key: KEY, token: null } as const;
  const only = (origin: string) => new AccessProofs((asked) => (asked === origin ? 'p2pcopy_x' : null));

  it('is shown by a sender to the relay that it is for, and never by a receiver', async () => {
    const { access, visits } = scriptedRelay((visit) => [...allocated(visit), READY], {
      proofs: only('https://relay.example'),
    });
    await allocateNameplate(access, null);
    await announce(access, CHOSEN);
    await announce(access, HELLO);
    expect(visits.map(({ said }) => said.accessToken)).toEqual(['p2pcopy_x', 'p2pcopy_x', undefined]);
    // Nor does it stand in the address.
    expect(visits.map(({ url, options }) => url + JSON.stringify(options)).join()).not.toContain('p2pcopy');
  });

  it('doesn’t follow a redirect to another host, nor does a pass, and each relay gets its own', async () => {
    const READY_PASS = { ...READY, pass: 'from one' };
    let isMoved = false;
    const { access, visits } = scriptedRelay(
      ({ url }) => {
        if (url === 'wss://two.example') return [{ ...READY, pass: 'from two' }];
        return isMoved ? [{ type: 'redirect', url: 'wss://two.example' }] : [READY_PASS];
      },
      { proofs: only('https://relay.example') },
    );
    const meet = async () => awaitReady(access, await announce(access, CHOSEN));
    await meet();
    isMoved = true;
    await meet();
    await meet();
    const shown = visits.map(({ said }) => [said.accessToken, said.pass]);
    expect(shown).toEqual([
      ['p2pcopy_x', undefined],
      ['p2pcopy_x', 'from one'],
      [undefined, undefined],
      ['p2pcopy_x', 'from one'],
      [undefined, 'from two'],
    ]);
  });

  it('that is missing or no good is told as such, by the message and by the close code alone', async () => {
    for (const [code, close] of [
      ['token-needed', 4401],
      ['token-refused', 4403],
      ['token-expired', 4427],
    ] as const) {
      for (const answer of [{ type: 'error', code, message: '' }, close]) {
        const { access } = scriptedRelay(() => [answer]);
        await expect(allocateNameplate(access, null)).rejects.toMatchObject({ code: `relay-${code}` });
      }
    }
  });
});

describe('a STUN server', () => {
  const told = (stunPort: unknown) => [{ ...READY, stunPort }];
  const meetAt = async (relay: ReturnType<typeof scriptedRelay>) => {
    const { dial, clock, relayUrl, signal } = relay.access;
    const rendezvous = relayRendezvous(dial, clock)(relayUrl);
    const before = rendezvous.stunUrl;
    await rendezvous.meet(KEY, 'receiver', signal);
    return { before, rendezvous };
  };

  it('is at the host of the relay that paired this end, and nowhere before', async () => {
    const { before, rendezvous } = await meetAt(scriptedRelay(() => told(3478)));
    expect([before, rendezvous.stunUrl]).toEqual([null, 'stun:relay.example:3478']);
  });

  it('is at the host to which the relay has sent this end', async () => {
    const moved = scriptedRelay((_visit, count) =>
      count === 0 ? [{ type: 'redirect', url: 'wss://[2001:db9::1]:8443/below' }, 1000] : told(3479),
    );
    expect((await meetAt(moved)).rendezvous.stunUrl).toBe('stun:[2001:db9::1]:3479');
  });

  it('is forgotten when the relay has it no more', async () => {
    const relay = scriptedRelay((_visit, count) => (count === 0 ? told(3478) : [READY]));
    const { rendezvous } = await meetAt(relay);
    await rendezvous.meet(KEY, 'receiver', relay.access.signal);
    expect(rendezvous.stunUrl).toBeNull();
  });

  it('is told to a sender and to a receiver under a nameplate', async () => {
    const { access } = scriptedRelay((visit) =>
      visit.said.type === 'allocate' ? [...allocated(visit), ...told(3478)] : told(3478),
    );
    const rendezvous = () => relayRendezvous(access.dial, access.clock)(access.relayUrl);
    const [sender, receiver] = [rendezvous(), rendezvous()];
    const held = await sender.nameplates.allocate(null, access.signal);
    expect(sender.stunUrl).toBeNull();
    await held.nextJoiner();
    await receiver.nameplates.join('47', access.signal);
    expect([sender.stunUrl, receiver.stunUrl]).toEqual(Array(2).fill('stun:relay.example:3478'));
  });
});
