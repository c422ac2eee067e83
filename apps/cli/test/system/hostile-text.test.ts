// Text that others chose, through every output of the command: sequences that a terminal obeys (CVE-2023-43620 of croc) and
// marks that turn a line around reach no screen and no JSON raw, and a message reaches a pipe unchanged.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { scratchFolder } from '../scratch.ts';
import {
  codeOf,
  finished,
  type RelayProcess,
  type RunOptions,
  run,
  startRelayProcess,
} from './cli-process.ts';

const HOSTILE = 'a\u001b]0;owned\u0007b\u009b31mc\u202egpj.exe\u2066d\u061ce\u2028f\u007fg';
/** All of C0 but line feed, tab and what a terminal itself adds; DEL, C1 and what the bidirectional algorithm obeys. */
const OBEYED =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\u001b(?!\[[0-9;]*[A-Za-z])|\u001b\]/u;
const JOINED = 'می\u200cخواهم 👨\u200d👩\u200d👧';

const hasScript = (() => {
  try {
    execFileSync('script', ['--version'], { stdio: 'ignore' });
    return process.platform === 'linux';
  } catch {
    return false;
  }
})();

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

async function received(sent: string[], args: string[], options: RunOptions = {}, input?: string) {
  const sender = run(['send', ...sent, '--relay', relay.url], input === undefined ? {} : { input });
  const receiver = run(['receive', await codeOf(sender), '--yes', '--relay', relay.url, ...args], options);
  expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
  return receiver.stdout.toString();
}

describe.each(['a message', 'a stream'])('%s', (what) => {
  const sent = what === 'a message' ? ['--text', HOSTILE + JOINED] : ['-'];
  const input = what === 'a message' ? undefined : HOSTILE + JOINED;

  it('goes into a pipe byte by byte with --stdout', async () => {
    expect(await received(sent, ['--stdout'], {}, input)).toBe(HOSTILE + JOINED);
  });

  it.skipIf(!hasScript)('cannot command the terminal with --stdout, and keeps its joiners', async () => {
    const screen = await received(sent, ['--stdout'], { terminal: true }, input);
    expect(screen).not.toMatch(OBEYED);
    expect(screen).toContain(
      'a\\u{1b}]0;owned\\u{7}b\\u{9b}31mc\\u{202e}gpj.exe\\u{2066}d\\u{61c}e\\u{2028}f\\u{7f}g',
    );
    expect(screen).toContain(JOINED);
  });
});

it('a message goes into a file byte by byte without --stdout too', async () => {
  expect(await received(['--text', JOINED], ['--out', await scratchFolder()])).toBe(JOINED);
});

it.skipIf(!hasScript)('a message cannot command the terminal without --stdout', async () => {
  const screen = await received(['--text', HOSTILE + JOINED], ['--out', await scratchFolder()], {
    terminal: true,
  });
  expect(screen).not.toMatch(OBEYED);
  expect(screen).toContain(JOINED);
});

it('a message in JSON holds nothing that is obeyed, and parses to the same', async () => {
  const lines = await received(['--text', HOSTILE], ['--json', '--out', await scratchFolder()]);
  expect(lines).not.toMatch(OBEYED);
  const events = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events).toContainEqual({ event: 'text', text: HOSTILE });
});

it.each(['send', 'receive'])(
  'the reason with which a relay closes cannot command the terminal of %s',
  async (side) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => void server.close());
    server.on('connection', (socket) => socket.on('message', () => socket.close(4999, HOSTILE)));
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const args = side === 'send' ? ['send', '--text', 'x'] : ['receive', '7-guitar-ocean', '--yes'];
    for (const more of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await finished(
        [...args, '--relay', url, '--reconnect-timeout', '0', ...more],
        {
          cwd: await scratchFolder(),
        },
      );
      expect(exitCode).toBe(side === 'send' ? 3 : 4);
      expect(stdout + stderr).not.toMatch(OBEYED);
    }
  },
);

it('names that a site states cannot command the terminal of verify-site', async () => {
  const page = `<!doctype html><script type="module" src="/${HOSTILE}.js"></script>`;
  const server = createServer((request, response) => {
    const body = request.url === '/version' ? JSON.stringify({ version: HOSTILE }) : page;
    response.end(
      request.url === '/integrity.json' ? JSON.stringify({ files: { [HOSTILE]: HOSTILE } }) : body,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  for (const more of [[], ['--json']]) {
    const { exitCode, stdout, stderr } = await finished(['verify-site', url, ...more]);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).not.toMatch(OBEYED);
  }
});

it('names in notes of unfinished transfers cannot command the terminal of resume', async () => {
  const state = await scratchFolder();
  mkdirSync(join(state, 'transfers'));
  for (const id of ['abcdef', 'ghijkl']) {
    const note = {
      version: 2,
      id,
      relay: relay.url,
      resume: 'A'.repeat(43),
      caFile: null,
      title: { names: [HOSTILE], moreNames: 0, files: 1, bytes: 1 },
      createdMs: Date.now(),
      updatedMs: Date.now(),
      role: 'receive',
      out: `/tmp/${HOSTILE}`,
      accepted: { entries: [], skip: [], renamed: [], replaces: [], compared: [], takesGrowth: false },
    };
    writeFileSync(join(state, 'transfers', `${id}.json`), JSON.stringify(note), { mode: 0o600 });
  }
  const listed = await finished(['resume'], { set: { P2P_COPY_STATE: state } });
  expect(listed.stdout).toContain('a\\u{1b}]0;owned');
  expect(listed.stdout + listed.stderr).not.toMatch(OBEYED);
  const inJson = await finished(['resume', '--json'], { set: { P2P_COPY_STATE: state } });
  expect(inJson.stdout + inJson.stderr).not.toMatch(OBEYED);
  expect(JSON.parse(inJson.stdout.split('\n')[0]!).names).toEqual([HOSTILE]);
});

it('what is typed wrong is not obeyed when it is quoted', async () => {
  for (const args of [
    [HOSTILE],
    ['send', `/nowhere/${HOSTILE}`],
    ['receive', HOSTILE],
    ['send', `--${HOSTILE}`],
  ]) {
    const { stdout, stderr } = await finished(args.map((arg) => arg.replaceAll('\0', '')));
    expect(stdout + stderr).not.toMatch(OBEYED);
  }
});
