// Nothing that runs by a timer may end the process: so only the guarded clocks set timers, in the relay and in the CLI.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const SETTERS = ['apps/cli/src/node/time/clock.ts', 'apps/relay/src/foundation/clock.ts'];
/** The promise of `node:timers/promises` has no callback that could throw; those of sockets and signals count too. */
/** Sets a socket's own timeout: no callback of ours. */
const OF_A_TUNNEL = 'tunnel.setTimeout(timeout)';
const TIMERS = /\b(setInterval|setTimeout|setImmediate)\(|\bAbortSignal\.timeout\(/;

it.each(['apps/cli/src', 'apps/relay/src', 'packages/core/src'])(
  '%s sets no timer but by its clock',
  (folder) => {
    const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
    expect(files.length).toBeGreaterThan(20);
    const setters = files.filter((file) =>
      TIMERS.test(readFileSync(join(ROOT, file), 'utf8').replace(OF_A_TUNNEL, '')),
    );
    expect(setters).toEqual(SETTERS.filter((file) => file.startsWith(folder)));
  },
);

it('nobody asks the system for its memory but where a refusal is expected', () => {
  const files = readdirSync(join(ROOT, 'apps'), { recursive: true, encoding: 'utf8' });
  const asking = files.filter(
    (file) =>
      /^(cli|relay)\/src\/.*\.ts$/.test(file) &&
      readFileSync(join(ROOT, 'apps', file), 'utf8').includes('memoryUsage('),
  );
  expect(asking.sort()).toEqual([
    'cli/src/cli/memory/buffer-memory.ts',
    'relay/src/metrics/process-figures.ts',
  ]);
});
