// What the names of an offer tell a person before they accept: which could change settings or run where they land, and how
// many are hidden or programs. One pass, which lets the event loop turn.
import type { EntryKind } from '../ports/entry.ts';
import { couldRun } from './could-run.ts';
import { foldPath } from './fold-path.ts';
import { type Landing, riskyNames } from './risky-name.ts';

/** Entries that are looked at before the event loop turns. */
export const SURVEY_STRETCH = 5_000;

/** What the names of an offer say about it, for a person who decides. */
export interface NameSurvey {
  /** Indices of files, and of links that could stand for such a file or for a folder of them, that some system obeys where they land; ascending. */
  risky: number[];
  /** Indices of folders in which any file would be risky: they go with those that are left out. */
  riskyFolders: number[];
  /** Files that are hidden, or lie in a hidden folder; the risky ones are not counted again. */
  hidden: number;
  /** Files that could run when they are opened; the risky ones are not counted again. */
  programs: number;
}

/** Files of an offer by what their names tell; each is counted once. */
export interface NameCounts {
  /** Some system could obey them where they land. */
  risky: number;
  hidden: number;
  /** Could run when they are opened. */
  programs: number;
}

/** An entry of an offer, as far as its name goes. */
interface NamedEntry {
  kind: EntryKind;
  path: string;
  executable: boolean;
}

/**
 * @param landing where they are received; null where that isn't known
 * @param turn resolves in a later turn of the event loop
 */
export async function surveyNames(
  entries: readonly NamedEntry[],
  landing: Landing | null,
  turn: () => Promise<void>,
): Promise<NameSurvey> {
  const isRisky = riskyNames(landing);
  const survey: NameSurvey = { risky: [], riskyFolders: [], hidden: 0, programs: 0 };
  const bare = new BareRepositories();
  const risky = new Set<number>();
  for (const [index, entry] of entries.entries()) {
    if (index > 0 && index % SURVEY_STRETCH === 0) await turn();
    if (entry.kind === 'folder' && isRisky(`${entry.path}/x`)) survey.riskyFolders.push(index);
    if (entry.kind === 'link' && isRiskyLink(entry.path, isRisky)) risky.add(index);
    if (entry.kind !== 'file') continue;
    bare.note(entry.path, index);
    if (isRisky(entry.path)) risky.add(index);
    else if (isHidden(entry.path)) survey.hidden += 1;
    else if (couldRun(entry)) survey.programs += 1;
  }
  for (const index of bare.obeyed()) {
    if (risky.has(index)) continue;
    risky.add(index);
    const entry = entries[index]!;
    if (isHidden(entry.path)) survey.hidden -= 1;
    else if (couldRun(entry)) survey.programs -= 1;
  }
  survey.risky = [...risky].sort((a, b) => a - b);
  return survey;
}

/** The survey in figures. */
export function nameCounts({ risky, hidden, programs }: NameSurvey): NameCounts {
  return { risky: risky.length, hidden, programs };
}

/** Folders in which names are obeyed, and which don't begin with a dot: a link of such a name moves a listed path elsewhere. */
const OBEYED_FOLDERS = new Set(
  'hooks library appdata roaming bin sbin lib etc autostart startup systemd user system preferences services launchagents launchdaemons startupitems xlstart documents onedrive powershell windowspowershell microsoft programs environment.d cron.d cron.hourly cron.daily cron.weekly cron.monthly site-packages dist-packages word applications home users'.split(
    ' ',
  ),
);

/** What a link leads to is obeyed under the link's path too, as a file or as a folder of whatever it holds. */
function isRiskyLink(path: string, isRisky: (path: string) => boolean): boolean {
  if (isRisky(path) || isRisky(`${path}/x`)) return true;
  return foldPath(path).some((folded) => {
    const name = folded.slice(folded.lastIndexOf('/') + 1);
    return name.startsWith('.') || OBEYED_FOLDERS.has(name);
  });
}

function isHidden(path: string): boolean {
  return path.startsWith('.') || path.includes('/.');
}

/** Settings of a repository without a `.git` folder. */
const REPOSITORY_SETTINGS = new Set(['config', 'config.worktree', 'commondir']);

/** Repositories without a `.git` folder: git obeys the settings and `hooks` of any folder that holds a `HEAD`. */
class BareRepositories {
  readonly #heads = new Set<string>();
  readonly #obeyed: [folder: string, index: number][] = [];

  note(path: string, index: number): void {
    for (const folded of foldPath(path)) this.#note(folded, index);
  }

  #note(folded: string, index: number): void {
    const slash = folded.lastIndexOf('/');
    const name = folded.slice(slash + 1);
    const folder = folded.slice(0, slash);
    if (name === 'head') this.#heads.add(folder);
    else if (REPOSITORY_SETTINGS.has(name)) this.#obeyed.push([folder, index]);
    else if (folder.endsWith('/hooks') && !name.endsWith('.sample')) {
      this.#obeyed.push([folder.slice(0, -'/hooks'.length), index]);
    }
  }

  *obeyed(): Generator<number> {
    for (const [folder, index] of this.#obeyed) if (this.#heads.has(folder)) yield index;
  }
}
