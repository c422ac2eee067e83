// `p2p-copy doctor`: whether this machine and the way to the relay are fit for a transfer, and what to mend.
import type { Command } from 'commander';
import { VERSION } from '../../constants/version.ts';
import { shown } from '../../wording/show-text.ts';
import { chooseRelay, parseRelay } from '../commands/parse-options.ts';
import { type TrustOptions, trustedFile } from '../commands/trusted-file.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EDITION } from '../terminal/edition.ts';
import { EXIT } from '../terminal/exit-codes.ts';
import { type Finding, ok } from './finding.ts';
import { checkOutput, checkState, checkTerminal } from './machine-checks.ts';
import { checkRelay } from './relay-checks.ts';
import { checkCertificates, checkProxy } from './way-checks.ts';

interface Options extends TrustOptions {
  relay?: string;
  out: string;
  json?: boolean;
}

const AFTER_HELP = `
Looks at the relay (whether it is reached, by TLS and through what is on the way), the clock, the proxy, the
authorities of certificates, the folder to save in, the folder of notes and the terminal. Nothing is sent, and what it writes it removes.

Exit codes: 0 all is fine, 1 something is to be mended, 2 wrong usage.

Examples:
  p2p-copy doctor --relay https://copy.example.org
  p2p-copy doctor --out ~/Downloads --json`;

export function addDoctorCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('doctor')
    .description('Check what a transfer needs here, and say what to mend.')
    .option(
      '-r, --relay <url>',
      'relay to check (default: P2P_COPY_RELAY, else http://localhost:8765)',
      parseRelay,
    )
    .option('-o, --out <folder>', 'folder to save in (default: the current one)', '.')
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .option('--json', 'print one JSON object a line on standard output')
    .addHelpText('after', AFTER_HELP)
    .action(async (options: Options) => finish(await run(options, context)));
}

async function run({ out, json = false, ...options }: Options, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const relay = chooseRelay(options.relay);
  const edition = EDITION === null ? '' : ` (${EDITION})`;
  const findings: Finding[] = [
    ok('program', `p2p-copy ${VERSION}${edition} on Node ${process.versions.node}.`),
    ...(await checkRelay({
      relay,
      trusted: () => trustedFile(options, relay).then(({ caFile }) => caFile),
      signal,
      nowMs: Date.now(),
    })),
    checkProxy(relay, process.env),
    await checkCertificates(process.env),
    await checkOutput(out),
    await checkState(),
    checkTerminal(terminal, process.env),
  ];
  if (signal.aborted) return EXIT.interrupted;
  const isFine = findings.every(({ result }) => result !== 'mend');
  if (json) {
    for (const finding of findings) terminal.outputJson({ event: 'finding', ...finding });
    terminal.outputJson({ event: 'done', fine: isFine });
  } else {
    terminal.output(`${findings.map(inWords).join('\n')}\n`);
    terminal.say(isFine ? 'Nothing needs mending.' : 'Mend what is marked.');
  }
  return isFine ? EXIT.done : EXIT.differs;
}

const MARKS = { ok: 'ok    ', note: 'note  ', mend: 'MEND  ' };

function inWords({ result, sentence, next }: Finding): string {
  const line = `${MARKS[result]}${shown(sentence)}`;
  return next === undefined ? line : `${line}\n      ${shown(next)}`;
}
