// What was accepted of an offer, as plain JSON: kept by whoever wants to resume a transfer, so that nobody is asked again.
import { createHash } from 'node:crypto';
import { checkPath, type Manifest } from '@p2p-copy/core';
import type { OverwritePlan } from '../node/plan-overwrites.ts';
import type { AcceptedOffer } from './public-types.ts';

const HASHED_AT_ONCE = 64 * 1024;

export function acceptedOffer(manifest: Manifest, { skip, renamed, replaces }: OverwritePlan): AcceptedOffer {
  return {
    names: digestNames(manifest),
    skip: rangesOf(skip),
    renamed: [...renamed],
    replaces: rangesOf(replaces),
  };
}

/** The plan of an offer that was accepted before; null when this one has other names, so that it is to be reviewed. */
export function planOf(accepted: AcceptedOffer, manifest: Manifest): OverwritePlan | null {
  if (accepted.names !== digestNames(manifest)) return null;
  const renamed = new Map(accepted.renamed);
  // It was kept in a file: what it names must be where the offer's own path is.
  for (const [index, path] of renamed) if (!isBeside(path, manifest.entries[index]?.path)) return null;
  const skip = indicesOf(accepted.skip, manifest);
  const finalPaths = new Set<string>();
  for (const { kind, index, path } of manifest.entries) {
    if (kind === 'file' && !skip.has(index)) finalPaths.add((renamed.get(index) ?? path).toLowerCase());
  }
  return { skip, renamed, replaces: indicesOf(accepted.replaces, manifest), finalPaths };
}

function digestNames({ entries }: Manifest): string {
  const hash = createHash('sha256');
  let lines = '';
  for (const { kind, path } of entries) {
    lines += `${JSON.stringify([kind, path])}\n`;
    // A call costs more than a line.
    if (lines.length < HASHED_AT_ONCE) continue;
    hash.update(lines);
    lines = '';
  }
  hash.update(lines);
  return hash.digest('base64url');
}

function isBeside(path: string, original: string | undefined): boolean {
  if (original === undefined || parentOf(path) !== parentOf(original)) return false;
  try {
    checkPath(path, { windowsNames: false, foldsCase: false });
    return true;
  } catch {
    return false;
  }
}

export function rangesOf(indices: Iterable<number>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges;
}

export function indicesOf(ranges: readonly [number, number][], { entries }: Manifest): Set<number> {
  const indices = new Set<number>();
  for (const [first, last] of ranges) {
    for (let index = first; index <= Math.min(last, entries.length - 1); index += 1) indices.add(index);
  }
  return indices;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
