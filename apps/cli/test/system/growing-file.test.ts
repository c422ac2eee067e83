// A log that grows while it is sent is delivered as of its offered size: real processes, a real file.

import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, run, startRelayProcess } from './cli-process.ts';

it.each([
  ['a large one', 3_000_000],
  ['a small one', 500],
])('a file that grows is delivered as it was offered, and that is said: %s', async (_what, bytes) => {
  const [root, out] = [await scratchFolder(), await scratchFolder()];
  const log = join(root, 'log');
  const offered = randomBytes(bytes);
  writeFileSync(log, offered);
  const relay = await startRelayProcess();
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', log], { set });
  const code = await codeOf(sender);
  // Once it is listed, and until all is over.
  appendFileSync(log, 'more\n');
  const growing = setInterval(() => appendFileSync(log, 'more\n'), 5);
  const receiver = run(['receive', code, '--yes', '--out', out], { set });
  const exitCodes = [await receiver.exitCode, await sender.exitCode];
  clearInterval(growing);
  expect(exitCodes, sender.stderr).toEqual([0, 0]);
  expect(readFileSync(join(out, 'log')).equals(offered)).toBe(true);
  expect(sender.stderr).toContain(
    '“log” changed meanwhile; what was offered was still in there, and is what arrived.',
  );
  expect(sender.stderr).not.toContain('again');
  await relay.stop();
});
