// Every way to fail: one sentence, what to do next, the exit code, and nothing under a final name.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { partName } from '@p2p-copy/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import {
  type CliProcess,
  codeOf,
  finished,
  type RelayProcess,
  run,
  startRelayProcess,
} from './cli-process.ts';
import { describeTree, listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

const set = () => ({ P2P_COPY_RELAY: relay.url });
/** More than a receiver writes before it makes bytes durable and says so. */
const MUCH = Buffer.alloc(40 * 1024 * 1024, 7);

async function listening(server: Server) {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port, close };
}

const MORE = 'more '.repeat(120_000);

/** A sender whose input never ends and a receiver that has some of it on disk. */
async function startEndlessTransfer() {
  const root = await scratchFolder();
  const sender = run(['send', '-', '--json', '--reconnect-timeout', '0'], { set: set() });
  const { code } = await sender.tells('code');
  sender.type(MUCH);
  const receiver = run(
    ['receive', code as string, '--yes', '--json', '--reconnect-timeout', '0', '--out', root],
    {
      set: set(),
    },
  );
  // What is written is confirmed by a later write at the latest, so the input must really not end.
  const more = setInterval(() => sender.type(MORE), 300);
  await sender
    .until(
      () => sender.events.find(({ event, bytes }) => event === 'progress' && (bytes as number) > 0) ?? null,
      'confirmed bytes',
    )
    .finally(() => clearInterval(more));
  return { root, sender, receiver };
}

describe('a code', () => {
  it('that nobody has is unknown', async () => {
    const root = await scratchFolder();
    const receiver = await finished(['receive', '999999-guitar-ocean', '--yes', '--out', join(root, 'out')], {
      set: set(),
    });
    expect(receiver).toMatchObject({ exitCode: 4, stdout: '' });
    expect(receiver.stderr).toMatch(/^There is no such code: .*\nCompare it with the sender’s screen/);
    expect(listTree(root)).toEqual([]);
  });

  it('that was used is unknown', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x' });
    const sender = run(['send', join(root, 'f')], { set: set() });
    const code = await codeOf(sender);
    const args = ['receive', code, '--yes', '--out', join(root, 'out')];
    expect((await finished(args, { set: set() })).exitCode).toBe(0);
    expect(await sender.exitCode).toBe(0);
    const again = await finished(args, { set: set() });
    expect(again).toMatchObject({ exitCode: 4 });
    expect(again.stderr).toContain('There is no such code');
  });

  it('with wrong words is burned on both sides, and the new one works', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x' });
    const sender = run(['send', join(root, 'f')], { set: set() });
    const code = await codeOf(sender);
    const wrong = code.replace(/-.*/, '-wrong-words');
    const receiver = await finished(['receive', wrong, '--yes', '--out', join(root, 'out')], { set: set() });
    expect(receiver.exitCode).toBe(4);
    expect(receiver.stderr).toMatch(/words of the code are wrong.*\nAsk the sender for the new code/s);
    await sender.says(/wrong words with this code, so it is void/);
    const newCode = (await sender.says(/void[\s\S]*^Code: (\S+)$/m))[1]!;
    expect(newCode).not.toBe(code);
    const right = await finished(['receive', newCode, '--yes', '--out', join(root, 'out')], { set: set() });
    expect([right.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(listTree(join(root, 'out'))).toEqual(['f']);
  });

  it.each(['guitar', '7', '7-', 'seven-guitar', '0-guitar'])('cannot be %j', async (code) => {
    const receiver = await finished(['receive', '--yes', '--', code], { set: set() });
    expect(receiver.exitCode).toBe(2);
    expect(receiver.stderr).toMatch(/^That is not a p2p-copy code\.\nA code is a number and words/);
  });

  it.each([
    ['7-guitar', 'That code has one word only; a code has two or more.'],
    ['Code: 7-gitar-ocean', '“gitar” is not a word of drawn codes. Did you mean 7-guitar-ocean?'],
    ['https://relay.example/', 'That link holds no code.'],
  ])('that is %j is refused without a terminal before the relay is asked', async (code, sentence) => {
    // Nothing listens there: a dial would end with 4.
    const receiver = await finished(['receive', '--yes', '--relay', 'http://127.0.0.1:9', '--', code]);
    expect(receiver.exitCode).toBe(2);
    expect(receiver.stderr).toContain(sentence);
  });

  it('is mended without a terminal, and one of one’s own is taken as it stands', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x' });
    for (const [chosen, given] of [
      ['4343-guitar-ocean', '<4343-GUIT–oce>.'],
      ['4344-gitar-ocaen', '4344-gitar-ocaen'],
      ['4345-guitar', '4345-guitar'],
    ] as const) {
      const sender = run(['send', '--code', chosen, join(root, 'f')], { set: set() });
      await codeOf(sender);
      const exactly = chosen === '4345-guitar' ? ['--as-typed'] : [];
      const out = join(root, chosen);
      const receiver = await finished(['receive', given, ...exactly, '--yes', '--out', out], { set: set() });
      expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    }
  });

  it('of one’s own cannot be one that is read as another', async () => {
    const sender = await finished(['send', '--code', '7-guit-ocean', '--text', 'x'], { set: set() });
    expect(sender.exitCode).toBe(2);
    expect(sender.stderr).toContain('A receiver would read that code as another one.');
  });

  it('of one’s own cannot be short', async () => {
    const sender = await finished(['send', '--code', '7-abc', '--text', 'x'], { set: set() });
    expect(sender.exitCode).toBe(2);
    expect(sender.stderr).toContain('at least 6 characters');
  });
});

