// Where the optional package for QUIC is missing: who wants QUIC alone hears so at once, and nothing is loaded in its place.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess, WITH_BROKEN_QUIC, WITHOUT_QUIC } from './cli-process.ts';

const ALONE = fileURLToPath(new URL('../../dist/web/cli.mjs', import.meta.url));
/** No relay is asked before. */
const NOWHERE = ['--relay', 'http://127.0.0.1:1', '--path', 'quic'];

async function contentIn(folder: string): Promise<string> {
  const source = join(folder, 'content');
  writeFileSync(source, 'content');
  return source;
}

describe.each([
  ['isn’t installed', WITHOUT_QUIC],
  ['can’t be loaded', WITH_BROKEN_QUIC],
])('where QUIC %s', (_how, set) => {
  it.each([
    ['send', async () => ['send', await contentIn(await scratchFolder())]],
    ['receive', async () => ['receive', '7-guitar-ocean', '--yes', '--out', await scratchFolder()]],
  ] as const)('p2p-copy %s --path quic says so, and what to do', async (_name, args) => {
    const process = run([...(await args()), ...NOWHERE], { set });
    expect(await process.exitCode).not.toBe(0);
    expect(process.stderr).toContain(
      'QUIC alone is wanted, and the package for it is not installed on this device, or doesn’t run on it',
    );
    expect(process.stderr).toContain('choose another path, such as auto');
  });

  it('a transfer goes its other ways', async () => {
    const relay = await startRelayProcess();
    const folder = await scratchFolder();
    const options = { set: { ...set, P2P_COPY_RELAY: relay.url } };
    const sender = run(['send', await contentIn(folder)], options);
    const receiver = run(['receive', await codeOf(sender), '--yes', '--out', join(folder, 'out')], options);
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(folder, 'out/content'), 'utf8')).toBe('content');
    await relay.stop();
  });
});

it('the one file that a relay serves runs no package that lies beside it', async () => {
  const folder = await scratchFolder();
  const bin = join(folder, 'p2p-copy.mjs');
  await copyFile(ALONE, bin);
  const trace = join(folder, 'was-run');
  for (const system of [
    'linux-x64-gnu',
    'linux-x64-musl',
    'linux-arm64-gnu',
    'darwin-arm64',
    'win32-x64-msvc',
  ]) {
    const place = join(folder, 'node_modules/@chainsafe', `libp2p-quic-${system}`);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'index.js'), `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`);
  }
  const process = run(['send', await contentIn(folder), ...NOWHERE], { bin });
  expect(await process.exitCode).not.toBe(0);
  expect(process.stderr).toContain('QUIC alone is wanted');
  expect(existsSync(trace)).toBe(false);
});

it.each(['node-datachannel', '@chainsafe/libp2p-quic'])('that file doesn’t look for %s either', (name) => {
  expect(readFileSync(ALONE, 'utf8')).not.toContain(name);
});
