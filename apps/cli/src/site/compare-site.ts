// Compares what a site serves with the release that is installed. The site's own list of its files is only asked for more
// to look at: whoever changes a file changes the list too.
import { withoutLogin } from '../node/network/relay-login.ts';
import { quoted } from '../wording/show-text.ts';
import {
  CODINGS,
  type Coding,
  type Download,
  type DownloadOptions,
  download,
  SiteError,
} from './download.ts';
import { INLINE_SCRIPT, listedFiles, loadedByPage } from './named-files.ts';
import { type Digests, digestOf, FILE_LIST } from './release-files.ts';

export type Difference =
  /** `found` is null for a file that is too long to be one of an app, or can't be decoded; `coding` where only that is changed. */
  | { kind: 'changed'; path: string; expected: string; found: string | null; coding?: Coding }
  | { kind: 'missing'; path: string; expected: string; status: number }
  /** Not of the release. `found` is null for what wasn't downloaded, being elsewhere or no file. */
  | { kind: 'additional'; path: string; namedBy: string; found: string | null };

export interface Comparison {
  /** Files of the release. */
  files: number;
  differences: Difference[];
  /** The version that the site says it is; null when it says none. */
  claimedVersion: string | null;
}

const PAGE = 'index.html';

/**
 * @param base where the page is: the root of an origin, or a path that ends with a slash
 * @throws SiteError when the site can't be reached or judged; the reason of the signal.
 */
export async function compareSite(
  base: URL,
  release: Digests,
  options: DownloadOptions,
): Promise<Comparison> {
  const fetchFile = (path: string) => download(new URL(path, base), options);
  const differences: Difference[] = [];
  const page = await fetchFile('./');
  expectNoRedirect(base, page);
  const served = new Map<string, Download>([[PAGE, page]]);
  for (const path of release.keys()) {
    if (path !== PAGE) served.set(path, await fetchFile(`./${path}`));
  }
  // The page under its other address. Whoever redirects from there, or serves nothing, shows nobody another page.
  const byName = await fetchFile(`./${PAGE}`);
  for (const [path, expected] of release) {
    const address = path === PAGE ? './' : `./${path}`;
    let difference = differenceOf(path, expected, served.get(path)!);
    if (path === PAGE && byName.kind !== 'refused') difference ??= differenceOf(path, expected, byName);
    // As browsers get it.
    for (const coding of CODINGS) {
      if (difference !== null) break;
      const compressed = await download(new URL(address, base), options, coding);
      difference = differenceOf(path, expected, compressed);
      if (difference?.kind === 'changed') difference = { ...difference, coding };
    }
    if (difference !== null) differences.push(difference);
  }
  differences.push(...(await additionalOf(base, release, served, options)));
  const { kind, ...version } = await fetchFile('./version');
  return {
    files: release.size,
    differences,
    claimedVersion: 'bytes' in version ? claimIn(version.bytes) : null,
  };
}

function expectNoRedirect(base: URL, page: Download): void {
  if (page.kind !== 'refused' || page.status < 300 || page.status >= 400 || page.location === null) return;
  const target = URL.canParse(page.location, base.href) ? new URL(page.location, base).href : page.location;
  throw new SiteError(
    `${quoted(withoutLogin(base.href))} redirects to ${quoted(withoutLogin(target))}.`,
    'Give that address instead.',
  );
}

function differenceOf(path: string, expected: string, found: Download): Difference | null {
  if (found.kind === 'refused') return { kind: 'missing', path, expected, status: found.status };
  const digest = digestIn(found);
  return digest === expected ? null : { kind: 'changed', path, expected, found: digest };
}

/** What the site names and the release doesn't have. */
async function additionalOf(
  base: URL,
  release: Digests,
  served: ReadonlyMap<string, Download>,
  options: DownloadOptions,
): Promise<Difference[]> {
  const additional: Difference[] = [];
  const seen = new Set<string>();
  let leftBytes = options.limits.additionalBytes;
  const giveUpMs = performance.now() + options.limits.additionalMs;
  for (const { name, namedBy } of namesIn(served)) {
    const url = name !== INLINE_SCRIPT && URL.canParse(name, base.href) ? new URL(name, base) : null;
    // A name with the whole address in it is asked for with the same login.
    if (url?.origin === base.origin) [url.username, url.password] = [base.username, base.password];
    const isOwn = url?.origin === base.origin && url.pathname.startsWith(base.pathname);
    const path = isOwn ? url.pathname.slice(base.pathname.length) + url.search : name;
    if (path === '' || release.has(path) || seen.has(path)) continue;
    seen.add(path);
    let found: string | null = null;
    if (isOwn && leftBytes > 0 && performance.now() < giveUpMs) {
      const file = await download(url, options);
      // A list that names what nobody can load has been reported as changed.
      if (file.kind === 'refused' && namedBy === FILE_LIST) continue;
      if (file.kind === 'found') leftBytes -= file.bytes.length;
      found = digestIn(file);
    }
    additional.push({ kind: 'additional', path, namedBy, found });
  }
  return additional;
}

function namesIn(served: ReadonlyMap<string, Download>): { name: string; namedBy: string }[] {
  const textOf = (path: string) => {
    const file = served.get(path);
    return file?.kind === 'found' ? file.bytes.toString('utf8') : '';
  };
  return [
    ...loadedByPage(textOf(PAGE)).map((name) => ({ name, namedBy: PAGE })),
    ...listedFiles(textOf(FILE_LIST)).map((name) => ({ name: `./${name}`, namedBy: FILE_LIST })),
  ];
}

function digestIn(file: Download): string | null {
  return file.kind === 'found' ? digestOf(file.bytes) : null;
}

function claimIn(bytes: Buffer): string | null {
  const [, version] = /"version"\s*:\s*"(\d{1,5}\.\d{1,5}\.\d{1,5})"/.exec(bytes.toString('latin1')) ?? [];
  return version ?? null;
}
