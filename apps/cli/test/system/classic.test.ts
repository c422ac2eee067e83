// The Python tool's command line, over a real relay: what arrives, what is said, how it ends.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partName, type SourceEntry } from '@p2p-copy/core';
import { sendClassic as sendEntries } from '@p2p-copy/core/classic';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveClassic, sendClassic } from '../../src/index.ts';
import { createClassicPorts } from '../../src/library/classic/classic-ports.ts';
import { scratchFolder } from '../scratch.ts';
import { type CliProcess, finished, run } from './cli-process.ts';
import { listTree, makeTree } from './tree.ts';

let relay: CliProcess;
let server: string;
beforeAll(async () => {
  relay = run(['run-relay-server', '127.0.0.1', '0', '--no-tls']);
  server = (await relay.says(/Relay listening on (ws:\S+)/))[1]!;
});
afterAll(async () => {
  relay.kill('SIGTERM');
  await relay.exitCode;
});

const TREE = {
  'data/a.txt': 'a line of text\n'.repeat(100),
  'data/empty.bin': '',
  'data/sub/b.bin': Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) >> 3)),
  'data/sub/ünï cødé 🎈.txt': 'x'.repeat(5000),
  'data/two chunks and a byte': Buffer.alloc(2 * 1024 * 1024 + 1, 'abcdefg'),
};
/** Longer than anything that is kept between two processes. */
const LONG_BYTES = 3_000_000_000;

let nextCode = 0;
const freshCode = () => `a code ${process.pid} ${nextCode++}`;
const isSame = (a: string, b: string) => execFileSync('diff', ['-r', a, b]).length === 0;

describe.each([[[]], [['--encrypt']]])('a tree, with %j', (encrypt) => {
  it.each(['auto', 'on', 'off'])('and --compress %s', async (compress) => {
    const root = await scratchFolder();
    makeTree(root, TREE);
    const code = freshCode();
    const out = join(root, 'out');
    const receiver = run(['receive', server, code, '--out', out, ...encrypt]);
    const sender = await finished([
      'send',
      server,
      code,
      join(root, 'data'),
      '--compress',
      compress,
      ...encrypt,
    ]);
    expect([sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
    expect(isSame(join(root, 'data'), join(out, 'data'))).toBe(true);
    expect([sender.stdout, receiver.stdout.toString()]).toEqual(['', '']);
    // Honest about what nobody has said.
    expect(sender.stderr).toMatch(/Sent; the classic format has no confirmation: 5 files, 2\.2 MB\.\n$/);
    expect(sender.stderr).not.toContain('Done');
    expect(receiver.stderr).toContain('Done: 5 files, 2.2 MB, received and verified in');
    for (const said of [sender.stderr, receiver.stderr]) {
      expect(said.match(/Version 2 is stronger/g)).toHaveLength(1);
      expect(said).toContain(`--relay ${server.replace('ws', 'http')}`);
    }
  });
});

it('replaces what is there, as the Python tool does, unless told otherwise', async () => {
  const root = await scratchFolder();
  makeTree(root, { a: 'new', 'out/a': 'old and longer', 'kept/a': 'old' });
  const code = freshCode();
  const receiver = run(['receive', server, code, '--out', join(root, 'out')]);
  await finished(['send', server, code, join(root, 'a')]);
  await receiver.exitCode;
  expect(readFileSync(join(root, 'out/a'), 'utf8')).toBe('new');

  const keeping = run(['receive', server, code, '--out', join(root, 'kept'), '--overwrite', 'rename']);
  await finished(['send', server, code, join(root, 'a')]);
  await keeping.exitCode;
  expect(readFileSync(join(root, 'kept/a'), 'utf8')).toBe('old');
  expect(listTree(join(root, 'kept'))).toEqual(['a', 'a (1)']);
});

describe('--resume', () => {
  async function resume(root: string, more: string[] = []): Promise<void> {
    const code = freshCode();
    const receiver = run(['receive', server, code, '--out', join(root, 'out'), '--continue', ...more]);
    const sender = run(['send', server, code, join(root, 'data'), '--resume', ...more]);
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([0, 0]);
    expect(isSame(join(root, 'data'), join(root, 'out/data'))).toBe(true);
  }

  it.each([[[]], [['--encrypt']]])('continues, repairs and leaves alone, with %j', async (more) => {
    const root = await scratchFolder();
    const long = Buffer.alloc(3 * 1024 * 1024 + 5, 'never gonna');
    makeTree(root, {
      ...TREE,
      'data/long': long,
      'data/corrupt': long,
      'out/data/a.txt': TREE['data/a.txt'],
      // The Python tool leaves halves under their final names.
      'out/data/long': long.subarray(0, 2_000_000),
      'out/data/corrupt': Buffer.alloc(1_000_000, 'x'),
      [`out/data/sub/${partName('b.bin')}`]: TREE['data/sub/b.bin'].subarray(0, 30_000),
    });
    const before = statSync(join(root, 'out/data/a.txt'));
    await resume(root, more);
    // What was complete was not touched.
    expect(statSync(join(root, 'out/data/a.txt'))).toMatchObject({
      ino: before.ino,
      mtimeMs: before.mtimeMs,
    });
    expect(listTree(join(root, 'out')).filter((path) => path.endsWith('.p2p.part'))).toEqual([]);
  });

  it('continues after a receiver was killed, and names a part that was complete', async () => {
    const root = await scratchFolder();
    makeTree(root, {
      'data/done': 'all of it',
      [`out/data/${partName('done')}`]: 'all of it',
      'data/long': '',
    });
    truncateSync(join(root, 'data/long'), LONG_BYTES);
    const code = freshCode();
    const part = join(root, 'out/data', partName('long'));
    const receiver = run(['receive', server, code, '--out', join(root, 'out')]);
    const sender = run(['send', server, code, join(root, 'data'), '--compress', 'off', '--resume']);
    await receiver.until(
      () => (existsSync(part) && statSync(part).size > 10_000_000 ? true : null),
      'a part',
    );
    receiver.kill('SIGKILL');
    expect(await sender.exitCode).toBe(3);
    expect(sender.stderr).toContain('The other side left before everything had been sent to it.');
    expect(existsSync(join(root, 'out/data/long'))).toBe(false);
    // A shorter file with the same beginning, so that the test ends soon.
    truncateSync(join(root, 'data/long'), statSync(part).size + 1000);
    await resume(root);
  });

  it.each([
    ['nothing without --continue', [], '"entries":[]'],
    ['what lies there with it', ['--continue'], '"chain_hex"'],
  ])('is told %s', async (_what, more, told) => {
    const root = await scratchFolder();
    const secret = 'the private file of somebody: 271828\n';
    makeTree(root, { 'out/secret.txt': secret, [`out/${partName('half.txt')}`]: secret });
    const code = freshCode();
    const receiver = run(['receive', server, code, '--out', join(root, 'out'), ...more]);
    const heard: string[] = [];
    const guess = contentEntry('secret.txt', Buffer.from(secret));
    await offerClassic(code, [guess, { ...guess, path: 'half.txt' }], {
      resume: true,
      hear: (text) => heard.push(text),
    });
    expect(await receiver.exitCode).toBe(0);
    expect(heard.filter((text) => text.includes('receiver_manifest'))).toEqual([
      expect.stringContaining(told),
    ]);
  });

  it('sends empty files, which the Python tool forgets', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'data/empty': '' });
    await resume(root);
    expect(listTree(root)).toContain('out/data/empty');
  });
});

