// Writes integrity.json beside the built page: the SHA-256 of every file that is served, by its path. The relay names a
// build by it, and `p2p-copy verify-site` learns from a site's own which files there are.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterBuild } from './after-build.ts';

const NAME = 'integrity.json';

export const integrityManifest = () =>
  afterBuild('integrity-manifest', (folder) => {
    writeFileSync(join(folder, NAME), `${JSON.stringify(digestsOf(folder), null, 2)}\n`);
  });

function digestsOf(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path !== NAME && statSync(join(folder, path)).isFile())
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex'),
    ]),
  );
}
