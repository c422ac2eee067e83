// `p2p-copy relay token`: makes, lists and revokes the access tokens of a relay, in the file that a running one reads.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { TokenRow } from '@p2p-copy/relay';
import { type Command, InvalidArgumentError } from 'commander';
import { lockTransfer } from '../../node/disk/process-lock.ts';
import { relayTokenFile } from '../../node/disk/state-root.ts';
import { quoted } from '../../wording/show-text.ts';
import { parseSize } from '../commands/parse-size.ts';
import { callOf, loadedSettings } from '../commands/relay/relay-command.ts';
import type { Context, Finish } from '../terminal/context.ts';
import { EXIT, UsageError } from '../terminal/exit-codes.ts';
import { tokenTable } from './token-table.ts';

interface FileOption {
  tokenFile?: string;
  /** The relay's configuration file, which may name the file. */
  config?: string;
}

interface AddOptions extends FileOption {
  name: string;
  /** Milliseconds since 1970; null for never. */
  expires: number | null;
  bytesPerDay?: number;
  bytesPerSecond?: number;
}

type RelayPackage = typeof import('@p2p-copy/relay');

const AFTER_ADD = `
The token is printed once, on standard output, and kept only as a digest: who loses it needs a new one.
Give it to people who may send over this relay; those who receive need none. A relay with --access token
that runs takes the new list within seconds, or at once on SIGHUP.

Examples:
  p2p-copy relay token add --name lab --expires 30d
  p2p-copy relay token add --name guests --expires 2027-01-31 --bytes-per-day 50GB
  p2p-copy relay --access token                   the relay that asks for them`;

const FILE_WORDS = [
  '--token-file <file>',
  'file of the tokens (default: P2P_COPY_RELAY_TOKEN_FILE, else that of --config, else one in P2P_COPY_STATE)',
] as const;

export function addRelayTokenCommand(relay: Command, context: Context, finish: Finish): void {
  // The relay has options of the same names, and takes their values wherever they stand.
  const written = (name: string): string | undefined => [relay.opts()[name]].flat().at(-1);
  const ofRelay = (): FileOption => {
    const [tokenFile, config] = [written('tokenFile'), written('config')];
    return { ...(tokenFile !== undefined && { tokenFile }), ...(config !== undefined && { config }) };
  };
  const limitsOfRelay = () => {
    const [day, second] = [written('bytesPerDay'), written('bytesPerSecond')];
    return {
      ...(day !== undefined && { bytesPerDay: amountOrUsage('--bytes-per-day', day) }),
      ...(second !== undefined && { bytesPerSecond: amountOrUsage('--bytes-per-second', second) }),
    };
  };
  const token = relay.command('token').description('Make, list and revoke access tokens for senders.');
  token
    .command('add')
    .description('Make a token and print it.')
    .requiredOption(
      '--name <name>',
      'what to call it: up to 32 letters, digits, dots, dashes and underscores',
    )
    .option(
      '--expires <when>',
      '30d, 12h, 2w, a date such as 2027-01-31 (its beginning, UTC), or never',
      parseExpiry,
      null,
    )
    .option('--bytes-per-day <size>', 'what its senders may pass in a day, such as 50GB', parseAmount)
    .option('--bytes-per-second <size>', 'and in a second, such as 10MB', parseAmount)
    .option(...FILE_WORDS)
    .addHelpText('after', AFTER_ADD)
    .action(async (options: AddOptions) =>
      finish(await add({ ...options, ...ofRelay(), ...limitsOfRelay() }, context)),
    );
  token
    .command('list')
    .description('List the tokens: names, ends and limits.')
    .option('--json', 'print one JSON object a line')
    .option(...FILE_WORDS)
    .action(async (options: FileOption & { json?: boolean }) =>
      finish(await list({ ...options, ...ofRelay() }, context)),
    );
  token
    .command('revoke')
    .description('End a token. Transfers that run under it go on, for a day at most; nothing new begins.')
    .argument('<name>', 'its name')
    .option(...FILE_WORDS)
    .action(async (name: string, options: FileOption) =>
      finish(await revoke(name, { ...options, ...ofRelay() }, context)),
    );
}

async function add({ name, expires, ...options }: AddOptions, { terminal }: Context): Promise<number> {
  return changing(options, async (rows, { isTokenName, makeToken, MAX_TOKENS }) => {
    if (!isTokenName(name)) {
      throw new UsageError(
        `${quoted(name)} can't be the name of a token.`,
        'Up to 32 letters, digits, dots, dashes and underscores make one, and it begins with a letter or a digit.',
      );
    }
    if (rows.some((row) => row.name === name)) {
      throw new UsageError(
        `There is a token called ${quoted(name)}.`,
        'Choose another name, or revoke that one first.',
      );
    }
    if (rows.length >= MAX_TOKENS) {
      throw new UsageError(
        `There are ${MAX_TOKENS} tokens, which is the most.`,
        'Revoke some that are not used.',
      );
    }
    const { bytesPerDay = null, bytesPerSecond = null } = options;
    const { token, row } = makeToken({ name, expiresMs: expires, bytesPerDay, bytesPerSecond }, Date.now());
    return {
      rows: [...rows, row],
      tell(file) {
        terminal.output(`${token}\n`);
        terminal.say(
          `That is the token ${quoted(name)}; it is not shown again. Its digest is kept in ${quoted(file)}.`,
        );
      },
    };
  });
}

