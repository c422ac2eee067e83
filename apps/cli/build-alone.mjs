// Builds the command line as one file without dependencies, which a relay serves beside its page as cli.mjs: without the
// relay, verify-site and native add-ons. Its thread for zstd is in it as a text.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

const HERE = import.meta.dirname;
const STAND_IN = join(HERE, 'src/alone/no-relay.ts');
/** Modules whose place no-relay.ts takes. */
const LEFT_OUT =
  /\/(relay-command|run-relay-server-command|relay-token-command|verify-site-command|edition)\.ts$/;
/** `ws` does without them. */
const ABSENT = /^(bufferutil|utf-8-validate)$/;
const LOAD_NONE = '() => { throw new Error("not in this one file"); }';
/** Modules that load add-ons for direct paths, and those in their place. */
const ADD_ONS = [
  ['/quinn-addon.ts', `export const isQuinnInstalled = () => false; export const loadQuinn = ${LOAD_NONE};`],
  [
    '/datachannel-addon.ts',
    `export const hasDataChannelAddon = () => false; export const loadDataChannelAddon = ${LOAD_NONE};`,
  ],
];
/** First of all: older ones lack what it calls, and would say so by a stack trace. */
const NODE_CHECK =
  "{ const [a, b] = process.versions.node.split('.').map(Number); if (a < 20 || (a === 20 && b < 11)) { process.stderr.write('p2p-copy needs Node 20.11 or later; this is ' + process.versions.node + '.\\n'); process.exit(2); } }";
const REQUIRE =
  "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";

/**
 * @param target path of the file
 * @param thread path of zstd's thread, built as one file
 */
export async function buildAlone(target, thread) {
  const program = readFileSync(thread, 'utf8');
  const code = await bundled('src/cli/main.ts', `#!/usr/bin/env node\n${NODE_CHECK}\n${REQUIRE}`, [
    {
      name: 'without-relay',
      resolveId: (source) => (LEFT_OUT.test(source) ? STAND_IN : null),
    },
    {
      // Found beside the file, where anyone may have put them, they would be run.
      name: 'without-direct-add-ons',
      transform: (_text, id) => ADD_ONS.find(([name]) => id.endsWith(name))?.[1] ?? null,
    },
    {
      name: 'thread-as-text',
      transform: (_text, id) =>
        id.endsWith('/read-thread-program.ts')
          ? `export const readThreadProgram = async () => ${JSON.stringify(program)};`
          : null,
    },
  ]);
  writeFileSync(target, code);
}

async function bundled(input, banner, plugins) {
  const folder = join(HERE, 'dist/.alone');
  rmSync(folder, { recursive: true, force: true });
  await build({
    cwd: HERE,
    input: { one: input },
    platform: 'node',
    external: (id) => id.startsWith('node:'),
    transform: { define: { __dirname: '"/"' } },
    plugins: [
      {
        name: 'absent',
        resolveId: (source) => (ABSENT.test(source) ? '\0absent.cjs' : null),
        load: (id) => (id === '\0absent.cjs' ? 'throw new Error("not in this one file");' : null),
      },
      ...plugins,
    ],
    output: {
      dir: folder,
      format: 'esm',
      entryFileNames: 'one.js',
      codeSplitting: false,
      minify: true,
      banner,
    },
  });
  const code = readFileSync(join(folder, 'one.js'), 'utf8');
  rmSync(folder, { recursive: true });
  return code;
}
