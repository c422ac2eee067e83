// A transfer that stands still in its middle, between two devices: each end has notes of its own.
import { randomBytes } from 'node:crypto';
import { statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { expect } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, type RunOptions, run, startRelayProcess } from './cli-process.ts';
import { startMeteredProxy } from './metered-proxy.ts';
import { describeTree, makeTree } from './tree.ts';

/** More than a receiver is granted at once. */
const BIG_BYTES = 24_000_000;
/** Bytes of these that have come when everything stands still. */
const HALF_BYTES = 8_000_000;

export interface HalfwayOptions {
  /** Added to both command lines. */
  args?: string[];
  receiverArgs?: string[];
  senderArgs?: string[];
  holdAfterBytes?: number;
  /** Folder to receive into. Default: one of the scene's own. */
  into?: string;
  /** Name of the big file, and that of its part at the receiver. */
  bigName?: { sent: string; saved: string };
  /** Symbolic links in what is sent: text by path. */
  links?: Record<string, string>;
}

export async function halfway({
  args = [],
  receiverArgs = [],
  senderArgs = [],
  holdAfterBytes = HALF_BYTES,
  into,
  bigName = { sent: 'big.bin', saved: 'big.bin' },
  links = {},
}: HalfwayOptions = {}) {
  const root = await scratchFolder();
  const [source, out] = [join(root, 'tree'), into ?? join(root, 'out')];
  makeTree(source, {
    'a.txt': 'first',
    [bigName.sent]: randomBytes(BIG_BYTES),
    'deep/z.txt': 'last',
    'empty/': '',
    zero: '',
  });
  for (const [path, text] of Object.entries(links)) symlinkSync(text, join(source, path));
  const relay = await startRelayProcess();
  const proxy = await startMeteredProxy(relay.url);
  const here = { P2P_COPY_STATE: join(root, 'state of the sender') };
  const there = { P2P_COPY_STATE: join(root, 'state of the receiver') };
  const held = proxy.holdAfter(holdAfterBytes);
  const sender = run(['send', source, '--json', '--relay', relay.url, ...args, ...senderArgs], { set: here });
  const { code } = await sender.tells('code');
  const receiver = run(
    [
      'receive',
      code as string,
      '--yes',
      '--json',
      '--relay',
      proxy.url,
      '--out',
      out,
      ...args,
      ...receiverArgs,
    ],
    { set: there },
  );
  await held;
  // What came last may still be on its way to the disk.
  const part = join(out, 'tree', partName(bigName.saved));
  await receiver.until(() => bytesAt(part) >= holdAfterBytes - 1_000_000 || null, 'a part');

  const sentAgain = { before: 0 };
  return {
    root,
    source,
    out,
    relay,
    proxy,
    here,
    there,
    sender,
    receiver,
    /** Lets everything pass again, and counts from here. */
    letPass() {
      proxy.release();
      sentAgain.before = proxy.downBytes;
    },
    resumeSender: (more: string[] = [], options: RunOptions = {}) =>
      run(['resume', ...more], { ...options, set: { ...here, ...options.set } }),
    resumeReceiver: (more: string[] = [], options: RunOptions = {}) =>
      run(['resume', ...more], { ...options, set: { ...there, ...options.set } }),
    /** Both end well, everything is there, and clearly less than all was sent again. */
    async expectDone(a: CliProcess, b: CliProcess) {
      const exitCodes = [await a.exitCode, await b.exitCode];
      expect(exitCodes, `${a.stdout}${a.stderr}\n${b.stdout}${b.stderr}`).toEqual([0, 0]);
      expect(describeTree(join(out, 'tree'))).toEqual(describeTree(source));
      expect(proxy.downBytes - sentAgain.before).toBeLessThan(BIG_BYTES - HALF_BYTES / 2);
    },
  };
}

function bytesAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
