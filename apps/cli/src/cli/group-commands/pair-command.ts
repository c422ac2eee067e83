// `p2p-copy pair`.
import { resolve } from 'node:path';
import {
  type DeviceKind,
  formatCode,
  hexOf,
  type PairEvent,
  type PairQuestion,
  readTypedCode,
  TransferError,
} from '@p2p-copy/core';
import type { Command } from 'commander';
import type { ErrorCode } from '../../library/public-types.ts';
import { isOnlyLocal } from '../../node/network/only-local.ts';
import { withoutLogin } from '../../node/network/relay-login.ts';
import type { OwnDevice } from '../../state/devices/device-file.ts';
import { DeviceStore, DevicesError } from '../../state/devices/device-store.ts';
import { timeInWords } from '../../wording/clock-times.ts';
import { forShell } from '../../wording/for-shell.ts';
import { quoted, shown } from '../../wording/show-text.ts';
import { chooseRelay, parseRelay, parseWords } from '../commands/parse-options.ts';
import {
  type ReconnectTimeout,
  reconnectTimeoutOf,
  reconnectTimeoutOption,
} from '../commands/reconnect-timeout.ts';
import { type TrustOptions, trustedFile } from '../commands/trusted-file.ts';
import { waitOption } from '../commands/wait-option.ts';
import { readDevice } from '../groups/join-group.ts';
import { labelOf, membersOf, shortKey } from '../groups/members.ts';
import { parseName } from '../groups/own-name.ts';
import { pairThisDevice } from '../groups/pair-this-device.ts';
import { askCode } from '../prompts/ask-code.ts';
import { nextStep } from '../reports/next-step.ts';
import { chooseToken, parseToken } from '../runs/choose-token.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, exitCodeOf, type Side, UsageError } from '../terminal/exit-codes.ts';

interface Options extends TrustOptions, ReconnectTimeout {
  relay?: string;
  relayToken?: string;
  name?: string;
  yes?: boolean;
  verify?: string;
  words?: number;
  wait?: number;
  enter?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
Pairing makes two devices one person's own: each sees when the other is there, and sends to it without a code
(p2p-copy devices, p2p-copy send PATH --to NAME, p2p-copy receive --from NAME). The first two found a group; each
full member can take further devices into it, and they see each other, too.

One device shows a code, the other one enters it. Then both show the other one's name and four words: they are the same
unless somebody sits in between. Compare them, and say yes on both. Nothing is kept before.

In a script, a line with the words of the other device on standard input answers, or --verify WORDS; --yes compares
nothing and trusts the code alone, which is right where it came over a connection that nobody else reads, such as ssh.

This device's key and its group's secret are in devices.json of the state folder (P2P_COPY_STATE), readable by you only.
Processes that use one state folder are one device.

Examples:
  p2p-copy pair                               on one device: shows a code
  p2p-copy pair 7-guitar-ocean-tulip-amber    on the other: enters it
  p2p-copy pair --name desk --relay https://copy.example.org`;

export function addPairCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command('pair')
    .description('Pair this device with another one of yours, once.')
    .argument('[code...]', 'the code that the other device shows; without it, one is shown here')
    .option(
      '-r, --relay <url>',
      'relay to meet at, from then on too (default: that of the group, else http://localhost:8765)',
      parseRelay,
    )
    .option('--relay-token <token>', 'access token for the relay; seen in the list of processes')
    .option('-n, --name <name>', 'name of this device (default: that of this computer)')
    .option('--enter', 'ask for the code of the other device, which keeps it out of the history')
    .option('-y, --yes', 'compare no words: trust the code alone')
    .option('--verify <words>', 'the words that the other device shows; any others end it')
    .option('-w, --words <count>', 'words in the code, 1 to 12 (default: 4)', parseWords)
    .addOption(waitOption())
    .addOption(reconnectTimeoutOption('seek a relay that is not there for this long (default: 30)'))
    .option('--json', 'print one JSON object a line on standard output')
    .option('--ca-file <file>', 'trust the certificates in this file too')
    .option('--relay-fingerprint <hex>', 'trust the relay by the SHA-256 fingerprint of its certificate')
    .addHelpText('after', AFTER_HELP)
    .action(async (words: string[], options: Options) => finish(await run(words, options, context)));
}

