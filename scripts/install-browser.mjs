// Finds the browser that the tests drive, and installs Debian's where there is none and we may.
// Test tools' own browser downloads aren't used: they need hosts other than the package registries.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCaptured, runStep, StepFailed } from './run-step.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Makes sure that a browser is on PATH; says what to install when it can't. Returns its path. */
export async function installBrowser() {
  const present = findBrowser();
  if (present !== null) return present;
  const asRoot = await rootPrefix();
  if (findOnPath('apt-get') === null || asRoot === null) return refuse();
  const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  await runStep('Updating package lists', [...apt, 'update']);
  await runStep('Installing chromium', [...apt, 'install', '-y', '--no-install-recommends', 'chromium']);
  return findBrowser() ?? refuse();
}

/** Path of a Chromium or Chrome on PATH, or null. */
function findBrowser() {
  for (const name of BROWSERS) {
    const found = findOnPath(name);
    if (found !== null) return found;
  }
  return null;
}

function refuse() {
  process.stderr.write(
    `The browser tests need Chromium or Chrome: put one on PATH as ${BROWSERS.join(', ')}.\n` +
      'On Debian: apt-get update && apt-get install chromium. Without a browser: npm run test:unit.\n',
  );
  throw new StepFailed('no browser');
}

/** What to put before a command that needs root; null when we can't become root without asking. */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (findOnPath('sudo') === null) return null;
  return (await runCaptured(['sudo', '-n', 'true'])).exitCode === 0 ? ['sudo', '-n'] : null;
}

function findOnPath(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
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

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stdout.write(`${await installBrowser()}\n`);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.exitCode = 1;
  }
}