describe('an end that is lost', () => {
  async function startLong() {
    const root = await scratchFolder();
    writeFileSync(join(root, 'long'), '');
    truncateSync(join(root, 'long'), LONG_BYTES);
    const code = freshCode();
    const out = join(root, 'out');
    const receiver = run(['receive', server, code, '--out', out]);
    const sender = run(['send', server, code, join(root, 'long'), '--compress', 'off']);
    const part = join(out, partName('long'));
    await receiver.until(() => (existsSync(part) && statSync(part).size > 5_000_000 ? true : null), 'a part');
    return { out, sender, receiver };
  }

  it.each(['SIGKILL', 'SIGINT'] as const)(
    'the sender by %s fails the receiver, who keeps the part',
    async (signal) => {
      const { out, sender, receiver } = await startLong();
      sender.kill(signal);
      expect(await receiver.exitCode).toBe(4);
      expect(receiver.stderr).toContain('The connection to the other side was lost.');
      expect(listTree(out)).toEqual([partName('long')]);
      expect(await sender.exitCode).toBe(signal === 'SIGINT' ? 130 : -1);
    },
  );

  it('the receiver by Ctrl-C fails the sender', async () => {
    const { out, sender, receiver } = await startLong();
    receiver.kill('SIGINT');
    expect(await sender.exitCode).toBe(3);
    expect(await receiver.exitCode).toBe(130);
    expect(listTree(out)).toEqual([partName('long')]);
  });
});

describe('a wrong call', () => {
  it.each([
    [['send', 'ws://h'], 'After the relay a code and at least one file are needed.'],
    [['send', 'ws://h', 'code'], 'After the relay a code and at least one file are needed.'],
    [['send', 'ws://h', 'code', 'f', '--words', '3'], "--words can't be used"],
    [['send', 'ws://h', 'code', 'f', '--compress', 'maybe'], 'auto, on, off'],
    [['send', 'f', '--encrypt'], 'always encrypted'],
    [['send', 'f', '--resume'], '--resume belongs to'],
    [['receive', 'ws://h'], 'After the relay exactly one code is needed.'],
    [['receive', 'ws://h', 'a', 'b'], 'After the relay exactly one code is needed.'],
    [['receive', 'ws://h', 'a', '--stdout'], "--stdout can't be used"],
    [['receive', 'wss://h', 'a', '--overwrite', 'ask'], 'Choose --overwrite skip, rename or always.'],
  ])('%j ends with 2', async (args, words) => {
    const result = await finished(args);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(words);
  });
});

