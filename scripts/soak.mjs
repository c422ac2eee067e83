// `npm run soak`: the tests with random input for as long as one likes. Random faults, processes killed at random moments,
// ends killed at each step, direct connections cut at random moments, pairs of browsers and terminals, QUIC that is held back, fuzzed parsers. `--seed S` begins with that case, and `--minutes N` is how
// long each of them goes on (default 10).
// Without a test file named, 2 GiB pass through the browser too, and its memory is looked at; and pages meet each other in more ways.
import { parseArgs } from 'node:util';
import { installBrowsers } from './install-browsers.mjs';
import { buildApps, withPrepared } from './prepare.mjs';
import { nodeCommand, runAttached } from './run-step.mjs';

const SUITES = [
  'test/faults/faults.test.ts',
  'test/faults/crash.test.ts',
  'test/faults/killed-at-the-end.test.ts',
  'test/netns/direct.test.ts',
  'test/netns/browsers.test.ts',
  'test/netns/quic.test.ts',
  'test/fuzz',
  'packages/core/test/group/chain.property.test.ts',
  'packages/core/test/presence/room-presence.property.test.ts',
  'packages/core/test/offer/revise.test.ts',
  'packages/core/test/meeting/typed-code.property.test.ts',
];

/** Browser tests that send more, or take more cases. */
const PAGES = ['flat-memory', 'direct.spec', 'loads.spec'];

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
  allowPositionals: true,
});
const { minutes, seed } = values;
if (!(Number(minutes) > 0) || (seed !== undefined && !/^\d{1,10}$/.test(seed))) {
  process.stderr.write('npm run soak -- [--minutes N] [--seed S] [TEST FILE…]\n');
  process.exit(2);
}

await withPrepared(async () => {
  await buildApps();
  const env = { P2P_COPY_SOAK_MINUTES: minutes, ...(seed !== undefined && { P2P_COPY_SOAK_SEED: seed }) };
  const isAll = positionals.length === 0;
  const suites = isAll ? SUITES : positionals;
  process.exitCode = await runAttached(nodeCommand('node_modules/vitest/vitest.mjs', 'run', ...suites), {
    env,
  });
  if (!isAll || process.exitCode !== 0) return;
  await installBrowsers(['chromium']);
  process.exitCode = await runAttached(
    nodeCommand('node_modules/playwright/cli.js', 'test', '--project=chromium', ...PAGES),
    { env },
  );
});
