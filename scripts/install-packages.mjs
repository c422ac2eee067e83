// Debian's packages for the tests: whether a program is there, and how one is installed where we may.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { runCaptured, runStep } from './run-step.mjs';

/** Whether this is a Debian, and we are root or can become it without asking. */
export async function canInstall() {
  return findOnPath('apt-get') !== null && (await rootPrefix()) !== null;
}

/** Installs them by apt-get; throws StepFailed when it can't, and has said why. */
export async function installPackages(packages) {
  const apt = [...(await rootPrefix()), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  await runStep('Updating package lists', [...apt, 'update']);
  await runStep(`Installing ${packages.join(' and ')}`, [
    ...apt,
    'install',
    '-y',
    '--no-install-recommends',
    ...packages,
  ]);
}

/** What to put before a command that needs root; null when we can't become root without asking. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (findOnPath('sudo') === null) return null;
  return (await runCaptured(['sudo', '-n', 'true'])).exitCode === 0 ? ['sudo', '-n'] : null;
}

/** Where Debian puts servers, on the PATH of root alone. */
const SERVERS = '/usr/sbin';

/** Path of a program on PATH, or null. */
export function findOnPath(name) {
  for (const folder of [...(process.env.PATH ?? '').split(path.delimiter), SERVERS]) {
    const candidate = path.join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return null;
}