describe('the relay', () => {
  it.each([
    ['send', 3],
    ['receive', 4],
  ])('is not there: %s', async (command, exitCode) => {
    const { port, close } = await listening(createServer());
    await close();
    const args = command === 'send' ? ['send', '--text', 'x'] : ['receive', '7-a-b', '--yes'];
    const ended = await finished([...args, '--relay', `http://127.0.0.1:${port}`, '--patience', '0']);
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toMatch(
      new RegExp(
        `^The relay at “127\\.0\\.0\\.1:${port}” cannot be reached: nothing listens there\\.\\nCheck`,
      ),
    );
  });

  it('is something else', async () => {
    const { port, close } = await listening(createServer((_request, response) => response.end('hello')));
    onTestFinished(close);
    const sender = await finished(['send', '--text', 'x', '--relay', `http://127.0.0.1:${port}`]);
    expect(sender.exitCode).toBe(3);
    expect(sender.stderr).toMatch(
      /is not a p2p-copy relay: it answered with HTTP status 200\.\nCheck the relay/,
    );
  });

  it('goes away while someone waits', async () => {
    const own = await startRelayProcess();
    const sender = run(['send', '--text', 'x', '--relay', own.url, '--patience', '0']);
    await codeOf(sender);
    await own.stop();
    expect(await sender.exitCode).toBe(3);
    expect(sender.stderr.split('\n').at(-3)).toMatch(/relay/i);
  });
});

