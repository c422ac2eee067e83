// Builds the command line of this commit into test/fixtures/old-end, as one file with all that it loads but the web server, beside zstd's thread:
// what older ends speak, for the test that pairs them with today's. Run once for each frozen format; see the README there.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';
import { ROOT } from './run-step.mjs';

const CLI = join(ROOT, 'apps/cli');
const TARGET = join(ROOT, 'test/fixtures/old-end');
/** A relay of that commit runs on today's web server. */
const LEFT_OUT = /^(fastify|@fastify\/.*|bufferutil|utf-8-validate)$/;

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
for (const [name, entry, format] of [
  ['cli.js', 'src/cli/main.ts', 'esm'],
  ['zstd-worker.cjs', 'src/node/zstd/zstd-worker.ts', 'cjs'],
]) {
  await build({
    cwd: CLI,
    input: entry,
    platform: 'node',
    external: (id) => id.startsWith('node:') || LEFT_OUT.test(id),
    output: {
      dir: TARGET,
      format,
      entryFileNames: name,
      codeSplitting: false,
      minify: true,
      // Some packages ask for others as CommonJS does.
      banner:
        format === 'cjs'
          ? ''
          : "import { createRequire as oldEndRequire } from 'node:module'; const require = oldEndRequire(import.meta.url);",
    },
  });
}
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
const { version } = JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8'));
writeFileSync(
  join(TARGET, 'README.md'),
  `# The end of version ${version}, frozen

The command line of commit ${commit}, built by \`node scripts/freeze-end.mjs\`: wire version 3, without any feature.
\`test/faults/old-end.test.ts\` pairs it with the newest sender, receiver and relay. It isn't built anew: what it speaks is
what people have.
`,
);
