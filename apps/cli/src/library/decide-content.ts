// What decides about an offer, and the decisions about its content: which files may be compared with what stands under their
// names, and which are wanted although they have changed.
import type { Writable } from 'node:stream';
import {
  type ChangedFile,
  isModestChange,
  type LeftOut,
  type Manifest,
  type PlacedPaths,
  TransferError,
} from '@p2p-copy/core';
import { bytesInPlace, expectSpace, freeBytesIn } from '../node/disk/free-space.ts';
import { nearestFolder } from '../node/disk/output-folder.ts';
import { comparableFiles, type DecideOverwrite, type OverwritePlan } from '../node/sinks/plan-overwrites.ts';
import { counted } from '../wording/amounts.ts';
import type {
  AcceptedOffer,
  Conflict,
  Offer,
  OverwriteAction,
  OverwritePolicy,
  RiskyPolicy,
} from './public-types.ts';

/** What decides about an offer. */
export interface ReviewOptions {
  /** Folder to receive into. Default: the current one. */
  out?: string | undefined;
  /** A stream instead. */
  to?: Writable | undefined;
  overwrite:
    | OverwritePolicy
    | ((conflict: Conflict, signal: AbortSignal) => OverwriteAction | Promise<OverwriteAction>);
  /** Whether parts are compared, and equal files are left alone. */
  compares: boolean;
  /** Whether every file is read back before it gets its name. */
  readsBack: boolean;
  /** Whether the person consents to compare what stands under offered names; asked if there is any. Default no. */
  consents?:
    | boolean
    | ((paths: readonly string[], signal: AbortSignal) => boolean | Promise<boolean>)
    | undefined;
  /** Of the transfer that is resumed: what was accepted isn't reviewed again. */
  accepted?: AcceptedOffer | undefined;
  /** Of the transfer that is resumed: paths that were delivered. */
  delivered?: ReadonlySet<string> | undefined;
  /** Bytes that are taken of content of unknown size. Default: as many as are free. */
  maxUnsizedBytes?: number | undefined;
  /** Whether files of another size than was accepted are wanted. Default: within the rule. */
  acceptChanged?:
    | ((changed: readonly ChangedFile[], signal: AbortSignal) => boolean | Promise<boolean>)
    | undefined;
  accept?:
    | ((
        offer: Offer,
        signal: AbortSignal,
      ) => boolean | readonly number[] | Promise<boolean | readonly number[]>)
    | undefined;
  /** Patterns of the entries that are wanted. Default: all. */
  only?: readonly string[] | undefined;
  /** What becomes of files that some system obeys where they land. A stream has no such place. */
  risky: RiskyPolicy;
  /** Told of those that are left out. */
  onLeftOut?(leftOut: LeftOut): void;
}

/** Indices of files that the person consents to compare. Nobody is asked about nothing. */
export async function decideCompared(
  manifest: Manifest,
  placed: PlacedPaths,
  { consents = false, compares, overwrite, out = '.' }: ReviewOptions,
  signal: AbortSignal,
): Promise<Set<number>> {
  if (!compares || consents === false || overwrite === 'skip') return new Set();
  const here = await comparableFiles(out, manifest, placed);
  const ask = async () => {
    if (typeof consents !== 'function') return true;
    const paths = here.map(({ path }) => path);
    return here.length > 0 && (await consents(paths, signal));
  };
  return new Set((await ask()) ? here.map(({ index }) => index) : []);
}

/** Indices of changed files that are wanted as they are now, and for which there is room. */
export async function decideChanged(
  changed: readonly ChangedFile[],
  { acceptChanged, to, out = '.' }: ReviewOptions,
  signal: AbortSignal,
): Promise<Set<number>> {
  let agreed: readonly ChangedFile[] = changed.filter(isModestChange);
  if (acceptChanged !== undefined) agreed = (await acceptChanged(changed, signal)) ? changed : [];
  const freeBytes = to === undefined ? await freeBytesIn(await nearestFolder(out)) : null;
  let roomBytes = freeBytes ?? Number.POSITIVE_INFINITY;
  const wanted = new Set<number>();
  for (const { index, sizeBytes } of agreed) {
    const bytes = sizeBytes ?? 0;
    if (bytes > roomBytes) continue;
    roomBytes -= bytes;
    wanted.add(index);
  }
  return wanted;
}

/** What is done about a file whose name is taken. @param signal aborted when the answer doesn't matter any more */
export function decisionOf(overwrite: ReviewOptions['overwrite'], signal: AbortSignal): DecideOverwrite {
  if (typeof overwrite === 'function') return (conflict) => overwrite(conflict, signal);
  return () => (overwrite === 'always' ? 'replace' : overwrite);
}

/** @throws TransferError `declined` where not one file or message is offered */
export function expectSingle({ entries, files }: Manifest): void {
  if (entries.length === 1 && entries[0]!.kind !== 'folder') return;
  const found = entries.some(({ kind }) => kind === 'folder') ? 'a folder' : counted(files, 'file');
  throw new TransferError(
    'declined',
    `A stream takes one file or message, but ${found} came; it was declined.`,
  );
}

/** @throws TransferError `no-space` where what is wanted doesn't fit beside what is here of it already */
export async function expectRoom(
  { entries }: Manifest,
  { skip, placed }: OverwritePlan,
  {
    out,
    freeBytes,
    compared,
    grainMs,
  }: { out: string; freeBytes: number | null; compared: ReadonlySet<number>; grainMs: number },
): Promise<void> {
  const files = entries
    .filter(({ kind, index }) => kind !== 'text' && !skip.has(index))
    .map((entry) => ({ ...entry, path: placed.pathOf(entry) }));
  const neededBytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  if (freeBytes !== null && neededBytes > freeBytes)
    expectSpace(neededBytes - (await bytesInPlace(out, files, compared, grainMs)), freeBytes);
}
