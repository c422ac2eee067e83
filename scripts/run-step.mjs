// Runs the commands behind `npm start`, `npm test` and `npm run check`. A signal that ends us ends the command
// first, so that nothing goes on alone.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The checkout, with a separator at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** A command that failed; its output has been shown. */
export class StepFailed extends Error {}

/**
 * Runs a command with its output captured. Says `title` first; shows the output only when the command fails, and
 * then throws StepFailed.
 */
export async function runStep(title, command, options = {}) {
  process.stderr.write(`${title}…\n`);
  const { exitCode, output } = await runCaptured(command, options);
  if (exitCode === 0) return;
  process.stderr.write(`${output}\n${title}: failed (${command.join(' ')}, exit code ${exitCode})\n`);
  throw new StepFailed(title);
}

/** Runs a command with its output captured, both streams in one. */
export async function runCaptured(command, options = {}) {
  const chunks = [];
  const exitCode = await runCommand(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }, (child) => {
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
  });
  return { exitCode, output: Buffer.concat(chunks).toString() };
}

/** Runs a command on our terminal. */
export function runAttached(command, options = {}) {
  return runCommand(command, { ...options, stdio: 'inherit' });
}

/** `npm` as a command, the same one that runs us when there is one. */
export function npmCommand(...args) {
  const cli = process.env.npm_execpath ?? '';
  if (/npm-cli\.c?js$/.test(cli)) return [process.execPath, cli, ...args];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
}

/** A command that is a Node program of an installed package. */
export function nodeCommand(script, ...args) {
  return [process.execPath, `${ROOT}${script}`, ...args];
}

function runCommand([file, ...args], { env = {}, stdio }, onSpawn = () => {}) {
  // A command without our terminal leads a process group, so that a signal reaches all that it started: npm would
  // pass the signal to a shell and no further. One on our terminal must stay in our group, to read and to be stopped.
  const leadsGroup = stdio !== 'inherit' && process.platform !== 'win32';
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio,
      shell: file.endsWith('.cmd'),
      detached: leadsGroup,
    });
    let endedBy = null;
    const forward = (signal) => {
      endedBy = signal;
      // Ctrl-C has reached the whole group of the terminal already.
      if (signal === 'SIGINT' && !leadsGroup && process.stdin.isTTY) return;
      if (leadsGroup) process.kill(-child.pid, signal);
      else child.kill(signal);
    };
    const finish = (exitCode) => {
      for (const signal of FORWARDED) process.off(signal, forward);
      if (endedBy !== null) process.exit(128 + constants.signals[endedBy]);
      resolve(exitCode);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    onSpawn(child);
    child.on('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      finish(127);
    });
    child.on('close', (code, signal) => finish(code ?? 128 + constants.signals[signal]));
  });
}
