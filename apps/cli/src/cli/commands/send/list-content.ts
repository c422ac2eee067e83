// `send --list`: what would be sent, without a relay, a code or anybody else.
import { hasContent, type SourceEntry, TransferError } from '@p2p-copy/core';
import { isNamedPipe, lookUpPaths, TopNamesTaken } from '../../../node/sources/named-paths.ts';
import { scanPaths } from '../../../node/sources/scan-paths.ts';
import { STREAM_NAME } from '../../../node/sources/stream-source.ts';
import { offerInWords, sizeInWords } from '../../../wording/amounts.ts';
import { shown } from '../../../wording/show-text.ts';
import { excludedInWords, unsendableInLines } from '../../reports/left-out-in-words.ts';
import { linksInWords } from '../../reports/show-offer.ts';
import type { SendCommandOptions } from '../../runs/run-send.ts';
import type { Context } from '../../terminal/context.ts';
import { EXIT } from '../../terminal/exit-codes.ts';

/**
 * Lists to standard output, and sums up on standard error. Gives the exit code.
 * @throws TransferError as `send` does before there is a code
 */
export async function listContent(
  {
    paths,
    stdin,
    text,
    name = STREAM_NAME,
    exclude = [],
    gitignore = false,
    followLinks = false,
    skipUnsendable,
  }: SendCommandOptions,
  { terminal, signal }: Pick<Context, 'terminal' | 'signal'>,
  isJson: boolean,
): Promise<number> {
  if (paths.length === 0 && stdin === undefined && text === undefined)
    throw new TransferError('nothing-to-send');
  const names = new TopNamesTaken();
  const named = await lookUpPaths(paths, names);
  const pipe = named.find(isNamedPipe);
  if (pipe !== undefined && name !== STREAM_NAME) pipe.name = names.take(name);
  let excluded = 0;
  const entries = await scanPaths(named, {
    onWarning: (warning) => terminal.say(warning),
    follow: followLinks,
    takesPipes: true,
    excludes: { exclude, gitignore },
    onExcluded() {
      excluded += 1;
    },
    signal,
  });
  if (stdin !== undefined) entries.push(listed('file', names.take(name), null));
  if (text !== undefined) entries.push(listed('text', '', Buffer.byteLength(text)));
  const sendable = entries.filter(({ unsendable }) => unsendable === undefined);
  for (const entry of sendable) {
    const { kind, path, sizeBytes, target } = entry;
    if (isJson)
      terminal.outputJson({ event: 'entry', kind, path, sizeBytes, ...(target !== undefined && { target }) });
    else terminal.output(`${lineOf(entry)}\n`);
  }
  const left = entries.flatMap(({ path, unsendable }) =>
    unsendable === undefined ? [] : [{ path, reason: unsendable }],
  );
  const files = sendable.filter(({ kind }) => hasContent(kind));
  const links = sendable.filter(({ kind }) => kind === 'link').length;
  const bytes = files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  const unsized = files.some(({ sizeBytes }) => sizeBytes === null);
  const amounts = { files: files.length, bytes, unsized };
  if (isJson) terminal.outputJson({ event: 'list', ...amounts, links, excluded, unsendable: left.length });
  else terminal.say(`Would be sent: ${offerInWords(amounts)}${linksInWords(links)}.`);
  if (!isJson && excluded > 0) terminal.say(excludedInWords(excluded));
  if (left.length > 0) terminal.say(unsendableInLines({ count: left.length, entries: left }));
  return left.length > 0 && !skipUnsendable ? EXIT.sendFailed : EXIT.done;
}

function listed(kind: 'file' | 'text', path: string, sizeBytes: number | null) {
  const open: SourceEntry['open'] = () => Promise.reject(new Error('a list opens nothing'));
  return { kind, path, sizeBytes, modifiedMs: null, executable: false, open };
}

function lineOf({ kind, path, sizeBytes, target }: SourceEntry): string {
  if (kind === 'folder') return `${shown(path)}/`;
  if (kind === 'link') return `${shown(path)}, a link to ${shown(target ?? '')}`;
  const size = sizeBytes === null ? 'unknown size' : sizeInWords(sizeBytes);
  return kind === 'text' ? `a message, ${size}` : `${shown(path)}, ${size}`;
}