describe('a file', () => {
  it('that is missing is named at once', async () => {
    const sender = await finished(['send', '/no/such/file'], { set: set() });
    expect(sender).toMatchObject({ exitCode: 3, stdout: '' });
    expect(sender.stderr).toBe(
      '“/no/such/file” cannot be read: it does not exist.\nCheck that it exists and that you may read it, then send again.\n',
    );
  });

  const isRoot = process.getuid?.() === 0;

  it('that may not be read is named', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'd/secret': '2' });
    chmodSync(root, 0o755);
    chmodSync(join(root, 'd/secret'), 0);
    // Root reads everything, so nobody asks.
    const sender = await finished(['send', join(root, 'd')], {
      set: set(),
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
    });
    expect(sender.exitCode, sender.stderr).toBe(3);
    expect(sender.stderr).toContain('“d/secret” cannot be sent: it cannot be read: permission is denied.');
  });

  it('whose name cannot be sent is refused, escaped', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'd/evil\u001b[2Jname': '1' });
    const sender = await finished(['send', join(root, 'd')], { set: set() });
    expect(sender.exitCode).toBe(3);
    expect(sender.stderr).not.toContain('\u001b');
    expect(sender.stderr).toMatch(
      /“d\/evil\\u\{1b\}\[2Jname” .* control character\.\nRename it, and send again\.\n$/,
    );
  });

  it('that changed after it was offered is sent as it is then', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'before' });
    const sender = run(['send', join(root, 'f')], { set: set() });
    const code = await codeOf(sender);
    writeFileSync(join(root, 'f'), 'after!');
    const receiver = await finished(['receive', code, '--yes', '--out', join(root, 'out')], { set: set() });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(readFileSync(join(root, 'out/f'), 'utf8')).toBe('after!');
  });

  it('that never stops changing fails, without keeping the others back, until it stops', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'd/a': 'a', 'd/b': 'before'.repeat(50_000), 'd/c': 'c' });
    const here = { ...set(), P2P_COPY_STATE: join(root, 'state of the sender') };
    const there = { ...set(), P2P_COPY_STATE: join(root, 'state of the receiver') };
    const sender = run(['send', join(root, 'd')], { set: here });
    const code = await codeOf(sender);
    // What only grows would be delivered as it was offered.
    const file = openSync(join(root, 'd/b'), 'r+');
    let writes = 0;
    const writing = setInterval(() => writeSync(file, String(writes++), 0), 1);
    onTestFinished(() => {
      clearInterval(writing);
      closeSync(file);
    });
    const receiver = await finished(['receive', code, '--yes', '--out', join(root, 'out')], { set: there });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
    clearInterval(writing);
    expect(sender.stderr).toMatch(/“d\/b” was not delivered: it changed/);
    expect(sender.stderr).toMatch(/not delivered\.\nWhen nothing writes to it, run the same command/);
    expect(receiver.stderr).toMatch(/not delivered\.\nAsk the sender to send it again.*p2p-copy resume/);
    // What came of it is kept, so that only what differs is sent the next time.
    expect(listTree(join(root, 'out'))).toEqual(['d', 'd/a', 'd/b.p2p.part', 'd/c']);

    const resumed = run(['resume'], { set: here });
    const resumedThere = await finished(['resume'], { set: there });
    expect([resumedThere.exitCode, await resumed.exitCode], resumedThere.stderr).toEqual([0, 0]);
    expect(describeTree(join(root, 'out/d'))).toEqual(describeTree(join(root, 'd')));
    expect(resumedThere.stderr).toContain('Done: 3 files');
  });

  it('that became another and longer one after it was accepted is asked about again, until somebody takes it', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'd/a': 'a', 'd/b': 'before' });
    const here = { ...set(), P2P_COPY_STATE: join(root, 'state of the sender') };
    const there = { ...set(), P2P_COPY_STATE: join(root, 'state of the receiver') };
    const sender = run(['send', join(root, 'd')], { set: here });
    const receiver = run(['receive', await codeOf(sender), '--out', join(root, 'out')], {
      set: there,
      terminal: true,
    });
    await receiver.says(/Accept .*\? \[y\/N/);
    writeFileSync(join(root, 'd/b'), 'another one, now');
    receiver.type('y\r');
    const answer = async (asked: CliProcess, word: string) => {
      await asked.says(/“d\/b”: 16 bytes; accepted were 6 bytes/);
      await asked.says(/Take them as they are now\? \[y\/N\]/);
      asked.type(`${word}\r`);
    };
    await answer(receiver, 'n');
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
    await receiver.says(/on a terminal you are asked about what has grown\./);

    const resume = async (word: string | null) => {
      const resumed = run(['resume'], { set: here });
      const resumedThere = run(['resume', '1'], { set: there, terminal: word !== null });
      if (word !== null) await answer(resumedThere, word);
      return [await resumedThere.exitCode, await resumed.exitCode];
    };
    expect(await resume(null)).toEqual([4, 3]);
    expect(await resume('n')).toEqual([4, 3]);
    expect(listTree(join(root, 'out'))).toEqual(['d', 'd/a']);
    expect(await resume('y')).toEqual([0, 0]);
    expect(readFileSync(join(root, 'out/d/b'), 'utf8')).toBe('another one, now');
  });
});

