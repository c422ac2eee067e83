// What `send` is given beside paths: a message from the command line, a file or standard input, and streams with their name.
import { createReadStream, statSync } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { TransferError, unsendablePath } from '@p2p-copy/core';
import { sourceError } from '../../../node/disk/disk-error.ts';
import { MAX_TEXT_BYTES } from '../../../node/sources/text-source.ts';
import { quoted } from '../../../wording/show-text.ts';
import type { Context } from '../../terminal/context.ts';
import { UsageError } from '../../terminal/exit-codes.ts';

export interface ContentOptions {
  text?: string;
  textFile?: string;
  name?: string;
}

/** Stands for standard input, as a path, a message or a file with a message. */
export const STDIN = '-';

/**
 * The message to send: that of `--text`, or what `--text -` and `--text-file` name; undefined without one.
 * @throws UsageError for what is no message
 */
export async function givenText(
  { text, textFile }: ContentOptions,
  paths: readonly string[],
  { stdin, terminal, signal }: Pick<Context, 'stdin' | 'terminal' | 'signal'>,
): Promise<string | undefined> {
  if (text !== undefined && textFile !== undefined)
    throw new UsageError('--text and --text-file are two messages.', 'Leave out one of them.');
  const source = textFile ?? (text === STDIN ? STDIN : undefined);
  if (source === undefined) {
    if (text !== undefined) expectShort(Buffer.byteLength(text));
    return text;
  }
  if (source !== STDIN) return readMessage(createReadStream(source), source, signal);
  if (paths.includes(STDIN))
    throw new UsageError('Standard input cannot be both a file and a message.', 'Leave out one of them.');
  if (stdin.isTTY) terminal.say('Type the message; Ctrl-D on a line of its own ends it.');
  return readMessage(stdin, 'standard input', signal);
}

/**
 * The streams among what is named, and the name that the only one gets.
 * @throws UsageError for a name that nothing can have
 */
export function givenStreams(
  { name }: ContentOptions,
  paths: readonly string[],
): { isOnce: boolean; name?: string } {
  const streams = paths.filter((path) => path === STDIN || isPipe(path)).length;
  if (name === undefined) return { isOnce: streams > 0 };
  if (streams !== 1) {
    const found = streams === 0 ? 'there is none' : `there are ${streams}`;
    throw new UsageError(
      `--name is for one stream, and ${found}.`,
      'Name standard input or one pipe: … | p2p-copy send - --name dump.sql',
    );
  }
  if (name.includes('/') || unsendablePath(name.normalize('NFC')) !== null)
    throw new UsageError(`${quoted(name)} cannot be the name of a file.`, 'Choose another --name.');
  return { isOnce: true, name };
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false;
}

async function readMessage(stream: Readable, source: string, signal: AbortSignal): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of addAbortSignal(signal, stream)) {
      pieces.push(piece);
      bytes += piece.length;
      expectShort(bytes);
    }
  } catch (error) {
    if (signal.aborted) throw new TransferError('interrupted');
    throw sourceError(error, source);
  }
  if (bytes === 0)
    throw new UsageError(`${quoted(source)} is empty, which is no message.`, 'Give it some text.');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch {
    throw new UsageError(`${quoted(source)} is no text in UTF-8.`, 'Send it as a file.');
  }
}

function expectShort(bytes: number): void {
  if (bytes <= MAX_TEXT_BYTES) return;
  throw new UsageError('The text has more than 1 MiB.', 'Put it in a file and send that.');
}
