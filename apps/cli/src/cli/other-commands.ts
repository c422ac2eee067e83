// All commands but those of the relay, which does without what they load.
import type { Command } from 'commander';
import type { Context, Finish } from './context.ts';
import { addReceiveCommand } from './receive-command.ts';
import { addResumeCommand } from './resume-command.ts';
import { addSendCommand } from './send-command.ts';

export { addCompletionCommands } from './completion-command.ts';
export { addVerifySiteCommand } from './verify-site-command.ts';

export function addTransferCommands(program: Command, context: Context, finish: Finish): void {
  addSendCommand(program, context, finish);
  addReceiveCommand(program, context, finish);
  addResumeCommand(program, context, finish);
}
