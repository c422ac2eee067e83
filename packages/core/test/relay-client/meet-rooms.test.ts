// How a client of the rooms meets a relay, which a test plays: one without rooms, one that refuses, one that redirects.
import { describe, expect, it } from 'vitest';
import { TransferError } from '../../src/foundation/errors.ts';
import type { DialRelay } from '../../src/ports/relay-socket.ts';
import { AccessProofs } from '../../src/relay-client/access-proofs.ts';
import { meetRooms } from '../../src/relay-client/meet-rooms.ts';
import { scriptedRelay } from './scripted-relay.ts';

const KEY = 'r'.repeat(43);
const WELCOME = { type: 'welcome', rooms: 8, features: [] };

/** A dial of which a test says, by the path, what the first, second, … attempt there comes to. */
function dialBy(outcomes: Record<string, (string | null)[]>, then: DialRelay) {
  const asked: string[] = [];
  const dial: DialRelay = (url, signal, options = {}) => {
    const path = options.path ?? '/ws';
    asked.push(path);
    const code = outcomes[path]?.shift() ?? null;
    return code === null ? then(url, signal, options) : Promise.reject(new TransferError(code as never));
  };
  return { dial, asked };
}

async function codeOf(meeting: Promise<unknown>): Promise<string> {
  const error = await meeting.catch((thrown: unknown) => thrown);
  return error instanceof TransferError ? error.code : `no error: ${JSON.stringify(error)}`;
}

describe('a client of the rooms', () => {
  it('says hello at /rooms, with the hash of its room and its token, and is welcomed', async () => {
    const proofs = new AccessProofs((origin) => (origin === 'https://relay.example' ? 'token' : null));
    const { access, visits } = scriptedRelay(() => [WELCOME], { proofs });
    expect((await meetRooms(access, KEY)).rooms).toBe(8);
    expect(visits[0]!.options).toMatchObject({
      path: '/rooms',
      route: expect.stringMatching(/^[0-9a-f]{4}$/),
    });
    expect(visits[0]!.said).toEqual({ type: 'hello', version: 3, features: [], accessToken: 'token' });
  });

  it.each(['not-a-relay', 'relay-unreachable'])(
    'says that a relay has no rooms where it takes pairing and not rooms, also when that is told as %s',
    async (told) => {
      const { access, visits } = scriptedRelay(() => []);
      const { dial, asked } = dialBy({ '/rooms': [told, told] }, access.dial);
      expect(await codeOf(meetRooms({ ...access, dial }, KEY))).toBe('relay-without-rooms');
      expect(asked).toEqual(['/rooms', '/ws', '/rooms']);
      expect(visits).toEqual([]);
    },
  );

  it('never says so of a relay that was only away: not while it is, and not when it comes back meanwhile', async () => {
    const { access } = scriptedRelay(() => [WELCOME]);
    const away = dialBy({ '/rooms': ['relay-unreachable'], '/ws': ['relay-unreachable'] }, access.dial);
    expect(await codeOf(meetRooms({ ...access, dial: away.dial }, KEY))).toBe('relay-unreachable');
    const back = dialBy({ '/rooms': ['relay-unreachable'] }, access.dial);
    expect((await meetRooms({ ...access, dial: back.dial }, KEY)).rooms).toBe(8);
  });

  it('asks nothing else of a relay that says why it refuses', async () => {
    const { access } = scriptedRelay(() => []);
    const { dial, asked } = dialBy({ '/rooms': ['origin-refused'] }, access.dial);
    expect(await codeOf(meetRooms({ ...access, dial }, KEY))).toBe('origin-refused');
    expect(asked).toEqual(['/rooms']);
  });

  it.each([
    [{ type: 'error', code: 'token-needed' }, 'relay-token-needed'],
    [{ type: 'error', code: 'rate-limited', retryAfterMs: 1234 }, 'rate-limited'],
    [{ type: 'error', code: 'of-tomorrow' }, 'relay-refused'],
    [4426, 'relay-version'],
    [1001, 'connection-lost'],
    [{ type: 'ready' }, 'not-a-relay'],
    [{ type: 'welcome', rooms: 0 }, 'not-a-relay'],
  ])('ends with the error of what a relay answers: %j', async (answer, code) => {
    const { access } = scriptedRelay(() => [answer]);
    expect(await codeOf(meetRooms(access, KEY))).toBe(code);
  });

  it('follows one redirect to /rooms there, without its token, and no second one', async () => {
    const proofs = new AccessProofs((origin) => (origin === 'https://relay.example' ? 'token' : null));
    const redirect = (url: string) => ({ type: 'redirect', url });
    const once = scriptedRelay(
      (_visit, count) => [count === 0 ? redirect('https://other.example') : WELCOME],
      {
        proofs,
      },
    );
    await meetRooms(once.access, KEY);
    expect(once.visits.map(({ url, options }) => [url, options.path])).toEqual([
      ['https://relay.example', '/rooms'],
      ['https://other.example', '/rooms'],
    ]);
    expect(once.visits[1]!.said).not.toHaveProperty('accessToken');
    const twice = scriptedRelay((_visit, count) => [redirect(`https://other${count}.example`)]);
    expect(await codeOf(meetRooms(twice.access, KEY))).toBe('redirect-refused');
  });
});
