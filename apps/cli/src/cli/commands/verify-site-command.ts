// `p2p-copy verify-site`: whether a site serves the web app of this release, byte for byte.
import type { Command } from 'commander';
import { VERSION } from '../../constants/version.ts';
import { findApp } from '../../library/relay/find-app.ts';
import { withoutLogin } from '../../node/network/relay-login.ts';
import { readCertificates } from '../../node/network/trust/read-certificates.ts';
import { type Comparison, compareSite, type Difference } from '../../site/compare-site.ts';
import { SITE_LIMITS, SiteError } from '../../site/download.ts';
import { FILE_LIST, releaseFiles } from '../../site/release-files.ts';
import { counted } from '../../wording/amounts.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { parseSite } from './parse-options.ts';

interface Options {
  caFile?: string;
  json?: boolean;
}

const AFTER_HELP = `
Downloads the page and every file of it, and compares them with those that came with this command. The
builds are reproducible: whoever builds the release's sources gets the same bytes.

It sees what the site serves to it, now. A site can serve something else to someone else, or later.

Exit codes: 0 equal, 1 it differs, 2 wrong usage, or the site cannot be reached.

Examples:
  p2p-copy verify-site https://copy.example.org
  p2p-copy verify-site https://192.168.1.5:8765 --ca-file cert.pem --json`;

export function addVerifySiteCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('verify-site')
    .description('Compare the page that a site serves with the one of this release.')
    .argument('<url>', 'address of the page', parseSite)
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', AFTER_HELP)
    .action(async (url: string, options: Options) => finish(await run(url, options, context)));
}

async function run(url: string, { caFile, json = false }: Options, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const folder = findApp();
  if (folder === null) {
    throw new UsageError(
      'This installation holds no built page to compare with.',
      'Build it with npm run build, or use the published package.',
    );
  }
  const ca = caFile === undefined ? null : await readCertificates(caFile);
  const release = await releaseFiles(folder);
  try {
    const comparison = await compareSite(new URL(url), release, { ca, signal, limits: SITE_LIMITS });
    const build = release.get(FILE_LIST) ?? null;
    if (json) tellProgram(comparison, build, terminal);
    else tellPerson(url, comparison, build, terminal);
    return comparison.differences.length === 0 ? EXIT.done : EXIT.differs;
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted;
    if (!(error instanceof SiteError)) throw error;
    if (json) terminal.outputJson({ event: 'error', code: 'site-unreachable', message: error.message });
    throw new UsageError(error.message, error.next);
  }
}

function tellProgram(
  { files, differences, claimedVersion }: Comparison,
  build: string | null,
  terminal: Terminal,
): void {
  for (const difference of differences) terminal.outputJson({ event: 'difference', ...difference });
  terminal.outputJson({
    event: 'done',
    equal: differences.length === 0,
    files,
    differences: differences.length,
    version: VERSION,
    build,
    claimedVersion,
  });
}

function tellPerson(
  url: string,
  { files, differences, claimedVersion }: Comparison,
  build: string | null,
  terminal: Terminal,
): void {
  const lines = differences.map(differenceInWords);
  lines.push(
    differences.length === 0
      ? `${shown(withoutLogin(url))} serves p2p-copy ${VERSION}, byte for byte: ${counted(files, 'file')}.`
      : `${shown(withoutLogin(url))} does not serve p2p-copy ${VERSION}: ${counted(differences.length, 'difference')}.`,
  );
  if (build !== null) lines.push(`Build: ${build}`);
  terminal.output(`${lines.join('\n')}\n`);
  if (differences.length > 0 && claimedVersion !== null && claimedVersion !== VERSION) {
    terminal.say(
      `It says that it is version ${claimedVersion}, and this is ${VERSION}: compare it with verify-site of that version.`,
    );
  }
}

function differenceInWords(difference: Difference): string {
  const { kind, path } = difference;
  switch (kind) {
    case 'changed': {
      const { coding, found, expected } = difference;
      const unread = coding === undefined ? 'too long' : 'too long or broken';
      const how = coding === undefined ? '' : `, compressed as ${coding},`;
      return `Changed: ${quoted(path)}${how} is ${found ?? unread}, not ${expected}.`;
    }
    case 'missing':
      return `Missing: ${quoted(path)} (HTTP status ${difference.status}).`;
    case 'additional': {
      const found = difference.found === null ? 'was not looked at' : `is ${difference.found}`;
      return `Additional: ${quoted(path)}, named by ${difference.namedBy}, ${found}.`;
    }
  }
}
