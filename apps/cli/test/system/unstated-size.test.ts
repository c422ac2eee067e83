// Files that state another size than they have, sent for real: their content arrives, or a clear no.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const onLinux = it.skipIf(process.platform !== 'linux');

onLinux('never says that a file of the kernel arrived with nothing in it', async () => {
  const out = await scratchFolder();
  const sender = run(['send', '/proc/version', '/proc/sys/kernel/ostype', '--relay', relay.url]);
  const receiver = run(['receive', await codeOf(sender), '--yes', '--relay', relay.url, '--out', out]);
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  expect(readFileSync(join(out, 'version'), 'utf8')).toBe(readFileSync('/proc/version', 'utf8'));
  expect(readFileSync(join(out, 'ostype'), 'utf8')).toBe(readFileSync('/proc/sys/kernel/ostype', 'utf8'));
});

onLinux.each(['/dev/zero', '/dev/stdin'])('refuses %s before a code is shown', async (path) => {
  const { exitCode, stderr } = await finished(['send', path, '--relay', relay.url]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('is neither a file nor a folder; to send what it gives, name -');
  expect(stderr).not.toContain('Code:');
});
