// Whole transfers over a relay that asks senders for an access token: lost connections, tokens that end meanwhile, redirects.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { receive, send } from '../../apps/cli/src/index.ts';
import { makeToken, type RunningRelay, startRelay, writeTokenFile } from '../../apps/relay/src/index.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { startOddRelay } from './odd-relay.ts';
import { promisedCode } from './promised-code.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

const CONTENT = randomBytes(24_000_000);
let relay: RunningRelay;
let folder: string;
let tokenFile: string;
const { token, row } = makeToken(
  { name: 'lab', expiresMs: null, bytesPerDay: null, bytesPerSecond: null },
  0,
);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-access-'));
  await writeFile(path.join(folder, 'f'), CONTENT);
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
  tokenFile = path.join(folder, 'tokens.json');
  await writeTokenFile(tokenFile, [row]);
  relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent', access: 'token', tokenFile });
});
afterAll(async () => {
  delete process.env.P2P_COPY_STATE;
  await relay?.close();
  await rm(folder, { recursive: true });
});

async function setTokens(rows: (typeof row)[]): Promise<void> {
  await writeTokenFile(tokenFile, rows);
  await relay.readTokens();
}

/** Resolves when all is there. */
async function transfer(
  wishes: Partial<Parameters<typeof send>[0]>,
  senderRelay: string,
  onHalf: () => Promise<void> = async () => {},
): Promise<void> {
  const out = await mkdtemp(path.join(folder, 'out-'));
  const { code, tellCode } = promisedCode();
  let isHalf = false;
  const sending = send({
    paths: [path.join(folder, 'f')],
    relay: senderRelay,
    lanes: 2,
    ...wishes,
    onEvent(event) {
      if (event.type === 'code') tellCode(event.code);
      if (event.type !== 'progress' || isHalf || event.bytes === 0) return;
      isHalf = true;
      void onHalf();
    },
  });
  // It shows nothing.
  const receiving = code.then((told) => receive({ code: told, relay: relay.url, out, lanes: 2 }));
  await Promise.all([sending, receiving]);
  expect(CONTENT.equals(await readFile(path.join(out, 'f')))).toBe(true);
}

const codeOf = (sending: Promise<unknown>) =>
  sending.then(
    () => 'sent',
    (error: { code?: string }) => error.code,
  );

it('a transfer goes on after a lost connection though its token was revoked meanwhile, and the next is refused', async () => {
  // Slow enough to be still running when its connections are cut.
  const fault = { kind: 'throttle', bytesPerSecond: 5_000_000 } as const;
  const schedule = [0, 1, 2].map((connection) => ({ connection, direction: 'up', at: 4, fault }) as const);
  const proxy = await startFaultProxy({ relayUrl: relay.url, schedule });
  onTestFinished(() => proxy.close());
  onTestFinished(() => setTokens([row]));
  let before = 0;
  await transfer({ relayToken: token }, proxy.url, async () => {
    await setTokens([]);
    before = proxy.recordings.length;
    proxy.reset();
  });
  expect(proxy.recordings.length).toBeGreaterThan(before);
  const paths = [path.join(folder, 'f')];
  expect(await codeOf(send({ paths, relay: relay.url, relayToken: token }))).toBe('relay-token-refused');
});

it('a token isn’t shown to the host of a redirect, unless one is given for that host', async () => {
  const first = await startOddRelay(() => ({ type: 'redirect', url: relay.url }));
  onTestFinished(() => first.close());
  const paths = [path.join(folder, 'f')];
  expect(await codeOf(send({ paths, relay: first.url, relayToken: token }))).toBe('relay-token-needed');
  const asked: string[] = [];
  const relayToken = (origin: string) => {
    asked.push(origin);
    return origin === relay.url ? token : null;
  };
  await transfer({ relayToken }, first.url);
  expect(new Set(asked)).toEqual(new Set([first.url.replace(/^ws/, 'http'), relay.url]));
});

it('a sender that seeks the other side after a restart hears at once that its token is no good', async () => {
  const resume = randomBytes(32).toString('base64url');
  const sending = send({ paths: [path.join(folder, 'f')], relay: relay.url, resume });
  expect(await codeOf(sending)).toBe('relay-token-needed');
});