async function list(
  { json, ...options }: FileOption & { json?: boolean },
  { terminal }: Context,
): Promise<number> {
  const file = await fileOf(options);
  const rows = await rowsOf(file, await import('@p2p-copy/relay'));
  if (json) for (const row of rows) terminal.outputJson(listed(row));
  else if (rows.length === 0)
    terminal.say(`There is no token in ${quoted(file)}. Make one: p2p-copy relay token add --name NAME`);
  else terminal.output(tokenTable(rows, Date.now()));
  return EXIT.done;
}

async function revoke(name: string, options: FileOption, { terminal }: Context): Promise<number> {
  return changing(options, async (rows) => {
    const others = rows.filter((row) => row.name !== name);
    if (others.length === rows.length) {
      throw new UsageError(`There is no token called ${quoted(name)}.`, 'See p2p-copy relay token list.');
    }
    return { rows: others, tell: () => terminal.say(`The token ${quoted(name)} is revoked.`) };
  });
}

/**
 * Reads the file, and writes what `change` makes of it; no other command changes it meanwhile.
 * @throws UsageError
 */
async function changing(
  options: FileOption,
  change: (
    rows: readonly TokenRow[],
    relay: RelayPackage,
  ) => Promise<{ rows: TokenRow[]; tell(file: string): void }>,
): Promise<number> {
  const file = await fileOf(options);
  const relay = await import('@p2p-copy/relay');
  const lock = lockOn(file);
  try {
    const { rows, tell } = await change(await rowsOf(file, relay), relay);
    await inUsage(relay, () => relay.writeTokenFile(file, rows));
    tell(file);
    return EXIT.done;
  } finally {
    lock.release();
  }
}

function lockOn(file: string) {
  let lock: ReturnType<typeof lockTransfer>;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    lock = lockTransfer(`${file}.lock`);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new UsageError(
      `The file of access tokens ${quoted(file)} can't be changed (${code}).`,
      'Name a file in a folder that you may write to: --token-file FILE.',
    );
  }
  if (!('heldBy' in lock)) return lock;
  throw new UsageError(`Another command, process ${lock.heldBy}, changes the tokens just now.`, 'Try again.');
}

async function rowsOf(file: string, relay: RelayPackage): Promise<readonly TokenRow[]> {
  return (await inUsage(relay, () => relay.readTokenFile(file))) ?? [];
}

async function inUsage<T>({ RelayError }: RelayPackage, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof RelayError) throw new UsageError(error.message, 'Nothing was changed.');
    throw error;
  }
}

/** The same as the relay's own, given the same. @throws UsageError for a configuration that can't be right */
async function fileOf({ tokenFile, config }: FileOption): Promise<string> {
  if (tokenFile !== undefined) return resolve(tokenFile);
  if (config === undefined) return relayTokenFile();
  const { values } = await loadedSettings(callOf({ config }, {}), 'relay token');
  return values.tokenFile === null ? relayTokenFile() : resolve(values.tokenFile);
}

function listed({ name, createdMs, expiresMs, bytesPerDay, bytesPerSecond }: TokenRow): object {
  const expires = expiresMs === null ? null : new Date(expiresMs).toISOString();
  return { name, created: new Date(createdMs).toISOString(), expires, bytesPerDay, bytesPerSecond };
}

const UNITS_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MOST_DAYS = 36_500;

/** `30d`, `2027-01-31` or `never`, as milliseconds since 1970; null for never. */
function parseExpiry(text: string, _before?: unknown, nowMs = Date.now()): number | null {
  if (text === 'never') return null;
  const [, count, unit] = /^([1-9]\d{0,5})([hdw])$/.exec(text) ?? [];
  const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text);
  const expiresMs =
    count === undefined ? (isDate ? Date.parse(text) : Number.NaN) : nowMs + Number(count) * UNITS_MS[unit!]!;
  if (Number.isNaN(expiresMs)) {
    throw new InvalidArgumentError(
      'It must be a time such as 30d, 12h or 2w, a date such as 2027-01-31, or never.',
    );
  }
  if (expiresMs <= nowMs) throw new InvalidArgumentError('It is over already.');
  if (expiresMs > nowMs + MOST_DAYS * UNITS_MS.d!)
    throw new InvalidArgumentError('It is more than 100 years from now: never?');
  return expiresMs;
}

function parseAmount(text: string): number {
  const bytes = parseSize(text);
  if (bytes > 0) return bytes;
  throw new InvalidArgumentError('It must be more than 0.');
}

function amountOrUsage(flag: string, text: string): number {
  try {
    return parseAmount(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new UsageError(
      `${flag} is ${quoted(text)}. ${error.message}`,
      'See p2p-copy relay token add --help.',
    );
  }
}
