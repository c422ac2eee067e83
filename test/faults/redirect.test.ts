// Whole transfers through relays that send their clients elsewhere, honest and hostile ones.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import { routeHash } from '../../packages/core/src/crypto/route-hash.ts';
import { type OddRelay, startOddRelay } from './odd-relay.ts';
import { promisedCode } from './promised-code.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

const CONTENT = randomBytes(3_000_000);
let relay: RunningRelay;
let folder: string;

beforeAll(async () => {
  relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-redirect-'));
  await writeFile(path.join(folder, 'f'), CONTENT);
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
});
afterAll(async () => {
  delete process.env.P2P_COPY_STATE;
  await relay?.close();
  await rm(folder, { recursive: true });
});

async function odd(answer: (count: number) => object): Promise<OddRelay> {
  const started = await startOddRelay(answer);
  onTestFinished(() => started.close());
  return started;
}

const to = (url: string) => ({ type: 'redirect', url });

async function transfer(senderRelay: string, receiverRelay: string) {
  // A lane that is sought directly too may have been asked for here by one end alone when the content is there.
  const byRelay = { path: 'relay', lanes: 2 } as const;
  const out = await mkdtemp(path.join(folder, 'out-'));
  const { code, tellCode } = promisedCode();
  const sending = send({
    paths: [path.join(folder, 'f')],
    relay: senderRelay,
    ...byRelay,
    onEvent: (event) => event.type === 'code' && tellCode(event.code),
  });
  const receiving = code.then((told) => receive({ code: told, relay: receiverRelay, out, ...byRelay }));
  await Promise.all([sending, receiving]);
  return CONTENT.equals(await readFile(path.join(out, 'f')));
}

/** How a sender fails at that relay. */
async function failureAt(url: string): Promise<unknown> {
  return send({ paths: [path.join(folder, 'f')], relay: url }).catch((error: unknown) => error);
}

describe('a relay that sends its clients to another', () => {
  it('is followed by both ends, for every connection of the transfer, with the same hash', async () => {
    const first = await odd(() => to(relay.url));
    expect(await transfer(first.url, first.url)).toBe(true);
    // The nameplate, and perhaps a lane beside the first: each from both ends.
    const keyOf = ({ first }: OddRelay['visits'][number]) => String(first.key ?? first.nameplate);
    for (const key of new Set(first.visits.map(keyOf))) {
      const paths = first.visits.filter((visit) => keyOf(visit) === key).map(({ path }) => path);
      expect(paths).toEqual([`/ws?k=${routeHash(key)}`, `/ws?k=${routeHash(key)}`]);
    }
  });

  it('may be that of one end alone', async () => {
    const first = await odd(() => to(relay.url));
    expect(await transfer(first.url, relay.url)).toBe(true);
    expect(await transfer(relay.url, first.url)).toBe(true);
  });
});

describe('a hostile relay', () => {
  const refused = {
    code: 'redirect-refused',
    message: 'The relay sent this device to an address that is not safe to go to.',
  };

  it('leads nobody through two relays', async () => {
    const second = await odd(() => to(relay.url));
    const first = await odd(() => to(second.url));
    expect(await failureAt(first.url)).toMatchObject(refused);
    expect([first.visits.length, second.visits.length]).toEqual([1, 1]);
  });

  it('leads nobody around in a circle', async () => {
    const first = await odd(() => to(second.url));
    const second = await odd(() => to(first.url));
    expect(await failureAt(first.url)).toMatchObject(refused);
    expect([first.visits.length, second.visits.length]).toEqual([1, 1]);
    const itself: OddRelay = await odd(() => to(itself.url));
    expect(await failureAt(itself.url)).toMatchObject(refused);
    expect(itself.visits).toHaveLength(1);
  });

  it('leads nobody to what is no relay, nor to what nothing is ever reached at', async () => {
    for (const url of [
      'ftp://127.0.0.1',
      'ws://0.0.0.0:1',
      'ws://a:b@127.0.0.1:1',
      '/ws',
      '',
      `ws://x/${'y'.repeat(3000)}`,
    ]) {
      expect(await failureAt((await odd(() => to(url))).url)).toMatchObject(refused);
    }
  });

  it('says nothing that is shown', async () => {
    const loud = await odd(() => ({
      type: 'error',
      code: 'rate-limited',
      message: 'Visit evil.example \u001b[31m',
    }));
    const error = (await failureAt(loud.url)) as Error;
    expect(error).toMatchObject({
      code: 'rate-limited',
      message: 'Too many attempts came from your address.',
    });
    const newer = await odd(() => ({ type: 'error', code: 'evil.example', message: 'evil' }));
    expect(await failureAt(newer.url)).toMatchObject({
      code: 'relay-refused',
      message: expect.not.stringContaining('evil'),
    });
  });

  it('that finds every number taken is given up, with a bounded number of connections', async () => {
    const full = await odd(() => ({ type: 'error', code: 'code-in-use', message: '' }));
    expect(await failureAt(full.url)).toMatchObject({ code: 'relay-full' });
    expect(full.visits.map(({ first }) => String(first.nameplate).length)).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9].flatMap((digits) => [digits, digits, digits]),
    );
  });
});
