// The programs in examples/, run as they stand, against each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { startRelay } from '../../apps/relay/src/index.ts';

const FOLDER = path.join(import.meta.dirname, '../../examples');
const MAX_LINES = 20;

function run(name: string, args: string[], relayUrl: string) {
  const child = spawn(process.execPath, [path.join(FOLDER, name), ...args], {
    env: { ...process.env, P2P_COPY_RELAY: relayUrl },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  const waiting: (() => void)[] = [];
  const note = (piece: Buffer) => {
    output += piece;
    for (const look of waiting.splice(0)) look();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode, output }));
  void ended.then(() => note(Buffer.alloc(0)));
  const says = async (pattern: RegExp) => {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) return found[1]!;
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}: ${output}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  return { ended, says };
}

async function relayUrl(): Promise<string> {
  const relay = await startRelay({ host: '127.0.0.1', port: 0, logLevel: 'silent' });
  onTestFinished(() => relay.close());
  return relay.url;
}

describe('the examples', () => {
  it('send and receive a file, and both say so', async () => {
    const url = await relayUrl();
    const folder = await scratchFolder();
    const file = path.join(folder, 'holiday.txt');
    writeFileSync(file, 'sand');
    const sender = run('send.mjs', [file], url);
    const out = path.join(folder, 'out');
    const receiver = run('receive.mjs', [await sender.says(/Code: (\S+)/), out], url);
    expect(await receiver.ended).toEqual({ exitCode: 0, output: `1 files in ${out}\n` });
    const { exitCode, output } = await sender.ended;
    expect([exitCode, output.split('\n').at(-2)]).toEqual([
      0,
      'Confirmed by the other side: 1 files, 4 bytes.',
    ]);
    expect(readFileSync(path.join(out, 'holiday.txt'), 'utf8')).toBe('sand');
  });

  it('say what to do when something fails', async () => {
    const url = await relayUrl();
    const { exitCode, output } = await run('receive.mjs', ['7-no-such-code'], url).ended;
    expect([exitCode, output]).toEqual([1, expect.stringMatching(/^\S.*\. \S.*\.\n$/)]);
    expect(await run('send.mjs', [], url).ended).toMatchObject({ exitCode: 1 });
  });

  it.each(readdirSync(FOLDER))('%s is short', (name) => {
    expect(readFileSync(path.join(FOLDER, name), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(
      MAX_LINES,
    );
  });
});
