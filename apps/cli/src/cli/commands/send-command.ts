// `p2p-copy send`.

import type { PathChoice } from '@p2p-copy/core';
import { type Command, Option } from 'commander';
import { readFingerprint } from '../../node/network/pinned-certificate.ts';
import { passedOnRelay } from '../../site/passed-on-relay.ts';
import { sendToDevices } from '../groups/send-to-device.ts';
import { chooseToken, parseToken } from '../runs/choose-token.ts';
import { continueTransfer } from '../runs/continue-transfer.ts';
import { expectDescriptors } from '../runs/expect-descriptors.ts';
import { openStore } from '../runs/kept-transfer.ts';
import { unfinishedSend } from '../runs/offer-unfinished.ts';
import type { SendCommandOptions } from '../runs/run-send.ts';
import { sendAnew } from '../runs/send-anew.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { pipeWarning } from '../terminal/powershell.ts';
import { expectNoClassicOptions, isServer } from './classic-form.ts';
import { groupRelay } from './group-relay.ts';
import { chooseCode, chooseRelay, notedToken, parseRelay, parseWords } from './parse-options.ts';
import { parseRate } from './parse-size.ts';
import { pathOf, pathOption } from './path-option.ts';
import {
  patienceOption,
  type ReconnectTimeout,
  reconnectTimeoutOf,
  reconnectTimeoutOption,
} from './reconnect-timeout.ts';
import { type ContentOptions, givenStreams, givenText, STDIN } from './send/given-content.ts';
import { listContent } from './send/list-content.ts';
import { trustedFile } from './trusted-file.ts';
import { typedPaths } from './typed-paths.ts';
import { waitOption } from './wait-option.ts';

interface Options extends ReconnectTimeout, ContentOptions {
  path?: PathChoice;
  relay?: string;
  relayToken?: string;
  code?: string;
  words?: number;
  /** In ms. */
  wait?: number;
  compress: 'auto' | 'on' | 'off';
  json?: boolean;
  quiet?: boolean;
  /** False with --no-qr. */
  qr?: boolean;
  copy?: boolean;
  caFile?: string;
  limitRate?: number;
  relayFingerprint?: string;
  encrypt?: boolean;
  resume?: boolean;
  skipUnsendable?: boolean;
  exclude: string[];
  gitignore?: boolean;
  list?: boolean;
  follow?: boolean;
  /** Names of one's own devices. */
  to: string[];
}

const AFTER_HELP = `
The code is drawn at random and shown to you; tell it to one person. To choose your own without
leaving it in the shell's history, set P2P_COPY_CODE instead of --code.

The code is valid for the time of --wait, and outlives lost connections and restarts of the relay. What is
interrupted goes on with p2p-copy resume, from the offer on.

A relay may ask senders for an access token: save it with p2p-copy login, or set P2P_COPY_RELAY_TOKEN.
What stands behind --relay-token, like a password in --relay https://user:password@host, is seen by all
users of this machine in the list of processes.

--exclude has the rules of gitignore: *.log and build/ count at any depth, /dist and src/gen from each folder that is
named, !keep.log takes back. It decides over --gitignore, which also asks the .gitignore files around what is named
up to the repository, and .git/info/exclude. The folder .git itself is sent unless it is excluded.

Environment: P2P_COPY_RELAY (relay URL), P2P_COPY_RELAY_TOKEN (access token for it), P2P_COPY_CODE (a code
of your own).

Examples:
  p2p-copy send photo.jpg                     one file
  p2p-copy send notes/ report.pdf             a folder and a file
  tar cz /etc | p2p-copy send - --name etc.tgz   standard input, under a name
  p2p-copy send <(pg_dump shop) --name shop.sql  what a command prints, or a FIFO
  p2p-copy send repo/ --gitignore -x .git     without what git ignores, and without .git
  p2p-copy send photos/ -x '*.raw' --list     what would be sent without raw files
  p2p-copy send --text "see you at eight"     a message
  git diff | p2p-copy send --text -           a message from a command
  p2p-copy send --relay https://copy.example.org video.mp4
  p2p-copy send photos/ --to laptop           to a paired device (p2p-copy pair)

To a device with the Python tool p2p-copy, in its format (both sides name the relay and the code):
  p2p-copy send wss://copy.example.org CODE video.mp4 --encrypt --resume
A receiver of this version tells what it has only with --continue; the Python tool always does.`;

