// Folder trees: made from a description, and compared whole.
import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A path that ends with `/` is an empty folder. */
export function makeTree(root: string, files: Record<string, string | Uint8Array>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(path.endsWith('/') ? join(root, path) : dirname(join(root, path)), { recursive: true });
    if (path.endsWith('/')) continue;
    writeFileSync(join(root, path), content);
    if (path.endsWith('.sh')) chmodSync(join(root, path), 0o755);
  }
}

/** Each path with what must arrive: kind, content, milliseconds, executable or not. */
export function describeTree(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).sort().map((path) => {
    const stats = lstatSync(join(root, path), { bigint: true });
    if (stats.isDirectory()) return `${path}/`;
    const digest = createHash('sha256')
      .update(readFileSync(join(root, path)))
      .digest('hex')
      .slice(0, 16);
    return `${path} ${digest} ${stats.mtimeNs / 1_000_000n} ${(stats.mode & 0o100n) === 0n ? '-' : 'x'}`;
  });
}

export const listTree = (root: string): string[] =>
  (readdirSync(root, { recursive: true }) as string[]).sort();