async function run(typed: string[], options: Options, context: Context): Promise<number> {
  const { terminal, signal } = context;
  const { json = false, yes = false } = options;
  if (yes && options.verify !== undefined)
    throw new UsageError('--yes compares no words, and --verify gives some.', 'Leave out one of them.');
  const name = options.name === undefined ? null : parseName(options.name);
  const code = await givenCode(typed, options, context);
  const side: Side = code === null ? 'send' : 'receive';
  const store = new DeviceStore();
  const kept = await readDevice(store);
  const place = placeOf(kept, options);
  const { relay } = place;
  if (place.before !== null && !json) {
    terminal.say(
      `Your devices meet at ${shown(withoutLogin(place.before))} so far; once this pairing is done, this one meets them at ${shown(withoutLogin(relay))}.`,
    );
  }
  const token = options.relayToken === undefined ? undefined : parseToken(options.relayToken);
  const tokenFor = chooseToken(token, relay);
  const { caFile: typedFile } = await trustedFile(options, relay);
  // Other commands use it from elsewhere.
  const caFile = typedFile === undefined ? place.caFile : resolve(typedFile);
  const mayAsk = terminal.isInteractive && !json;
  try {
    const { device, peer } = await pairThisDevice({
      ...{ store, code, name, relay, caFile, tokenFor, signal },
      ...(options.words !== undefined && { words: options.words }),
      ...(options.wait !== undefined && { waitMs: options.wait }),
      ...reconnectTimeoutOf(options),
      comparison: { context, yes, expected: options.verify ?? null, mayAsk },
      onEvent: (event) => (json ? terminal.outputJson(inJson(event)) : tell(event, relay, context)),
      onQuestion(question, own) {
        if (json) terminal.outputJson(questionInJson(question));
        else terminal.say(questionInWords(question, own.name));
      },
      onConfirmed() {
        if (!json) terminal.say('Waiting for the other side to say the same.');
      },
    });
    const members = membersOf(device);
    const other = members.find(({ key }) => key === hexOf(peer.publicKey))!;
    if (json)
      terminal.outputJson({ event: 'paired', name: other.name, key: other.key, devices: members.length });
    else {
      terminal.say(
        `Paired with ${labelOf(other, members)}. Your devices now: ${members.length}; p2p-copy devices lists them.`,
      );
    }
    return EXIT.done;
  } catch (error) {
    if (error instanceof DevicesError) return failed('sink-failed', error.message, error.next);
    if (!(error instanceof TransferError)) throw error;
    failed(error.code, error.message, stepOf(error, side));
    return exitCodeOf(error, side);
  }

  function failed(code_: ErrorCode, sentence: string, next: string): number {
    if (json) terminal.outputJson({ event: 'error', code: code_, message: sentence });
    terminal.say(`${shown(sentence)}\n${next}`);
    return side === 'send' ? EXIT.sendFailed : EXIT.receiveFailed;
  }
}

/**
 * Where the two meet, and the others of the group from then on: as named, else where this device's group meets.
 * @returns with the relay of before where it is another one, and the file of certificates that is kept for this one
 */
export function placeOf(
  kept: Pick<OwnDevice, 'relay' | 'caFile' | 'group'> | null,
  options: Pick<Options, 'relay'>,
): { relay: string; caFile: string | null; before: string | null } {
  const isNamed = options.relay !== undefined || Boolean(process.env.P2P_COPY_RELAY);
  const own = kept?.group == null || kept.group.isOut ? null : kept.relay;
  const relay = own === null || isNamed ? chooseRelay(options.relay) : own;
  const isSame = relay === own;
  return { relay, caFile: isSame ? kept!.caFile : null, before: own === null || isSame ? null : own };
}

/** Null to show one. @throws UsageError; TransferError `bad-code` */
async function givenCode(
  typed: string[],
  { enter }: Options,
  { terminal, signal }: Context,
): Promise<string | null> {
  if (typed.length === 0 && enter !== true) return null;
  const text = typed.join(' ');
  const reading = readTypedCode(text);
  if (typed.length > 0 && reading.kind === 'code') return formatCode(reading.code);
  if (!terminal.isInteractive) {
    if (typed.length > 0) throw new TransferError('bad-code');
    throw new UsageError('There is no terminal to ask for the code.', 'Give it: p2p-copy pair CODE.');
  }
  const { code } = await askCode(terminal, signal, typed.length > 0 ? text : undefined);
  return formatCode(code);
}