describe('what fails before anything is sent', () => {
  it('no file, a missing one, no relay', async () => {
    const root = await scratchFolder();
    makeTree(root, { 'folder/': '', f: '' });
    const empty = await finished(['send', server, 'code', join(root, 'folder')]);
    expect(empty).toMatchObject({ exitCode: 3 });
    expect(empty.stderr).toContain('There is no file to send');
    expect(await finished(['send', server, 'code', join(root, 'missing')])).toMatchObject({ exitCode: 3 });
    const nobody = await finished(['send', 'ws://127.0.0.1:1', 'code', join(root, 'f')]);
    expect(nobody).toMatchObject({ exitCode: 3 });
    expect(nobody.stderr).toContain('nothing listens there');
    expect(await finished(['receive', 'ws://127.0.0.1:1', 'code', '--out', root])).toMatchObject({
      exitCode: 4,
    });
  });

  it('two senders under one code: both are told', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x' });
    const code = freshCode();
    const first = run(['send', server, code, join(root, 'f')]);
    const second = run(['send', server, code, join(root, 'f')]);
    expect([await first.exitCode, await second.exitCode]).toEqual([3, 3]);
    expect(first.stderr).toContain('Another one with the same role used this code');
  });

  it('one side encrypts and the other does not: they never meet', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x' });
    const code = freshCode();
    const sender = run(['send', server, code, join(root, 'f'), '--encrypt']);
    const receiver = run(['receive', server, code, '--out', join(root, 'out')]);
    await sender.says(/Waiting for the receiver/);
    await receiver.says(/Waiting for the sender/);
    for (const end of [sender, receiver]) end.kill('SIGINT');
    expect([await sender.exitCode, await receiver.exitCode]).toEqual([130, 130]);
  });
});

function contentEntry(path: string, content: Buffer): SourceEntry {
  return {
    kind: 'file',
    path,
    sizeBytes: content.length,
    modifiedMs: null,
    executable: false,
    open: async () => ({
      read: async (offset, into) => content.copy(into, 0, offset),
      isUnchanged: async () => true,
      close: async () => {},
    }),
  };
}

/** Sends entries that no scan of a disk gives. `hear` gets each text of the other end. */
async function offerClassic(
  code: string,
  entries: SourceEntry[],
  { resume = false, hear = (_text: string) => {} } = {},
): Promise<void> {
  const ports = await createClassicPorts({ encrypt: false, caFile: undefined });
  const dial: typeof ports.dial = async (...at) => {
    const socket = await ports.dial(...at);
    const receive = socket.receive.bind(socket);
    socket.receive = async () => {
      const event = await receive();
      if (event.kind === 'text') hear(event.text);
      return event;
    };
    return socket;
  };
  await sendEntries(
    { ...ports, dial },
    {
      relayUrl: server,
      code,
      encrypt: false,
      compress: 'off',
      resume,
      signal: new AbortController().signal,
      onEvent: () => {},
      entries: Promise.resolve(entries),
    },
  );
}

it('a hostile sender can not write outside the folder', async () => {
  const root = await scratchFolder();
  const code = freshCode();
  const receiver = run(['receive', server, code, '--out', join(root, 'out')]);
  // Our own sender, with a name that our scan would refuse.
  await expect(offerClassic(code, [contentEntry('../escaped', Buffer.from('owned'))])).rejects.toMatchObject({
    code: 'peer-gone',
  });
  expect(await receiver.exitCode).toBe(4);
  expect(receiver.stderr).toContain('The name “../escaped” is refused');
  expect(existsSync(join(root, 'escaped'))).toBe(false);
});

it('the library sends and receives, and says that nothing is confirmed', async () => {
  const root = await scratchFolder();
  makeTree(root, TREE);
  const code = freshCode();
  const [sent, received] = await Promise.all([
    sendClassic({ server, code, paths: [join(root, 'data')], encrypt: true }),
    receiveClassic({ server, code, out: join(root, 'out'), encrypt: true }),
  ]);
  expect(sent).toEqual({ files: 5, bytes: received.bytes, confirmed: false });
  expect(received).toMatchObject({
    files: 5,
    failed: [],
    renamed: [],
    skipped: [],
    folder: join(root, 'out'),
  });
  expect(isSame(join(root, 'data'), join(root, 'out/data'))).toBe(true);
});
