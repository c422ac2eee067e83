// Writes compressed copies of what is served, in brotli and gzip, beside the built page: in `compressed`, under the name of its folder.
// A copy is named by the SHA-256 of the content, so that the relay never serves one of another content, and is no file of the page:
// compressors of other versions give other bytes, and the page's own are to be the same everywhere.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { afterBuild } from './after-build.ts';

/** The others are compressed by their own formats. */
const COMPRESSED = /\.(css|html|js|json|svg|webmanifest)$/;
/** A copy that saves less isn't worth its place. */
const MOST_OF_SIZE = 0.9;

const COMPRESSORS = {
  br: (content: Buffer) =>
    brotliCompressSync(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  gzip: (content: Buffer) => gzipSync(content, { level: constants.Z_BEST_COMPRESSION }),
};

export const compressedCopies = () => afterBuild('compressed-copies', writeCopies);

function writeCopies(folder: string): void {
  const copies = join(dirname(folder), 'compressed', basename(folder));
  rmSync(copies, { recursive: true, force: true });
  for (const coding of Object.keys(COMPRESSORS)) mkdirSync(join(copies, coding), { recursive: true });
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!COMPRESSED.test(file) || !statSync(join(folder, file)).isFile()) continue;
    const content = readFileSync(join(folder, file));
    const name = createHash('sha256').update(content).digest('hex') + extname(file);
    for (const [coding, compress] of Object.entries(COMPRESSORS)) {
      const copy = compress(content);
      if (copy.length <= content.length * MOST_OF_SIZE) writeFileSync(join(copies, coding, name), copy);
    }
  }
}
