// The decision about files of an offer that some system obeys where they land: made apart from the offer itself, by a rule or
// by a person, and kept with the transfer.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  hasContent,
  type Manifest,
  type NameSurvey,
  type PlacedPaths,
  surveyNames,
  TransferError,
} from '@p2p-copy/core';
import { landingOf } from '../node/disk/landing.ts';
import { counted } from '../wording/amounts.ts';
import { quoted } from '../wording/show-text.ts';
import type { RiskyPolicy } from './public-types.ts';

/** Indices of what was left out. */
export interface RiskyDecision {
  leftOut: ReadonlySet<number>;
  /** By the rule, without asking anybody. */
  unasked: boolean;
}

export const NOTHING_RISKY: RiskyDecision = { leftOut: new Set(), unasked: false };

/** A stream obeys no name. */
export const NO_NAMES = { risky: 0, hidden: 0, programs: 0 };

/**
 * What the names tell, where `out` is.
 * @throws TransferError `sink-failed`
 */
export async function surveyOffer({ entries }: Manifest, out: string): Promise<NameSurvey> {
  return surveyNames(entries, await landingOf(out), nextTurn);
}

/** What names tell where they are changed, too: `.bash:profile` may come to stand as `.bash_profile`. */
export async function riskyWhere(
  placed: PlacedPaths,
  manifest: Manifest,
  survey: NameSurvey,
  out: string,
): Promise<NameSurvey> {
  if (placed.files.size === 0 && placed.folders.size === 0) return survey;
  const entries = manifest.entries.map((entry) => ({ ...entry, path: placed.pathOf(entry) }));
  const landed = await surveyOffer({ ...manifest, entries }, out);
  const both = (a: readonly number[], b: readonly number[]) =>
    [...new Set([...a, ...b])].sort((x, y) => x - y);
  return {
    ...survey,
    risky: both(survey.risky, landed.risky),
    riskyFolders: both(survey.riskyFolders, landed.riskyFolders),
  };
}

/**
 * Decides about those that were not left out before.
 * @throws TransferError `path-refused` when the rule leaves nothing, `declined` when a person does
 */
export async function decideRisky(
  manifest: Manifest,
  survey: NameSurvey,
  unwanted: ReadonlySet<number>,
  policy: RiskyPolicy,
  signal: AbortSignal,
): Promise<RiskyDecision> {
  const risky = survey.risky.filter((index) => !unwanted.has(index));
  if (risky.length === 0 || policy === 'accept') return NOTHING_RISKY;
  const { entries } = manifest;
  const unasked = policy === 'leave-out';
  const files = risky.map((index) => entries[index]!);
  const wanted = entries.filter(({ kind, index }) => kind !== 'folder' && !unwanted.has(index));
  if (
    !unasked &&
    (await policy(files, { files: wanted.filter(({ kind }) => hasContent(kind)).length }, signal))
  )
    return NOTHING_RISKY;
  const leftOut = new Set([...risky, ...survey.riskyFolders.filter((index) => !unwanted.has(index))]);
  const hasMore = wanted.some(({ index }) => !leftOut.has(index));
  if (hasMore) return { leftOut, unasked };
  if (!unasked) throw new TransferError('declined', 'You declined the offer.');
  const names =
    files.length === 1
      ? quoted(files[0]!.path)
      : `${quoted(files[0]!.path)} and ${counted(files.length - 1, 'more file')}`;
  throw new TransferError(
    'path-refused',
    `${names} could change settings or run here. Nothing else is offered, so nothing was received.`,
  );
}
