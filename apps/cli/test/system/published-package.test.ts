// The package as a registry would give it: packed, installed into an empty folder, its command run and its types used.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { VERSION } from '../../src/constants/version.ts';
import { scratchFolder } from '../scratch.ts';

const CLI = fileURLToPath(new URL('../../', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

const CONSUMER = `
import { receive, type ReceiveResult, send, startRelay, TransferError } from 'p2p-copy';
const relay = await startRelay({ port: 0 });
try {
  await send({
    paths: ['x'],
    relay: relay.url,
    onEvent(event) {
      if (event.type === 'code') console.log(event.code, event.url);
      // @ts-expect-error there is no such field
      console.log(event.nonsense);
    },
  });
} catch (error) {
  if (error instanceof TransferError && error.code === 'source-unreadable') console.log(error.next);
  // @ts-expect-error there is no such code
  if (error instanceof TransferError && error.code === 'nonsense') console.log(error);
}
const result: ReceiveResult = await receive({ code: '7-a-b', overwrite: ({ path }) => (path === 'x' ? 'skip' : 'rename') });
console.log(result.renamed[0]?.savedAs, result.text);
`;

it('knows the version of the package', () => {
  expect(JSON.parse(readFileSync(join(CLI, 'package.json'), 'utf8')).version).toBe(VERSION);
});

it('works outside the repository', async () => {
  const folder = await scratchFolder();
  // What is built is packed as it is: building again would pull it from under other tests.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: CLI,
    stdio: 'pipe',
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  execFileSync('tar', ['-xzf', tarball], { cwd: folder });
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  cpSync(join(folder, 'package'), join(modules, 'p2p-copy'), { recursive: true });
  // The dependencies that it names, and nothing else: no package of the workspace.
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  for (const name of [...Object.keys(dependencies), '@types/node']) link(modules, name);

  const installed = join(modules, 'p2p-copy');
  const run = (...args: string[]) =>
    execFileSync('node', [join(installed, 'bin/p2p-copy.mjs'), ...args], { encoding: 'utf8' });
  expect(run('--version')).toBe(`${VERSION}\n`);
  expect(run('complete', '--', 'rec')).toContain('receive');
  const call =
    "import('p2p-copy').then((p) => p.send({ paths: ['/no/such'] })).catch((e) => console.log(e.code))";
  expect(execFileSync('node', ['-e', call], { cwd: folder, encoding: 'utf8' })).toBe('source-unreadable\n');
  expect(existsSync(join(installed, 'dist/zstd-worker.cjs'))).toBe(true);
  expect(readFileSync(join(installed, 'dist/LICENSES.txt'), 'utf8')).toContain('@noble/curves');

  writeFileSync(join(folder, 'consumer.mts'), CONSUMER);
  const options = ['--strict', '--noEmit', '--target', 'es2023', '--module', 'nodenext', '--types', 'node'];
  const tsc = join(MODULES, 'typescript/bin/tsc');
  // Types are checked too, not skipped: they must stand on their own.
  execFileSync('node', [tsc, ...options, 'consumer.mts'], { cwd: folder, stdio: 'inherit' });
}, 180_000);

function link(modules: string, name: string): void {
  if (name.includes('/')) mkdirSync(join(modules, name.split('/')[0]!), { recursive: true });
  symlinkSync(join(MODULES, name), join(modules, name));
}
