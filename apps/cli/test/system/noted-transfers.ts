// The notes of unfinished transfers in a state folder, and the end of the process that holds one.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CliProcess } from './cli-process.ts';
import { listTree } from './tree.ts';

export function notesIn(state: string): string[] {
  return listTree(join(state, 'transfers')).filter((name) => name.endsWith('.json'));
}

/** Kills the process that holds the note: under script(1) on a terminal that isn't the one that was started. */
export async function killHolder(end: CliProcess, state: string): Promise<void> {
  const folder = join(state, 'transfers');
  const [lock] = readdirSync(folder).filter((name) => name.endsWith('.lock'));
  const { pid } = JSON.parse(readFileSync(join(folder, lock!), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await end.exitCode;
}
