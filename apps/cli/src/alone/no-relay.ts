// In the one file that a relay serves: what takes the place of the commands that need more than it holds, and of edition.ts.
import type { Command } from 'commander';
import { UsageError } from '../cli/terminal/exit-codes.ts';

export const EDITION = 'one file, as a relay serves it: without relay, verify-site and native add-ons';

export function addRelayCommand(program: Command): Command {
  return absent(program, 'relay', 'Run a relay: not in this one file.');
}

export function addRunRelayServerCommand(program: Command): void {
  absent(program, 'run-relay-server', 'Run a relay: not in this one file.');
}

export function addRelayTokenCommand(): void {}

export function addVerifySiteCommand(program: Command): void {
  absent(program, 'verify-site', 'Compare a site with a release: not in this one file.');
}

function absent(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument('[anything...]')
    .allowUnknownOption()
    .action(() => {
      throw new UsageError(
        `This is p2p-copy as one file, without ${name}.`,
        'Install the whole package for that; the README of p2p-copy says how.',
      );
    });
}
