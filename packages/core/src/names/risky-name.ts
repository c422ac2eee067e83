// Whether a name is obeyed by some system where it lands: startup files at the top of the receiving folder or in a hidden
// folder there, hooks of a repository, files that a desktop reads to show a folder. A pure function over listed-names.ts.
import { foldPath } from './fold-path.ts';
import {
  ANYWHERE,
  AT_HOME,
  HARMLESS,
  HIDDEN_DATA,
  HOMES,
  LOCAL_OBEYED,
  OF_THE_MACHINE,
  PLAIN_DATA,
  SETTINGS_FOLDERS,
} from './listed-names.ts';

// One pattern for all names, and one for all folders: an offer may have a million entries.
const NAMES = oneOf(
  ANYWHERE.flatMap(({ name, within }) => (within === undefined && name !== undefined ? [name] : [])),
);
const FOLDERS = oneOf(
  ANYWHERE.flatMap(({ name, within }) => (name === undefined && within !== undefined ? [within] : [])),
);
const PAIRS = ANYWHERE.filter(({ name, within }) => name !== undefined && within !== undefined);

/** Where files are received. Both folders are absolute, `/` or `\` between segments, links resolved. */
export interface Landing {
  /** The receiving folder. */
  folder: string;
  /** The person's own folder. */
  home: string;
}

/**
 * A test for the paths of files. Every receiving folder is judged like a person's own, and beside that as the place that it is.
 * @param landing null where the place isn't known, as in a browser
 */
export function riskyNames(landing: Landing | null): (path: string) => boolean {
  const folder = landing === null ? '' : foldFolder(landing.folder);
  const home = landing === null ? '' : foldFolder(landing.home);
  return (path) =>
    foldPath(path).some(
      (folded) => isObeyedHere(folded) || (landing !== null && isObeyedThere(folder, folded, home)),
    );
}

/** In any folder, and at the top of one that is taken for a person's own. */
function isObeyedHere(folded: string): boolean {
  return isAnywhere(folded) || isAtHome(folded) || isUnknownSetting(folded);
}

/** At the very place: `authorized_keys` received into `.ssh`, `anna/.profile` into `/home`, `cron.d/x` into `/etc`. */
function isObeyedThere(folder: string, folded: string, home: string): boolean {
  const absolute = folder + folded;
  if (OF_THE_MACHINE.some((pattern) => pattern.test(absolute)) || isWithin(absolute)) return true;
  const own = absolute.startsWith(`${home}/`) ? home : HOMES.exec(absolute)?.[0];
  if (own === undefined) return false;
  const below = absolute.slice(own.length);
  // Not because the receiving folder is itself hidden.
  return isAtHome(below) || (own.length >= folder.length && isUnknownSetting(below));
}

function isAnywhere(folded: string): boolean {
  return NAMES.test(nameOf(folded)) || isWithin(folded);
}

/** By its folders, or by them and its name. */
function isWithin(folded: string): boolean {
  const folders = folded.slice(0, folded.lastIndexOf('/') + 1);
  if (folders === '/') return false;
  return (
    FOLDERS.test(folders) ||
    PAIRS.some(({ name, within }) => name!.test(nameOf(folded)) && within!.test(folders))
  );
}

function nameOf(folded: string): string {
  return folded.slice(folded.lastIndexOf('/') + 1);
}

function isAtHome(folded: string): boolean {
  if (HARMLESS.test(folded)) return false;
  return SETTINGS_FOLDERS.test(folded) || LOCAL_OBEYED.test(folded) || AT_HOME.some((at) => at.test(folded));
}

/** In a hidden folder of unknown purpose, and no plain data. */
function isUnknownSetting(folded: string): boolean {
  const isHidden = folded.startsWith('/.') && folded.includes('/', 1);
  return isHidden && !HIDDEN_DATA.test(folded) && !PLAIN_DATA.test(folded);
}

/** The first spelling: a drive stays, and is no stream. `''` for the root. */
function foldFolder(folder: string): string {
  const segments = folder
    .replaceAll('\\', '/')
    .split('/')
    .filter((segment) => segment !== '' && !/^[a-z]:$/i.test(segment));
  return segments.length === 0 ? '' : foldPath(segments.join('/'))[0]!;
}

function oneOf(patterns: readonly RegExp[]): RegExp {
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join('|'));
}
