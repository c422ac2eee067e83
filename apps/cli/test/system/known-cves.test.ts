// Faults that were found in other tools of this kind, played against the real command line.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sendFiles } from '@p2p-copy/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileEntry } from '../../../../packages/core/test/transfer/rig/memory-files.ts';
import { createNodePorts } from '../../src/node/node-ports.ts';
import { scratchFolder } from '../scratch.ts';
import {
  type CliProcess,
  codeOf,
  finished,
  type RelayProcess,
  run,
  startRelayProcess,
} from './cli-process.ts';
import { describeTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

describe.skipIf(process.platform !== 'linux')(
  'CVE-2023-43621 (croc): the code in the list of processes',
  () => {
    /** What any user of the machine reads of a process. */
    const listed = ({ child }: CliProcess) => readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');

    it('does not show a code that is drawn, nor one that comes by the environment', async () => {
      const root = await scratchFolder();
      makeTree(root, { 'a.txt': 'a' });
      const set = { P2P_COPY_RELAY: relay.url };
      const sender = run(['send', join(root, 'a.txt')], { set });
      const code = await codeOf(sender);
      const [, ...words] = code.split('-');
      expect(words.filter((word) => listed(sender).includes(word))).toEqual([]);
      const receiver = run(['receive', '--yes', '--out', join(root, 'out')], {
        set: { ...set, P2P_COPY_CODE: code },
      });
      expect(words.filter((word) => listed(receiver).includes(word))).toEqual([]);
      expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    });
  },
);

describe('CVE-2026-32116 and CVE-2026-42448 (magic-wormhole): names that lead out of the target', () => {
  /** A sender that offers any names, beside one that is fine. */
  async function receiveFrom(names: string[], prepare: (root: string) => void = () => {}) {
    const root = await scratchFolder();
    makeTree(root, { 'outside/precious': 'precious', 'out/': '' });
    const before = describeTree(root);
    prepare(root);
    let tellCode = (_code: string) => {};
    const code = new Promise<string>((resolve) => {
      tellCode = resolve;
    });
    const entries = [...names, 'fine.txt'].map((name) =>
      fileEntry(name.replaceAll('@', root), new Uint8Array([1])),
    );
    const stop = new AbortController();
    const sent = sendFiles(await createNodePorts({ caFile: undefined }), {
      relayUrl: relay.url,
      entries: Promise.resolve(entries),
      reconnectTimeoutMs: 0,
      signal: stop.signal,
      onEvent: (event) => event.type === 'code' && tellCode(event.code),
    }).then(
      () => 'delivered',
      (error: { code: string }) => error.code,
    );
    const args = [
      'receive',
      await code,
      '--yes',
      '--allow-risky',
      '--overwrite',
      'always',
      '--reconnect-timeout',
      '0',
    ];
    const receiver = await finished([...args, '--out', join(root, 'out')], {
      set: { P2P_COPY_RELAY: relay.url },
    });
    stop.abort();
    return { root, before, receiver, sent: await sent };
  }

  it.each([
    '../outside/precious',
    '..',
    'a/../../outside/precious',
    '/tmp/x',
    '@/outside/precious',
    './../x',
    'a//../../x',
  ])('%s is refused and nothing is written', async (name) => {
    const { root, before, receiver, sent } = await receiveFrom([name]);
    expect([receiver.exitCode, sent]).toEqual([4, 'path-refused']);
    expect(describeTree(root)).toEqual(before);
    expect(receiver.stderr).toMatch(/^The name “.*” is refused: /m);
  });

  it.each(['link/precious', 'link/new'])('%s is not written through a link that lies there', async (name) => {
    const { root, receiver } = await receiveFrom([name], (place) => {
      symlinkSync('../outside', join(place, 'out/link'));
    });
    expect(receiver.exitCode).toBe(0);
    expect(existsSync(join(root, 'out', name.replace('link', 'link (1)')))).toBe(true);
    expect(describeTree(join(root, 'outside'))).toHaveLength(1);
    expect(readFileSync(join(root, 'outside/precious'), 'utf8')).toBe('precious');
  });

  it('a backslash, a drive or a stream is a part of the name, and stays below the target', async () => {
    const { root } = await receiveFrom(['..\\..\\outside\\precious', 'C:\\x', 'C:x'], (place) => {
      mkdirSync(join(place, 'beside'));
      writeFileSync(join(place, 'beside/x'), 'x');
    });
    const written = describeTree(root).filter((line) => !line.startsWith('out/'));
    expect(written.map((line) => line.split(' ')[0])).toEqual([
      'beside/',
      'beside/x',
      'outside/',
      'outside/precious',
    ]);
    expect(readFileSync(join(root, 'outside/precious'), 'utf8')).toBe('precious');
  });
});
