// A Node that is too old is told so in a sentence, before anything that it can't run. Tried by hand on 18.20 and 20.11 themselves.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BIN } from '../../apps/cli/test/system/cli-process.ts';
import { isInRange, rangeInWords } from '../../scripts/node-version.mjs';

const inRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const ALONE = inRoot('apps/cli/dist/web/cli.mjs');

function runOn(version: string, file: string, ...args: string[]) {
  const preload = inRoot('test/systems/old-node.cjs');
  const env = { ...process.env, NODE_VERSION_SAID: version };
  return spawnSync(process.execPath, ['--require', preload, file, ...args], { encoding: 'utf8', env });
}

it.each(['18.20.4', '20.10.0'])('the command on Node %s says what it needs', (version) => {
  for (const file of [BIN, ALONE]) {
    const { status, stderr } = runOn(version, file, '--version');
    expect(status).toBe(2);
    expect(stderr).toBe(`p2p-copy needs Node 20.11 or later; this is ${version}.\n`);
  }
});

it('the command runs on the oldest Node that its package names', () => {
  for (const file of [BIN, ALONE]) expect(runOn('20.11.0', file, '--version').status).toBe(0);
});

it.each(['18.20.4', '20.11.0', '20.18.3', '21.7.3', '22.11.0'])(
  'npm start on Node %s ends before it installs or bundles anything',
  (version) => {
    const { status, stderr, stdout } = runOn(version, inRoot('scripts/start.mjs'));
    expect(status).toBe(1);
    expect(stderr).toContain(`needs Node 20.19 or later of 20, or 22.12 or later; this is ${version}.`);
    expect(stdout).toBe('');
  },
);

it('a checkout asks for every Node that its bundlers ask for', () => {
  const { engines } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  const lock = JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages;
  for (const name of ['vite', 'rolldown', 'vitest', '@sveltejs/vite-plugin-svelte'])
    for (const version of ['20.18.0', '20.19.0', '21.0.0', '22.11.0', '22.12.0', '24.0.0', '26.1.0'])
      if (isInRange(version, engines.node))
        expect([name, version, fitsAny(version, lock[`node_modules/${name}`].engines.node)]).toEqual([
          name,
          version,
          true,
        ]);
  expect(rangeInWords('^20.19.0 || >=22.12.0')).toBe('20.19 or later of 20, or 22.12 or later');
});

function fitsAny(version: string, range: string): boolean {
  return range
    .split('||')
    .map((part) => part.replace(/>= /, '>=').trim())
    .some((part) => isInRange(version, part));
}