export function addSendCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('send')
    .description('Send files, folders, standard input or a message to one other device.')
    .argument('[path...]', 'files and folders; - is standard input')
    .option(
      '--to <device>',
      'send to a paired device, without a code; may be given several times',
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .option('-r, --relay <url>', 'relay to meet at (default: http://localhost:8765)', parseRelay)
    .option('--relay-token <token>', 'access token for the relay; seen in the list of processes', parseToken)
    .option('-c, --code <code>', 'a code of your own, or its secret part (at least 6 characters)')
    .option('-w, --words <count>', 'words in the drawn code, 1 to 12 (default: 2)', parseWords)
    .addOption(waitOption())
    .addOption(
      new Option('--compress <when>', 'compress what gets smaller, all, or nothing')
        .choices(['auto', 'on', 'off'])
        .default('auto'),
    )
    .option('-t, --text <message>', 'send a message; - reads it from standard input')
    .option('--text-file <file>', 'send what is in a file as a message; - is standard input')
    .option(
      '--name <name>',
      'name for standard input, or for the one pipe that is named (default: stdin, pipe)',
    )
    .option(
      '-x, --exclude <glob>',
      'leave out what matches, by the rules of gitignore; may be given several times',
      (glob: string, globs: string[]) => [...globs, glob],
      [],
    )
    .option('--gitignore', 'leave out what git would ignore, by the .gitignore files')
    .option('--list', 'show what would be sent, and stop')
    .option(
      '--follow',
      'send what symbolic links lead to in their place, also where that is outside of what is named',
    )
    .option(
      '--skip-unsendable',
      'exit with 0 although some of it could not be sent, such as unreadable files',
    )
    .option('--copy', 'copy the code to the clipboard of the terminal, by way of ssh too (OSC 52)')
    .option('--qr', 'draw the QR code although there is no terminal')
    .option('--no-qr', 'draw no QR code')
    .option('--json', 'print one JSON object a line on standard output')
    .option('-q, --quiet', 'tell only the code, what is not sent, and errors')
    .addOption(
      reconnectTimeoutOption(
        'seek a lost connection, or a relay that is not there, for this long (default: 30)',
      ),
    )
    .option('--limit-rate <size>', 'most bytes a second over the network, such as 500k or 2M', parseRate)
    .addOption(pathOption())
    .addOption(patienceOption())
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .option('--encrypt', 'with a relay and a code in front: encrypt, as the other side must too')
    .option('--resume', 'with a relay and a code in front: send only what is missing there, if it tells')
    .addHelpText('after', AFTER_HELP)
    .action(async (paths: string[], options: Options) => finish(await run(paths, options, context)));
}

async function run(given: string[], options: Options, context: Context): Promise<number> {
  const paths = typedPaths(given);
  expectDescriptors();
  if (isServer(paths[0])) {
    const { runClassicSend } = await import('./classic/send.ts');
    return runClassicSend(paths, options, context);
  }
  expectNoClassicOptions(options, 'send');
  const { signal } = context;
  const relay = chooseRelay(options.relay);
  const isToDevices = options.to.length > 0;
  if (isToDevices) expectNoCode(options);
  const code = isToDevices ? undefined : chooseCode(options.code);
  const { words, compress } = options;
  if (words !== undefined && code !== undefined) {
    throw new UsageError(
      '--words is for a code drawn at random, but a code is given.',
      'Leave out one of them.',
    );
  }
  const { isOnce, ...streams } = givenStreams(options, paths);
  const readsPipe = [...paths, options.text, options.textFile].includes(STDIN);
  const warning = readsPipe ? pipeWarning(0) : null;
  if (warning !== null) context.terminal.say(warning);
  const text = await givenText(options, paths, context);
  const sendOptions: SendCommandOptions = {
    paths: paths.filter((path) => path !== STDIN),
    ...(isOnce && { isOnce }),
    ...streams,
    relay,
    compress,
    skipUnsendable: options.skipUnsendable ?? false,
    exclude: options.exclude,
    gitignore: options.gitignore ?? false,
    followLinks: options.follow ?? false,
    relayToken: chooseToken(options.relayToken, relay),
    ...(code !== undefined && { code }),
    ...(words !== undefined && { words }),
    ...(options.wait !== undefined && { waitMs: options.wait }),
    ...(text !== undefined && { text }),
    ...(options.limitRate !== undefined && { limitRate: options.limitRate }),
    // Among devices the relay is theirs.
    ...(isToDevices ? {} : await trustedFile(options, relay)),
    ...reconnectTimeoutOf(options),
    ...pathOf(options),
    ...(paths.includes(STDIN) && { stdin: context.stdin }),
    signal,
  };
  if (options.list) return listContent(sendOptions, context, options.json === true);
  if (isToDevices) {
    const { to, wait: waitMs } = options;
    if (to.length > 1 && (isOnce || readsPipe))
      throw new UsageError('What can be read only once goes to one device.', 'Name one with --to.');
    return sendToDevices(sendOptions, { to, relay: groupRelay(options), waitMs, choice: options, context });
  }
  const store = openStore();
  const unfinished = await unfinishedSend(sendOptions, store, code === undefined, context);
  if (unfinished !== null)
    return continueTransfer(unfinished, {
      ...options,
      tokenFor: notedToken(options.relayToken),
      store,
      context,
    });
  const { relayFingerprint } = options;
  const pinned = relayFingerprint === undefined ? null : readFingerprint(relayFingerprint);
  const passedOn = () => passedOnRelay(relay, sendOptions.caFile, signal, pinned);
  return sendAnew({ ...sendOptions, passedOn }, { store, context, choice: options });
}

/** @throws UsageError for what only a code has */
function expectNoCode({ code, words, copy, qr, encrypt, resume }: Options): void {
  const isGiven = { code, words, copy, qr, encrypt, resume };
  const [first] = Object.entries(isGiven).filter(([, value]) => value !== undefined && value !== false);
  if (first === undefined) return;
  throw new UsageError(
    `--${first[0]} is for a code, and a paired device needs none.`,
    'Leave out --to, or that.',
  );
}
