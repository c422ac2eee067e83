// Installs the servers that some tests run, Debian's, where they are missing and we may. Tests whose server isn't there are
// skipped, and say so.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { canInstall, findOnPath, installPackages } from './install-packages.mjs';
import { StepFailed } from './run-step.mjs';

/** Packages, each with a program of its name. */
const SERVERS = ['nginx', 'haproxy', 'caddy', 'pebble'];
/** Where systemd runs, Debian starts an installed server at once: nobody who runs tests has asked for that. */
const SYSTEMD = '/run/systemd/system';

/** Never throws: it says which are left out, and why. */
export async function installServers() {
  const missing = SERVERS.filter((name) => findOnPath(name) === null);
  if (missing.length === 0) return;
  const why = await reasonNotTo();
  if (why !== null) return leaveOut(missing, why);
  try {
    await installPackages(missing);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    leaveOut(missing, 'they could not be installed');
  }
}

async function reasonNotTo() {
  if (existsSync(SYSTEMD)) return 'installing them would start them as services of this machine';
  return (await canInstall()) ? null : 'this is no Debian, or only root may install';
}

function leaveOut(missing, why) {
  process.stderr.write(
    `Tests with ${missing.join(', ')} are left out: ${why}. On Debian: apt-get install ${missing.join(' ')}.\n`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) await installServers();
