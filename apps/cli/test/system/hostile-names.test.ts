// Names that a hostile sender offers, by known faults of other tools: a sender built from the engine, against the command
// as a process. Nothing is written outside the output folder, over a link, or shown raw.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type SourceEntry, sendFiles } from '@p2p-copy/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createNodePorts } from '../../src/node/node-ports.ts';
import { scratchFolder } from '../scratch.ts';
import { type RelayProcess, run, startRelayProcess } from './cli-process.ts';

const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const CONTENT = new TextEncoder().encode('from a stranger');

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

function entryOf(path: string): SourceEntry {
  return {
    kind: 'file',
    path,
    sizeBytes: CONTENT.length,
    modifiedMs: null,
    executable: false,
    open: async () => ({
      async read(offset, into) {
        const piece = CONTENT.subarray(offset, offset + into.length);
        into.set(piece);
        return piece.length;
      },
      isUnchanged: async () => true,
      close: async () => {},
    }),
  };
}

/** The sender checks nothing of what it offers. */
async function offered(paths: string[], out: string, args: string[] = []) {
  const giveUp = new AbortController();
  onTestFinished(() => giveUp.abort());
  let tellCode: (code: string) => void = () => {};
  const code = new Promise<string>((resolve) => {
    tellCode = resolve;
  });
  const sending = sendFiles(await createNodePorts({ caFile: undefined }), {
    relayUrl: relay.url,
    entries: Promise.resolve(paths.map(entryOf)),
    signal: giveUp.signal,
    reconnectTimeoutMs: 0,
    onEvent: (event) => {
      if (event.type === 'code') tellCode(event.code);
    },
  });
  sending.catch(() => {});
  const receiver = run([
    'receive',
    await code,
    '--yes',
    '--relay',
    relay.url,
    '--out',
    out,
    '--reconnect-timeout',
    '0',
    ...args,
  ]);
  const exitCode = await receiver.exitCode;
  giveUp.abort();
  return { exitCode, stdout: receiver.stdout.toString(), stderr: receiver.stderr };
}

describe.each([
  ['CVE-2025-27142 of LocalSend, CVE-2023-43616 of croc', '../outside.txt'],
  ['the same, absolute', '/tmp/p2p-copy-outside.txt'],
  ['the same, in the middle', 'a/../../outside.txt'],
  ['CVE-2023-43620 of croc, an escape sequence', 'a\u001b]0;owned\u0007.txt'],
  ['CVE-2023-43620 of croc, in one byte', 'a\u009b31m.txt'],
  ['a name that is turned around', 'photo\u202egpj.exe'],
  ['a name on two lines', 'a\nAccept? y'],
])('%s', (_what, path) => {
  it.each([[[]], [['--json']]])(
    'is refused with everything else in the offer, and never shown raw %j',
    async (args) => {
      const parent = await scratchFolder();
      const out = join(parent, 'out');
      mkdirSync(out);
      const { exitCode, stdout, stderr } = await offered(['fine.txt', path], out, args);
      expect(exitCode).toBe(4);
      expect(readdirSync(parent)).toEqual(['out']);
      expect(readdirSync(out)).toEqual([]);
      expect(existsSync('/tmp/p2p-copy-outside.txt')).toBe(false);
      expect(stdout + stderr).not.toMatch(OBEYED);
    },
  );
});

it.each(['rename', 'always'])(
  'CVE-2023-43616 of croc: a link in the output folder is not written through (--overwrite %s)',
  async (policy) => {
    const parent = await scratchFolder();
    const out = join(parent, 'out');
    mkdirSync(out);
    mkdirSync(join(parent, 'private'));
    writeFileSync(join(parent, 'precious'), 'precious');
    symlinkSync('../precious', join(out, 'file'));
    symlinkSync('../precious', join(out, 'other.p2p.part'));
    symlinkSync('../private', join(out, 'folder'));
    await offered(['file', 'other'], out, ['--overwrite', policy]);
    expect((await offered(['folder/x'], out, ['--overwrite', policy])).exitCode).toBe(0);
    expect(readFileSync(join(out, 'folder (1)/x'), 'utf8')).toBe('from a stranger');
    expect(lstatSync(join(out, 'folder')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(parent, 'precious'), 'utf8')).toBe('precious');
    expect(readdirSync(join(parent, 'private'))).toEqual([]);
    expect(readFileSync(join(out, 'other'), 'utf8')).toBe('from a stranger');
  },
);