/** Nothing was kept, whatever happened; a device that has kept the group while this one hasn't heard of it is met again. */
function stepOf(error: TransferError, side: Side): string {
  switch (error.code) {
    case 'wrong-code':
      return side === 'send'
        ? 'Nothing was paired. Run p2p-copy pair again for a new code.'
        : 'Enter the new code that the other device shows; a code works for one attempt.';
    case 'declined':
      return 'The other side says that the words differ, so nothing was paired. Try again over another network.';
    case 'cancelled':
    case 'interrupted':
    case 'peer-gone':
    case 'peer-silent':
    case 'connection-lost':
      return 'Run p2p-copy pair again on both: what one of them has kept already is found then.';
    case 'not-in-group':
      return 'One of the two was removed from the group, and knows it now. Run p2p-copy pair again on both.';
    case 'pair-two-groups':
      return 'Run p2p-copy unpair --this on the one that is to change groups, then pair again.';
    default:
      return nextStep(error, side);
  }
}

export function tell(event: PairEvent, relay: string, { terminal }: Context): void {
  switch (event.type) {
    case 'code': {
      terminal.say(`Code: ${event.code}\nValid until ${timeInWords(Date.now() + event.validMs)}.`);
      terminal.say('\nOn the other device, run:');
      const given =
        relay === chooseRelay(undefined) && !process.env.P2P_COPY_RELAY
          ? ''
          : ` --relay ${forShell(withoutLogin(relay))}`;
      terminal.sayWhole(`  p2p-copy pair${given} ${event.code}`);
      if (isOnlyLocal(relay)) {
        const { host } = new URL(relay);
        terminal.say(
          `The relay ${quoted(host)} is this device; for another device, give --relay an address it can reach.`,
        );
      }
      terminal.say('Waiting for the other device; Ctrl-C stops.');
      break;
    }
    case 'code-burned':
      terminal.say(
        '\nSomeone used wrong words with this code, so it is void. The other device needs the next one:',
      );
      break;
    case 'code-lost':
      terminal.say(
        '\nThe relay was started anew, and this code is void. The other device needs the next one:',
      );
      break;
    case 'joined':
      terminal.say('Found the other device. Checking the words of the code.');
      break;
    case 'left':
      terminal.say('It left before that was clear. Waiting again under the same code.');
      break;
    case 'reconnecting':
      terminal.say(
        event.missing === 'relay'
          ? 'The relay cannot be reached at the moment. Trying on; Ctrl-C stops.'
          : 'The other device is not there at the moment. Waiting; Ctrl-C stops.',
      );
      break;
    case 'reconnected':
      terminal.say('Connected again.');
      break;
  }
}

const KINDS: Record<DeviceKind, string> = {
  terminal: 'a terminal',
  page: 'a page in a browser',
  daemon: 'a computer that is always there',
  untold: 'of no kind that this version knows',
};

export function questionInWords({ words, peer }: PairQuestion, ownName: string): string {
  return [
    `The other device is called ${quoted(peer.name)} (key:${shortKey(hexOf(peer.publicKey))}).`,
    `It says it is ${KINDS[peer.kind]}; it ${peer.deviceClass === 'full' ? 'may' : 'may not'} add and remove your devices.`,
    `This device is called ${quoted(ownName)}.`,
    `Words: ${words.join(' ')} (the other device must show the same)`,
  ].join('\n');
}

export function questionInJson({ words, peer }: PairQuestion): object {
  const { name, kind, publicKey, deviceClass } = peer;
  return { event: 'words', words, name, kind, class: deviceClass, key: hexOf(publicKey) };
}

function inJson(event: PairEvent): object {
  switch (event.type) {
    case 'code':
      return { event: 'code', code: event.code, validMs: event.validMs };
    case 'left':
      return { event: 'left', code: event.code };
    case 'reconnecting':
      return { event: 'reconnecting', missing: event.missing, leftMs: event.leftMs };
    case 'reconnected':
      return { event: 'reconnected', restarted: event.restarted };
    default:
      return { event: event.type };
  }
}
