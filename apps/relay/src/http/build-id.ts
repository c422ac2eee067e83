// Which build of the web app is served, as one digest: that of integrity.json, which the build writes and which holds
// the digest of every file.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_BYTES = 256 * 1024;

/**
 * SHA-256 in hex; null where there is no app, or no list of its files. Read anew each time: a build may replace the app
 * while the relay serves it.
 */
export async function buildId(webRoot: string | null): Promise<string | null> {
  if (webRoot === null) return null;
  try {
    const file = join(webRoot, 'integrity.json');
    if ((await stat(file)).size > MAX_BYTES) return null;
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    return null;
  }
}
