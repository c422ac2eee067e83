// What is printed where: on a terminal of 40 columns, into a log, with --quiet, with --copy.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, type RelayProcess, type RunOptions, run, startRelayProcess } from './cli-process.ts';
import { hasScript } from './has-script.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const BLOCKS = /[█▀▄]/;
const ESCAPE = '\u001b';

async function sending(args: readonly string[], { set, ...options }: RunOptions = {}) {
  const file = join(await scratchFolder(), 'a.txt');
  writeFileSync(file, 'content');
  return run(['send', file, ...args], { set: { P2P_COPY_RELAY: relay.url, ...set }, ...options });
}

/** A terminal of 40 columns. */
const narrow = (set: Record<string, string> = {}): RunOptions => ({
  terminal: true,
  within: ['sh', '-c', 'stty cols 40 rows 50; exec "$@"', 'sh'],
  set,
});

describe('into a log', () => {
  it('there is no QR code and no escape sequence, but the code; --qr draws it all the same', async () => {
    const plain = await sending([], { set: { NO_COLOR: '' } });
    await plain.says(/Waiting for the other side/);
    expect(plain.stderr).toMatch(/^Code: \S+\nLink: \S+\nValid until/);
    expect(plain.stderr).not.toMatch(BLOCKS);
    expect(plain.stderr).not.toContain(ESCAPE);
    const drawn = await sending(['--qr']);
    await drawn.says(/Waiting for the other side/);
    expect(drawn.stderr).toMatch(BLOCKS);
    expect(drawn.stderr).not.toContain(ESCAPE);
  });

  it('--copy sends no escape sequence, and says so', async () => {
    const sender = await sending(['--copy']);
    await sender.says(/There is no terminal whose clipboard could take the code/);
    expect(sender.stderr).not.toContain(ESCAPE);
  });

  it('--quiet tells only the code, and nothing of a transfer that goes well', async () => {
    const sender = await sending(['--quiet']);
    const out = await scratchFolder();
    const code = await codeOf(sender);
    const receiver = run(['receive', code, '--yes', '--quiet', '--out', out], {
      set: { P2P_COPY_RELAY: relay.url },
    });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
    expect(sender.stderr).toMatch(/^Code: \S+\nLink: \S+\n$/);
    expect([sender.stdout.length, receiver.stdout.length, receiver.stderr]).toEqual([0, 0, '']);
    expect(readFileSync(join(out, 'a.txt'), 'utf8')).toBe('content');
  });

  it('--quiet tells both what does not arrive', async () => {
    const folder = join(await scratchFolder(), 'd');
    mkdirSync(join(folder, '.git/hooks'), { recursive: true });
    for (const name of ['a.txt', '.git/hooks/pre-push', 'b.txt']) writeFileSync(join(folder, name), name);
    symlinkSync('/dev/null', join(folder, 'device'));
    const set = { P2P_COPY_RELAY: relay.url };
    const out = await scratchFolder();
    mkdirSync(join(out, 'd'));
    writeFileSync(join(out, 'd/b.txt'), 'here');
    const sender = run(['send', folder, '--quiet', '--skip-unsendable'], { set });
    const args = ['--yes', '--quiet', '--out', out, '--overwrite', 'skip'];
    const receiver = run(['receive', await codeOf(sender), ...args], { set });
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 4]);
    expect(sender.stderr).toContain('They leave out:\n  d/.git/hooks/pre-push\n  d/b.txt\n');
    expect(receiver.stderr).toContain('d/.git/hooks/pre-push');
    expect(receiver.stderr).toContain('Left out because already there: 1 file.');
    expect(receiver.stderr).toContain('The sender says that 1 file or folder could not be sent.');
  });

  it('--quiet keeps no error to itself', async () => {
    const receiver = run(['receive', '7-guitar-ocean', '--yes', '--quiet'], {
      set: { P2P_COPY_RELAY: relay.url },
    });
    expect(await receiver.exitCode).toBe(4);
    expect(receiver.stderr.split('\n').filter((line) => line !== '')).toHaveLength(2);
  });
});

describe.skipIf(!hasScript)('on a terminal of 40 columns (needs script(1))', () => {
  it('no line of words is longer, links and commands stay whole, and the QR code fits', async () => {
    const sender = await sending([], narrow());
    await sender.says(/Ctrl-C\s+stops/);
    const lines = sender.stdout.toString().split('\r\n');
    const tooLong = lines.filter((line) => line.length > 40 && /\S \S/.test(line.trim()));
    expect(tooLong.filter((line) => !/^ {2}(p2p-copy receive|curl) /.test(line))).toEqual([]);
    expect(lines.filter((line) => BLOCKS.test(line)).length).toBeGreaterThan(10);
    expect(sender.stdout.toString()).not.toContain(`${ESCAPE}[97`);
  });

  it('--no-qr draws none, and an empty NO_COLOR takes no colours', async () => {
    const none = await sending(['--no-qr'], narrow());
    await none.says(/Ctrl-C\s+stops/);
    expect(none.stdout.toString()).not.toMatch(BLOCKS);
    const colored = await sending([], narrow({ NO_COLOR: '', TERM: 'xterm' }));
    await colored.says(/Ctrl-C\s+stops/);
    expect(colored.stdout.toString()).toContain(`${ESCAPE}[97;40m`);
  });

  it('--copy hands the terminal the code and nothing else; without it nothing is copied', async () => {
    const sender = await sending(['--copy', '--code', '9-my own ünïcode'], narrow());
    await sender.says(/Ctrl-C\s+stops/);
    const written = sender.stdout.toString();
    const copied = written.split(`${ESCAPE}]52;`).slice(1);
    expect(copied).toHaveLength(1);
    const [, base64] = /^c;([A-Za-z0-9+/=]+)\u0007/.exec(copied[0]!)!;
    expect(Buffer.from(base64!, 'base64').toString()).toBe(/Code: (.*)\r\n/.exec(written)![1]);
    const plain = await sending([], narrow());
    await plain.says(/Ctrl-C\s+stops/);
    expect(plain.stdout.toString()).not.toContain(`${ESCAPE}]52;`);
  });
});
