// Tells the service worker which files make up the page: all that a build writes, but what only transfers need. A
// build with other files so has another service worker, and browsers take it as a new one.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterBuild } from './after-build.ts';

const NAME = 'service-worker.js';
const PLACE = '__SHELL__';
/** Offline there is nothing to decompress, and it is the largest of all. */
const LEFT_OUT = /^assets\/engine-zstd-codec-/;

export const offlineShell = () =>
  afterBuild('offline-shell', (folder) => {
    const script = join(folder, NAME);
    const code = readFileSync(script, 'utf8');
    if (!code.includes(PLACE)) throw new Error(`${NAME} has no place for the list of files`);
    writeFileSync(script, code.replaceAll(PLACE, `(${JSON.stringify(shellIn(folder))})`));
  });

function shellIn(folder: string): { version: string; paths: string[] } {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => statSync(join(folder, file)).isFile())
    .filter((file) => file !== NAME && file !== 'integrity.json' && !LEFT_OUT.test(file))
    .sort();
  const digest = createHash('sha256');
  for (const file of files) digest.update(`${file}\0`).update(readFileSync(join(folder, file)));
  return {
    version: digest.digest('hex').slice(0, 16),
    paths: files.map((file) => (file === 'index.html' ? './' : `./${file}`)),
  };
}
