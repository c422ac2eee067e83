// What a command among one's devices tells of their group beside its own task.
import { hexOf, type TransferError } from '@p2p-copy/core';
import type { OwnDevice } from '../../state/devices/device-file.ts';
import { quoted } from '../../wording/show-text.ts';
import type { ReportChoice } from '../runs/choose-report.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { shortKey } from './members.ts';

/** The rooms can't be entered at the moment. */
export function tellAway(why: TransferError, { json, quiet }: ReportChoice, terminal: Terminal): void {
  if (json) terminal.outputJson({ event: 'away', code: why.code });
  else if (!quiet) terminal.say('The relay cannot be reached at the moment. Trying on; Ctrl-C stops.');
}

/** The device with another list; null where nothing is open. */
export function forkOf({ group }: OwnDevice): { name: string; key: string } | null {
  if (group === null || group.fork === null) return null;
  const { signer } = group.fork.theirs;
  const key = hexOf(signer);
  return { name: group.nameOf(signer) ?? shortKey(key), key };
}

/** What a person has to decide; null where nothing is open. */
export function forkInWords(device: OwnDevice): string | null {
  const fork = forkOf(device);
  if (fork === null) return null;
  return `${quoted(fork.name)} has another list of your devices than this one: two changed it at once, or one of them isn't yours.\nNothing is taken over until you say which is right: p2p-copy devices settle mine, or theirs.`;
}

/** Tells of a fork once a command, also where only what does not arrive is told: it decides about what may be taken. */
export class ForkTeller {
  readonly #choice: ReportChoice;
  readonly #terminal: Terminal;
  #isTold = false;

  constructor(choice: ReportChoice, terminal: Terminal) {
    this.#choice = choice;
    this.#terminal = terminal;
  }

  tell(device: OwnDevice): void {
    const fork = forkOf(device);
    if (fork === null || this.#isTold) return;
    this.#isTold = true;
    if (this.#choice.json) this.#terminal.outputJson({ event: 'fork', ...fork });
    else this.#terminal.say(forkInWords(device)!);
  }
}
