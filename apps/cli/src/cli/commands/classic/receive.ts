// `p2p-copy receive SERVER CODE`: the Python tool's form.

import { TransferTally } from '@p2p-copy/core';
import { receiveClassic } from '../../../library/classic/receive-classic.ts';
import type { OverwritePolicy, TransferEvent } from '../../../library/public-types.ts';
import { nodeClock } from '../../../node/time/clock.ts';
import { offerInWords } from '../../../wording/amounts.ts';
import { ReceiverReport } from '../../reports/receiver-report.ts';
import { JsonReport } from '../../reports/scripts/json-report.ts';
import { runTransfer } from '../../runs/run-transfer.ts';
import type { Context } from '../../terminal/context.ts';
import { EXIT, UsageError } from '../../terminal/exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { classicNotice, classicSteps, expectOnlyClassicOptions } from './form.ts';

interface Options {
  out?: string;
  encrypt?: boolean;
  continue?: boolean;
  json?: boolean;
  verify?: 'arrival' | 'disk';
  caFile?: string;
  maxSize?: number;
  only: string[];
  resume: boolean;
  allowRisky?: boolean;
  overwrite?: 'ask' | OverwritePolicy;
}

export async function runClassicReceive(
  [server = '', code = '', ...more]: string[],
  options: Options,
  { terminal, signal }: Context,
): Promise<number> {
  expectOnlyClassicOptions(
    {
      ...options,
      only: options.only.length > 0 || undefined,
      'no-resume': !options.resume,
      'max-size': options.maxSize,
    },
    ['relay', 'stdout', 'no-resume', 'verify', 'max-size', 'only', 'limitRate', 'quiet'],
    'receive',
  );
  if (code === '' || more.length > 0) {
    throw new UsageError(
      'After the relay exactly one code is needed.',
      'For example: p2p-copy receive wss://copy.example.org CODE --out DIR',
    );
  }
  if (options.overwrite === 'ask') {
    throw new UsageError(
      '--overwrite ask needs an answer while the other side already sends.',
      'Choose --overwrite skip, rename or always.',
    );
  }
  terminal.say(classicNotice('receive', server));
  const report = options.json ? new JsonReport(terminal) : new ClassicReceiverReport(terminal);
  let unasked = false;
  const tally = new TransferTally(nodeClock);
  const transfer = async () => {
    const result = await receiveClassic({
      server,
      code,
      encrypt: options.encrypt ?? false,
      ...(options.out !== undefined && { out: options.out }),
      ...(options.overwrite !== undefined && {
        overwrite: options.overwrite as OverwritePolicy,
      }),
      continue: options.continue ?? false,
      ...(options.allowRisky && { risky: 'accept' as const }),
      ...(options.caFile !== undefined && { caFile: options.caFile }),
      signal,
      onEvent(event) {
        tally.note(event);
        report.event(event);
      },
    });
    unasked = result.leftOut !== undefined;
    return result;
  };
  const exitCode = await runTransfer('receive', report, transfer, { steps: classicSteps('receive'), tally });
  return exitCode === EXIT.done && unasked ? EXIT.receiveFailed : exitCode;
}

class ClassicReceiverReport extends ReceiverReport {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    super(terminal);
    this.#terminal = terminal;
    terminal.say('Waiting for the sender; Ctrl-C stops.');
  }

  override event(event: TransferEvent): void {
    if (event.type === 'joined') this.#terminal.say('The sender is there.');
    else if (event.type === 'offer') this.#terminal.say(`Receiving ${offerInWords(event)}.`);
    else super.event(event);
  }
}
