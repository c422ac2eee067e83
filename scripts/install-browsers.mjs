// Finds the browsers that the tests drive, and installs Debian's where one is missing and we may.
// Test tools' own browser downloads aren't used: they need hosts other than the package registries.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { runCaptured, runStep, StepFailed } from './run-step.mjs';

/** By Debian's package: the names on PATH that serve as well. */
const BROWSERS = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  'firefox-esr': ['firefox-esr', 'firefox'],
};

/** Makes sure that these are on PATH; says what to install when it can't. Returns their paths, in that order. */
export async function installBrowsers(packages = Object.keys(BROWSERS)) {
  const missing = packages.filter((name) => findBrowser(name) === null);
  if (missing.length > 0) {
    const asRoot = await rootPrefix();
    if (findOnPath('apt-get') === null || asRoot === null) refuse(missing);
    const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
    await runStep('Updating package lists', [...apt, 'update']);
    await runStep(`Installing ${missing.join(' and ')}`, [
      ...apt,
      'install',
      '-y',
      '--no-install-recommends',
      ...missing,
    ]);
  }
  return packages.map((name) => findBrowser(name) ?? refuse([name]));
}

/** Path of one of them on PATH, or null. */
function findBrowser(name) {
  for (const known of BROWSERS[name]) {
    const found = findOnPath(known);
    if (found !== null) return found;
  }
  return null;
}

function refuse(missing) {
  for (const name of missing) {
    process.stderr.write(`The browser tests need one of these on PATH: ${BROWSERS[name].join(', ')}.\n`);
  }
  process.stderr.write(
    `On Debian: apt-get update && apt-get install ${missing.join(' ')}. Without browsers: npm run test:node.\n`,
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
    process.stdout.write(`${(await installBrowsers()).join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.exitCode = 1;
  }
}