describe('the output folder', () => {
  it('that is a file is said before the code is used', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x', out: 'a file' });
    const sender = run(['send', join(root, 'f')], { set: set() });
    const code = await codeOf(sender);
    const receiver = await finished(['receive', code, '--yes', '--out', join(root, 'out')], { set: set() });
    expect(receiver.exitCode).toBe(4);
    expect(receiver.stderr).toContain('/out” is not a folder.');
    expect(
      (await finished(['receive', code, '--yes', '--out', join(root, 'ok')], { set: set() })).exitCode,
    ).toBe(0);
  });

  const canMount = process.getuid?.() === 0 && process.platform === 'linux';

  it.skipIf(!canMount)(
    'without enough space declines, and says how much is missing (needs root)',
    async () => {
      const root = await scratchFolder();
      const disk = join(root, 'disk');
      mkdirSync(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
      try {
        writeFileSync(join(root, 'big'), new Uint8Array(3_000_000).fill(1));
        const sender = run(['send', join(root, 'big')], { set: set() });
        const receiver = await finished(['receive', await codeOf(sender), '--yes', '--out', disk], {
          set: set(),
        });
        expect([receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
        expect(receiver.stderr).toContain(
          '3.0 MB are needed, 1.0 MB are free, 2.0 MB are missing.\nMake room',
        );
        expect(sender.stderr).toMatch(
          /not enough space on the receiving device.*\nAsk the receiver to make room/,
        );
        expect(listTree(disk)).toEqual([]);
      } finally {
        execFileSync('umount', [disk]);
      }
    },
  );

  it.skipIf(!canMount)('that fills up ends both sides, and leaves no final file (needs root)', async () => {
    const root = await scratchFolder();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', root]);
    try {
      // A stream has no size to check beforehand.
      const sender = run(['send', '-'], { set: set(), input: new Uint8Array(5_000_000).fill(1) });
      const code = await codeOf(sender);
      const receiver = await finished(['receive', code, '--yes', '--reconnect-timeout', '0', '--out', root], {
        set: set(),
      });
      expect([receiver.exitCode, await sender.exitCode]).toEqual([4, 3]);
      expect(receiver.stderr).toContain(
        'More came of unknown size than was free when it was accepted.\nMake room',
      );
      expect(sender.stderr).toContain('not enough space on the receiving device');
      expect(existsSync(join(root, 'stdin'))).toBe(false);
    } finally {
      execFileSync('umount', [root]);
    }
  });

  it('with a folder where a file goes is left alone', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x', 'out/f/inner': 'precious' });
    const sender = run(['send', join(root, 'f')], { set: set() });
    const args = [
      'receive',
      await codeOf(sender),
      '--yes',
      '--overwrite',
      'always',
      '--out',
      join(root, 'out'),
    ];
    const receiver = await finished(args, { set: set() });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(receiver.stderr).toContain('“f” was already there; what came is saved as “f (1)”.');
    expect(listTree(join(root, 'out'))).toEqual(['f', 'f (1)', 'f/inner']);
  });
});

describe('Ctrl-C', () => {
  it('ends a waiting sender', async () => {
    const sender = run(['send', '--text', 'x'], { set: set() });
    await codeOf(sender);
    sender.kill('SIGINT');
    expect(await sender.exitCode).toBe(130);
    expect(sender.stderr).toMatch(
      /\nInterrupted\.\nNothing was sent\. Run the same command to start again\.\n$/,
    );
  });

  it('at the sender tells the receiver, who keeps the part', async () => {
    const { root, sender, receiver } = await startEndlessTransfer();
    sender.kill('SIGINT');
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([130, 4]);
    expect(receiver.events.at(-1)).toMatchObject({ event: 'error', code: 'discarded' });
    expect(listTree(root)).toEqual([partName('stdin')]);
    expect(statSync(join(root, partName('stdin'))).size).toBeGreaterThan(0);
  });

  it('at the receiver tells the sender, and keeps the part', async () => {
    const { root, sender, receiver } = await startEndlessTransfer();
    receiver.kill('SIGINT');
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([3, 130]);
    expect(sender.events.at(-1)).toMatchObject({ event: 'error', code: 'discarded' });
    expect(listTree(root)).toEqual([partName('stdin')]);
  });

  it('works while input is awaited, a second time at once', async () => {
    const { sender } = await startEndlessTransfer();
    sender.kill('SIGINT');
    sender.kill('SIGINT');
    expect(await sender.exitCode).toBe(130);
  });
});

describe('the other side', () => {
  it.each([
    ['sender', 4],
    ['receiver', 3],
  ] as const)('dies: %s', async (who, exitCode) => {
    const { root, sender, receiver } = await startEndlessTransfer();
    const [victim, survivor] = who === 'sender' ? [sender, receiver] : [receiver, sender];
    victim.kill('SIGKILL');
    expect(await survivor.exitCode).toBe(exitCode);
    expect(survivor.events.at(-1)).toMatchObject({ event: 'error', code: 'peer-gone' });
    expect(listTree(root)).toEqual([partName('stdin')]);
  });
});

describe('a wrong call', () => {
  it.each([
    [['send'], 'There is nothing to send.'],
    [['send', '--text', ''], 'The text is empty.'],
    [['send', '--words', '0', 'x'], 'whole number from 1 to 12'],
    [['send', '--words', '13', 'x'], 'whole number from 1 to 12'],
    [['send', '--words', '2.5', 'x'], 'whole number from 1 to 12'],
    [['send', '--words', '3', '--code', 'guitar-ocean', 'x'], '--words is for a code drawn at random'],
    [['send', '--compress', 'max', 'x'], 'Allowed choices are auto, on, off.'],
    [['send', '--relay', 'ftp://x', 'x'], 'It must be an address such as'],
    [['send', '--colour', 'x'], "Unknown option '--colour'"],
    [['receive'], 'No code is given'],
    [['receive', '7-guitar-ocean'], 'Add --yes'],
    [['receive', '7-guitar-ocean', '--yes', '--overwrite', 'ask'], 'Choose --overwrite skip'],
    [['receive', '7-guitar-ocean', '--yes', '--overwrite', 'maybe'], 'Allowed choices are ask, skip'],
    [['receive', '7-guitar-ocean', '--yes', '--stdout', '--out', 'x'], '--stdout and --out'],
    [['receive', '7-guitar-ocean', '--yes', '--stdout', '--json'], '--stdout and --json'],
    [['receive', 'a', 'b', '--yes'], 'That is not a p2p-copy code.'],
    [['relay', '--port', '65536'], 'whole number from 0 to 65535'],
    [['teleport'], "Unknown command 'teleport'"],
    [[], 'Usage: p2p-copy'],
  ])('%j', async (args, sentence) => {
    const ended = await finished(args, { set: set() });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(sentence);
  });

  it('with a relay in the environment that is none', async () => {
    const ended = await finished(['send', '--text', 'x'], { set: { P2P_COPY_RELAY: 'nonsense://x' } });
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toContain('P2P_COPY_RELAY is “nonsense://x”');
  });
});
