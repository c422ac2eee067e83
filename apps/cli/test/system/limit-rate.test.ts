// --limit-rate at either end: no faster than that, by the ends' own clocks, from the first byte on. How close it comes is held by
// flow/rate-limit.test.ts.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const BYTES = 1_500_000;

it.each<[string, readonly string[], readonly string[]]>([
  ['a sender', ['--limit-rate', '400k'], []],
  ['a receiver', [], ['--limit-rate', '400KB/s']],
])(
  '%s is held to its limit, by the relay and by direct paths, and all arrives',
  async (_end, sending, receiving) => {
    const root = await scratchFolder();
    const content = randomBytes(BYTES);
    writeFileSync(join(root, 'a.bin'), content);
    for (const path of ['relay', 'auto']) {
      const common = ['--json', '--path', path];
      const set = { P2P_COPY_RELAY: relay.url };
      const sender = run(['send', join(root, 'a.bin'), ...common, ...sending], { set });
      const { code } = await sender.tells('code');
      const out = join(root, path);
      const receiver = run(['receive', code as string, '--yes', '--out', out, ...common, ...receiving], {
        set,
      });
      expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
      const { elapsedMs } = receiver.events.at(-1)!;
      expect(elapsedMs).toBeGreaterThan((BYTES / 400) * 0.95);
      expect(readFileSync(join(out, 'a.bin'))).toEqual(content);
    }
  },
);

it.each(['0', '10k', '-1', 'fast', '1e9'])('a limit of “%s” is refused', async (rate) => {
  const { exitCode, stderr } = await finished(['send', 'x', `--limit-rate=${rate}`]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/It must be/);
});
