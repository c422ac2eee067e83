// Where the entries of an offer stand on the disk of the output folder: under their own names, or under such as the disk can hold.
import { heldPaths, type Manifest, type NameSurvey, Pace, type PlacedPaths } from '@p2p-copy/core';
import { nodeClock } from '../node/clock.ts';
import { withAskedNames } from '../node/disk/asked-names.ts';
import type { DecidedOffer } from './accepted-offer.ts';
import { surveyOffer } from './risky-files.ts';

/** Names that are looked at between two turns of the event loop: a disk may be asked about each. */
const NAMES_AT_ONCE = 256;

/** @param folder exists; what is to be made in it is on the same disk */
export function placesOn(
  folder: string,
  { entries }: Manifest,
): Promise<{ placed: PlacedPaths; foldsCase: boolean }> {
  return withAskedNames(folder, async (names) => ({
    placed: await heldPaths(entries, names, new Pace(nodeClock, NAMES_AT_ONCE)),
    foldsCase: names.foldsCase,
  }));
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

/** Folders, on the disk, that may replace what is there. */
export function replacingFolders({ entries }: Manifest, { replaces, placed }: DecidedOffer): Set<string> {
  const folders = new Set<string>();
  for (const index of replaces) {
    const entry = entries[index]!;
    const path = placed.pathOf(entry);
    // Of a file that comes before its folder is named, the folders that lead to it.
    for (
      let end = entry.kind === 'folder' ? path.length : path.lastIndexOf('/');
      end > 0;
      end = path.lastIndexOf('/', end - 1)
    )
      folders.add(path.slice(0, end));
  }
  return folders;
}
