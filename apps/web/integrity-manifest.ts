// Writes integrity.json beside the built page: the SHA-256 of every file that is served, by its path. The relay names a
// build by it, and `p2p-copy verify-site` learns from a site's own which files there are.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const NAME = 'integrity.json';

export function integrityManifest(): Plugin {
  let folder: string | null = null;
  return {
    name: 'integrity-manifest',
    apply: 'build',
    configResolved({ root, build }) {
      folder = join(root, build.outDir);
    },
    // Last of all: the files of public/ are there too.
    closeBundle: {
      order: 'post',
      handler(error) {
        if (error !== undefined || folder === null) return;
        writeFileSync(join(folder, NAME), `${JSON.stringify(digestsOf(folder), null, 2)}\n`);
      },
    },
  };
}

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
