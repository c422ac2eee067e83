// Installs the servers that some tests run, and the programs by which others make networks and disks of their own, Debian's, where
// they are missing and we may. Tests whose program isn't there are skipped, and say so.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { canInstall, findOnPath, installPackages } from './install-packages.mjs';
import { StepFailed } from './run-step.mjs';

/** Programs, with the package of each where that has another name. */
const SERVERS = ['nginx', 'haproxy', 'caddy', 'pebble'];
const NETWORK_PACKAGES = { ip: 'iproute2', nft: 'nftables' };
/** File systems of other systems, by which it is tried what their disks refuse. */
const DISK_PACKAGES = {
  'ntfs-3g': 'ntfs-3g',
  'mount.exfat-fuse': 'exfat-fuse',
  'mkfs.exfat': 'exfatprogs',
  'mkfs.btrfs': 'btrfs-progs',
};
/** By which it is tried what others make of a .zip. */
const ARCHIVE_PACKAGES = { unzip: 'unzip', bsdtar: 'libarchive-tools', '7z': 'p7zip-full' };
/** Where systemd runs, Debian starts an installed server at once: nobody who runs tests has asked for that. */
const SYSTEMD = '/run/systemd/system';

/** Never throws: it says which are left out, and why. */
export async function installServers() {
  const packages = { ...NETWORK_PACKAGES, ...DISK_PACKAGES, ...ARCHIVE_PACKAGES };
  const missing = [...SERVERS, ...Object.keys(packages)]
    .filter((name) => findOnPath(name) === null)
    .map((name) => packages[name] ?? name);
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
