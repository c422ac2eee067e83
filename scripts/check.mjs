// `npm run check`: everything that can be judged without running the product. Runs all, then says what failed.
import { buildApps, withPrepared } from './prepare.mjs';
import { nodeCommand, npmCommand, runCaptured } from './run-step.mjs';

const typesOf = (project) => nodeCommand('node_modules/typescript/bin/tsc', '-p', project);

const CHECKS = [
  ['types: core', typesOf('packages/core/tsconfig.json')],
  ['types: relay', typesOf('apps/relay/tsconfig.json')],
  ['types: cli', typesOf('apps/cli/tsconfig.json')],
  ['types: web', npmCommand('run', 'check', '-w', '@p2p-copy/web')],
  ['types: service worker', typesOf('apps/web/tsconfig.service-worker.json')],
  ['types: tests', typesOf('tsconfig.json')],
  ['lint and format', nodeCommand('node_modules/@biomejs/biome/bin/biome', 'check', '.')],
  [
    'rooms and comments',
    nodeCommand('node_modules/vitest/vitest.mjs', 'run', 'test/rooms.test.ts', 'test/comments.test.ts'),
  ],
  ['docblocks', nodeCommand('scripts/check-docblocks.mjs')],
  ['API documentation', nodeCommand('node_modules/typedoc/bin/typedoc', '--emit', 'none')],
  ['unused code', nodeCommand('node_modules/knip/bin/knip.js')],
];

await withPrepared(async () => {
  // The tests import the built CLI, so their types need it.
  await buildApps();
  const rows = [];
  for (const [name, command] of CHECKS) {
    const startMs = performance.now();
    const { exitCode, output } = await runCaptured(command);
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    if (exitCode !== 0) {
      process.stdout.write(`\n── ${name} ──\n${output}`);
      process.exitCode = 1;
    }
    rows.push(`${name.padEnd(23)}${(exitCode === 0 ? 'ok' : 'FAILED').padEnd(8)}${seconds.padStart(6)} s`);
  }
  process.stdout.write(`\n${rows.join('\n')}\n`);
});
