// Finds the browsers that the tests drive, and installs Debian's where one is missing and we may.
// Test tools' own browser downloads aren't used: they need hosts other than the package registries.
import { pathToFileURL } from 'node:url';
import { canInstall, findOnPath, installPackages } from './install-packages.mjs';
import { StepFailed } from './run-step.mjs';

/** By Debian's package: the names on PATH that serve as well. */
const BROWSERS = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
  'firefox-esr': ['firefox-esr', 'firefox'],
};

/** Makes sure that these are on PATH; says what to install when it can't. Returns their paths, in that order. */
export async function installBrowsers(packages = Object.keys(BROWSERS)) {
  const missing = packages.filter((name) => findBrowser(name) === null);
  if (missing.length > 0) {
    if (!(await canInstall())) refuse(missing);
    await installPackages(missing);
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

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    process.stdout.write(`${(await installBrowsers()).join('\n')}\n`);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    process.exitCode = 1;
  }
}
