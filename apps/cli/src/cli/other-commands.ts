// All commands but those of the relay, which does without what they load.
import type { Command } from 'commander';
import { addReceiveCommand } from './commands/receive-command.ts';
import { addResumeCommand } from './commands/resume-command.ts';
import { addSendCommand } from './commands/send-command.ts';
import { addDevicesCommand } from './group-commands/devices-command.ts';
import { addPairCommand } from './group-commands/pair-command.ts';
import { addUnpairCommand } from './group-commands/unpair-command.ts';
import type { Context, Finish } from './terminal/context.ts';

export { addLoginCommands } from './access/login-command.ts';
export { addCompletionCommands } from './commands/completion-command.ts';
export { addVerifySiteCommand } from './commands/verify-site-command.ts';
export { addDoctorCommand } from './doctor/doctor-command.ts';

export function addTransferCommands(program: Command, context: Context, finish: Finish): void {
  addSendCommand(program, context, finish);
  addReceiveCommand(program, context, finish);
  addResumeCommand(program, context, finish);
}

export function addGroupCommands(program: Command, context: Context, finish: Finish): void {
  addPairCommand(program, context, finish);
  addDevicesCommand(program, context, finish);
  addUnpairCommand(program, context, finish);
}
