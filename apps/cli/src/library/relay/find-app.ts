// Where the built app is: what a relay serves, and what a site is compared with.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Its folder: inside the published package, or where a checkout builds it. Null when it isn't built. */
export function findApp(): string | null {
  const places = ['./web/', '../../web/dist/', '../../../../web/dist/'];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}index.html`)) ?? null;
}
