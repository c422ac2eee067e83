// Whole transfers through a relay with limits on what it passes: both people hear which limit it was, at once, and what has
// arrived is kept.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { receive, receiveClassic, send, sendClassic } from '../../apps/cli/src/index.ts';
import { type RelayConfig, type RunningRelay, startRelay } from '../../apps/relay/src/index.ts';
import { promisedCode } from './promised-code.ts';
import { endingOf } from './transfer-rig.ts';

vi.mock('../../packages/core/src/crypto/stretch-secret.ts', () => import('./cheap-stretch.ts'));

const CONTENT = randomBytes(6_000_000);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-limits-'));
  await writeFile(path.join(folder, 'f'), CONTENT);
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
});
afterAll(async () => {
  delete process.env.P2P_COPY_STATE;
  await rm(folder, { recursive: true });
});

async function limitedTo(config: Partial<RelayConfig>): Promise<RunningRelay> {
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent', ...config });
  onTestFinished(() => relay.close());
  return relay;
}

/** Both ends seek a lost connection for half an hour, which is the default. */
async function transferOver(relay: RunningRelay, lanes = 1) {
  const out = await mkdtemp(path.join(folder, 'out-'));
  const { code, tellCode } = promisedCode();
  let reconnects = 0;
  const count = (event: { type: string }) => {
    if (event.type === 'reconnecting') reconnects += 1;
  };
  const sending = send({
    paths: [path.join(folder, 'f')],
    relay: relay.url,
    lanes,
    onEvent(event) {
      count(event);
      if (event.type === 'code') tellCode(event.code);
    },
  });
  const receiving = code.then((told) =>
    receive({ code: told, relay: relay.url, out, lanes, onEvent: count }),
  );
  const ends = await Promise.allSettled([sending, receiving]);
  const files = await readdir(out);
  return { ends: ends.map(endingOf), reconnects, files, out };
}

describe('a transfer that comes to a limit of the relay', () => {
  it.each([
    ['relay-limit-transfer', { bytesPerTransfer: 3_000_000 }],
    ['relay-limit-time', { bytesPerSecondPerPair: 1_000_000, maxPairAgeMs: 2_000 }],
  ] as const)(
    'ends at both ends with the reason, and nobody seeks the other: %s',
    async (reason, settings) => {
      const relay = await limitedTo(settings);
      const { ends, reconnects, files } = await transferOver(relay);
      expect([ends, reconnects]).toEqual([[reason, reason], 0]);
      expect(files).toEqual(['f.p2p.part']);
      const health = (await (await fetch(`${relay.url}/healthz`)).json()) as object;
      expect(health).toMatchObject({ waiting: 0, pairs: 0 });
    },
  );

  it('over several connections ends when one of them does', async () => {
    const relay = await limitedTo({ bytesPerTransfer: 1_000_000, bytesPerSecond: 1_000_000 });
    const { ends } = await transferOver(relay, 4);
    expect(ends).toEqual(['relay-limit-transfer', 'relay-limit-transfer']);
  });
});

it('a transfer in the older format ends at both ends with the reason, too', async () => {
  const relay = await limitedTo({ bytesPerTransfer: 3_000_000 });
  const server = relay.url.replace('http', 'ws');
  const out = await mkdtemp(path.join(folder, 'out-'));
  const ends = await Promise.allSettled([
    sendClassic({ server, code: 'c', paths: [path.join(folder, 'f')] }),
    receiveClassic({ server, code: 'c', out }),
  ]);
  expect(ends.map(endingOf)).toEqual(['relay-limit-transfer', 'relay-limit-transfer']);
});

it('a transfer below every limit goes through', async () => {
  const relay = await limitedTo({
    bytesPerSecond: 4_000_000,
    bytesPerSecondPerPair: 3_000_000,
    bytesPerSecondPerAddress: 3_500_000,
    bytesPerTransfer: 10_000_000,
    maxPairAgeMs: 60_000,
    maxPairIdleMs: 60_000,
  });
  const { ends, out } = await transferOver(relay, 4);
  expect(ends).toEqual(['done', 'done']);
  expect(CONTENT.equals(await readFile(path.join(out, 'f')))).toBe(true);
});
