// The questions about a code: which one, which is meant, and whether to go to the relay that its link names.
import {
  type Code,
  completeWord,
  formatCode,
  type LinkedRelay,
  nextStepOf,
  originOf,
  parseCode,
  readTypedCode,
  type SlippedCode,
  slipSentence,
  TransferError,
} from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { signalOrAnswer } from './ask-person.ts';

export interface GivenCode extends LinkedRelay {
  code: Code;
}

/**
 * Asks until one code is meant; Tab completes its words. What was given needs a question: it stands in the line, and stays
 * there after an answer that can't be used.
 */
export async function askCode(terminal: Terminal, signal: AbortSignal, given?: string): Promise<GivenCode> {
  let text = given ?? (await askLine(terminal, signal));
  for (;;) {
    if (text !== '') {
      const reading = readTypedCode(text);
      if (reading.kind === 'code') return reading;
      const code = await askWhichCode(terminal, signal, reading);
      if (code !== null) return { ...reading, code };
    }
    text = await askLine(terminal, signal, text);
  }
}

/**
 * `--as-typed`.
 * @throws TransferError `bad-code`
 */
export function givenExactly(text: string): GivenCode {
  const { site, fingerprint } = readTypedCode(text);
  return { code: parseCode(text), site, fingerprint };
}

/**
 * Asks whether to go to a relay that only the link names, where another one is set.
 * @throws UsageError after a no
 */
export async function settleRelay(
  terminal: Terminal,
  signal: AbortSignal,
  relay: string,
  site: string | null,
): Promise<void> {
  if (site === null) return;
  if (originOf(relay) !== originOf(site)) {
    terminal.say(
      `The link is of ${quoted(new URL(site).host)}. The code is tried at ${quoted(new URL(relay).host)}, as --relay says.`,
    );
    return;
  }
  const set = process.env.P2P_COPY_RELAY;
  if (!set || !URL.canParse(set) || originOf(set) === originOf(site)) return;
  terminal.say(
    `The link is of another relay, ${quoted(new URL(site).host)}; P2P_COPY_RELAY is ${quoted(new URL(set).host)}.`,
  );
  if (await askYes(terminal, signal, 'Connect to the relay of the link? [y/N] ')) return;
  throw new UsageError('Nothing was tried.', 'To try the code at another relay, name it with --relay.');
}

/** Words that the last part of the line may become. The first part is a number. */
export function completeCode(line: string): [string[], string] {
  const [, prefix = ''] = /[\s-]([^\s-]*)$/.exec(line) ?? [];
  return [completeWord(prefix), prefix];
}

async function askLine(terminal: Terminal, signal: AbortSignal, initial = ''): Promise<string> {
  const answer = await terminal.ask('Code: ', { completer: completeCode, initial, signal });
  signalOrAnswer(signal);
  if (answer === null) throw new UsageError('No code was given.', 'Type the code that the sender shows.');
  // A person who pastes a code behind the text that was left there means the code.
  const added = answer.startsWith(initial) ? answer.slice(initial.length) : '';
  const isAnother = readTypedCode(answer).kind === 'slip' && readTypedCode(added).kind === 'code';
  return isAnother ? added : answer;
}

/** Null: it is to be typed again. Only a clear answer chooses. */
async function askWhichCode(
  terminal: Terminal,
  signal: AbortSignal,
  reading: SlippedCode,
): Promise<Code | null> {
  const { suggestions, asTyped } = reading;
  terminal.say(sentenceOf(reading));
  if (suggestions.length === 0 && asTyped === null) return null;
  const typed = asTyped === null ? '' : quoted(formatCode(asTyped));
  if (suggestions.length === 0) {
    const question = `Has the sender chosen this code or its length: ${typed}? [y/N] `;
    return (await askYes(terminal, signal, question)) ? asTyped : null;
  }
  for (const [index, code] of suggestions.entries()) terminal.say(`  ${index + 1}  ${formatCode(code)}`);
  if (asTyped !== null) terminal.say(`  t  ${typed} as typed, if the sender chose it`);
  const numbers = suggestions.length === 1 ? '1' : `1-${suggestions.length}`;
  const choices = `[${numbers}${asTyped === null ? '' : ', t'}, Enter to type again]`;
  for (;;) {
    const answer = (await terminal.ask(`Did you mean one of these? ${choices} `, { signal }))?.toLowerCase();
    signalOrAnswer(signal);
    if (answer === undefined || ['', 'n', 'no'].includes(answer)) return null;
    if (answer === 't' && asTyped !== null) return asTyped;
    if (suggestions.length === 1 && ['y', 'yes'].includes(answer)) return suggestions[0]!;
    const chosen = /^[1-9]$/.test(answer) ? suggestions[Number(answer) - 1] : undefined;
    if (chosen !== undefined) return chosen;
  }
}

function sentenceOf({ slip, word }: SlippedCode): string {
  const sentence = slipSentence({ slip, word });
  const isBare = new TransferError('bad-code').message === sentence;
  return isBare ? `${sentence} ${nextStepOf('bad-code', 'receive')}` : sentence;
}

async function askYes(terminal: Terminal, signal: AbortSignal, question: string): Promise<boolean> {
  for (;;) {
    const answer = (await terminal.ask(question, { signal }))?.toLowerCase();
    signalOrAnswer(signal);
    if (answer === 'y' || answer === 'yes') return true;
    if (answer === undefined || ['', 'n', 'no'].includes(answer)) return false;
  }
}
