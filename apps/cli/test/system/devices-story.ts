// Devices as people have them: a state folder each, paired over a relay by the command.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startRelay } from '../../src/library/relay/start-relay.ts';
import { CliProcess, type RunOptions } from './cli-process.ts';

export interface TestDevice {
  name: string;
  folder: string;
  run(args: readonly string[], options?: RunOptions): CliProcess;
  /** Runs a command to its end. */
  ends(
    args: readonly string[],
    options?: RunOptions,
  ): Promise<{ exitCode: number; events: CliProcess['events']; stdout: string; stderr: string }>;
}

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'p2p-copy-devices-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export async function relayForTest(port = 0) {
  const relay = await startRelay({ host: '127.0.0.1', port, drainTimeoutMs: 0 });
  onTestFinished(() => relay.close());
  return relay;
}

export function testDevice(name: string): TestDevice {
  const folder = scratchFolder();
  const run = (args: readonly string[], { set, ...options }: RunOptions = {}) =>
    new CliProcess(args, { set: { P2P_COPY_STATE: folder, ...set }, cwd: folder, ...options });
  return {
    name,
    folder,
    run,
    async ends(args, options = {}) {
      const process = run(args, { input: '', ...options });
      const exitCode = await process.exitCode;
      const stdout = process.stdout.toString();
      const events = args.includes('--json') ? process.events : [];
      return { exitCode, events, stdout, stderr: process.stderr };
    },
  };
}

/** Pairs two devices; each script gives the words of the other one on standard input. @returns the words */
export async function pairDevices(shower: TestDevice, enterer: TestDevice, relay: string): Promise<unknown> {
  const common = ['--relay', relay, '--json'];
  const showing = shower.run(['pair', '--name', shower.name, ...common]);
  const { code } = await showing.tells('code');
  const entering = enterer.run(['pair', String(code), '--name', enterer.name, ...common]);
  const [shown, entered] = await Promise.all([showing.tells('words'), entering.tells('words')]);
  showing.type(`${(entered.words as string[]).join(' ')}\n`);
  entering.type(`${(shown.words as string[]).join(' ')}\n`);
  const exitCodes = await Promise.all([showing.exitCode, entering.exitCode]);
  if (exitCodes.some((exitCode) => exitCode !== 0))
    throw new Error(`${exitCodes}: ${showing.stderr} ${entering.stderr}`);
  return shown.words;
}

/** What is in the file of a device. */
export function kept({ folder }: TestDevice): { version: number; name: string; group: object | null } {
  return JSON.parse(readFileSync(join(folder, 'devices.json'), 'utf8'));
}
