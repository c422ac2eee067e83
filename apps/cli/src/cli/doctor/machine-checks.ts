// What `p2p-copy doctor` looks at on this machine. What it writes, it removes.
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freeBytesIn } from '../../node/disk/free-space.ts';
import { expectWritableFolder, nearestFolder } from '../../node/disk/output-folder.ts';
import { stateRootIfAny } from '../../node/disk/state-root.ts';
import { sizeInWords } from '../../wording/amounts.ts';
import { forShell } from '../../wording/for-shell.ts';
import { quoted } from '../../wording/show-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type Finding, ok } from './finding.ts';

/** What a transfer does there: write a file, and give it another name. */
async function writeIn(folder: string): Promise<void> {
  const file = join(folder, `.p2p-copy-doctor-${process.pid}`);
  try {
    await writeFile(file, 'p2p-copy doctor', { flag: 'wx' });
    await rename(file, `${file}.renamed`);
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.renamed`, { force: true });
  }
}

export async function checkOutput(out: string): Promise<Finding> {
  try {
    await expectWritableFolder(out);
    const folder = await nearestFolder(out);
    await writeIn(folder);
    const freeBytes = await freeBytesIn(folder);
    const free = freeBytes === null ? '' : `, with ${sizeInWords(freeBytes)} free`;
    return ok('output', `Files can be saved in ${quoted(out)}${free}.`);
  } catch (error) {
    const next = 'Choose another folder with --out, or make this one writable.';
    return { check: 'output', result: 'mend', sentence: reasonOf(error, out), next };
  }
}

export async function checkState(): Promise<Finding> {
  const folder = stateRootIfAny();
  if (folder === null) {
    const sentence = 'This user has no home folder, so no transfer can be resumed after a restart.';
    return {
      check: 'state',
      result: 'mend',
      sentence,
      next: 'Set P2P_COPY_STATE to a folder that this user may write to.',
    };
  }
  try {
    const nearest = await nearestFolder(folder);
    await writeIn(nearest);
    // One that isn't there yet is made for this user only.
    const mode = nearest === folder ? (await stat(folder)).mode : 0;
    if (process.platform !== 'win32' && (mode & 0o022) !== 0) {
      const sentence = `Others may write into ${quoted(folder)}, which keeps notes of transfers and access tokens.`;
      return { check: 'state', result: 'mend', sentence, next: `Run chmod 700 ${forShell(folder)}.` };
    }
    return ok('state', `Unfinished transfers are noted in ${quoted(folder)}.`);
  } catch (error) {
    const next =
      'Set P2P_COPY_STATE to a folder that this user may write to, or else nothing can be resumed.';
    return { check: 'state', result: 'mend', sentence: reasonOf(error, folder), next };
  }
}

export function checkTerminal(terminal: Terminal, environment: NodeJS.ProcessEnv): Finding {
  const { LC_ALL, LC_CTYPE, LANG } = environment;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  if (!terminal.isInteractive) {
    const sentence = 'There is no terminal, so nothing is asked: receive needs --yes and a code.';
    return { check: 'terminal', result: 'note', sentence };
  }
  if (process.platform !== 'win32' && !/utf-?8/i.test(locale)) {
    const sentence = `The locale is ${quoted(locale)}, not UTF-8: names and the QR code may look broken.`;
    const next = 'Set LANG to a UTF-8 locale, such as C.UTF-8.';
    return { check: 'terminal', result: 'mend', sentence, next };
  }
  return ok('terminal', 'The terminal can be asked, and shows UTF-8.');
}

function reasonOf(error: unknown, place: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && /^E[A-Z]+$/.test(code)
    ? `Nothing can be written in ${quoted(place)} (${code}).`
    : message;
}
