// What arrives is what was sent: real processes, a real relay, bytes compared.
import type { StdioOptions } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, type RelayProcess, run, startRelayProcess } from './cli-process.ts';
import { describeTree, listTree, makeTree } from './tree.ts';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

/** Sends and receives; both must succeed. */
async function transfer(sent: string[], received: string[], input?: Uint8Array) {
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', ...sent], { set, ...(input !== undefined && { input }) });
  const receiver = run(['receive', await codeOf(sender), '--yes', ...received], { set });
  const exitCodes = [await receiver.exitCode, await sender.exitCode];
  expect(exitCodes, `${sender.stderr}\n${receiver.stderr}`).toEqual([0, 0]);
  return { sender, receiver };
}

it('delivers a folder with everything in it', async () => {
  const root = await scratchFolder();
  makeTree(join(root, 'tree'), {
    'a.txt': 'a',
    zero: '',
    'empty/': '',
    'deep/er/and/deeper/file.bin': randomBytes(700_000),
    'run.sh': '#!/bin/sh\necho hi\n',
    'compressible.log': 'the same line again and again\n'.repeat(50_000),
    'Ünïcödé/日本語/🎸.txt': 'music',
    'it\'s $HOME `x` "quoted" & more; #1 100%': 'shell',
    ' leading and trailing ': 'blanks',
    '-rf': 'an option?',
    'a\\b': 'backslash',
    'semi:colon*star?': 'not on Windows',
    ['long'.repeat(63)]: 'long name',
    'exactly-a-chunk': randomBytes(262_144),
    'a-chunk-and-one': randomBytes(262_145),
  });
  const out = join(root, 'out');
  const { sender, receiver } = await transfer([join(root, 'tree')], ['--out', out]);
  expect(describeTree(join(out, 'tree'))).toEqual(describeTree(join(root, 'tree')));
  expect(listTree(out).filter((name) => name.endsWith('.part'))).toEqual([]);
  expect([sender.stdout.length, receiver.stdout.length]).toEqual([0, 0]);
  expect(sender.stderr).toMatch(/^Done: 14 files, .* received and verified\.$/m);
  expect(receiver.stderr).toContain(`Done: 14 files`);
  const verifier = /^Verifier: (\S+ \S+ \S+ \S+) /m;
  expect(verifier.exec(sender.stderr)?.[1]).toBe(verifier.exec(receiver.stderr)?.[1]);
});

it.each([0, 1, 262_143, 262_144, 262_145, 5_000_000])('delivers one file of %d bytes', async (size) => {
  const root = await scratchFolder();
  const content = randomBytes(size);
  writeFileSync(join(root, 'f.bin'), content);
  await transfer([join(root, 'f.bin')], ['--out', join(root, 'out')]);
  expect(readFileSync(join(root, 'out/f.bin')).equals(content)).toBe(true);
});

it('delivers several arguments at once, and an empty folder', async () => {
  const root = await scratchFolder();
  makeTree(root, { 'one.txt': '1', 'two/': '', 'three/f': '3' });
  const out = join(root, 'out');
  await transfer([join(root, 'one.txt'), join(root, 'two'), `${join(root, 'three')}/`], ['--out', out]);
  expect(listTree(out)).toEqual(['one.txt', 'three', 'three/f', 'two']);
});

it('delivers 2,000 small files', async () => {
  const root = await scratchFolder();
  mkdirSync(join(root, 'many'));
  for (let i = 0; i < 2000; i += 1) writeFileSync(join(root, 'many', `f${i}`), `content ${i}`.repeat(i % 50));
  await transfer([join(root, 'many')], ['--out', join(root, 'out')]);
  expect(describeTree(join(root, 'out/many'))).toEqual(describeTree(join(root, 'many')));
});

it.each(['auto', 'on', 'off'])('delivers with --compress %s', async (mode) => {
  const root = await scratchFolder();
  makeTree(join(root, 'd'), {
    text: 'all work and no play\n'.repeat(100_000),
    noise: randomBytes(1_000_000),
  });
  await transfer(['--compress', mode, join(root, 'd')], ['--out', join(root, 'out')]);
  expect(describeTree(join(root, 'out/d'))).toEqual(describeTree(join(root, 'd')));
});

describe('standard input', () => {
  it.each([0, 1, 262_144, 3_000_001])('of %d bytes goes to standard output', async (size) => {
    const content = randomBytes(size);
    const { receiver } = await transfer(['-'], ['--stdout'], content);
    expect(receiver.stdout.equals(content)).toBe(true);
  });

  it('becomes a file called stdin', async () => {
    const root = await scratchFolder();
    await transfer(['-'], ['--out', root], Buffer.from('piped'));
    expect(readFileSync(join(root, 'stdin'), 'utf8')).toBe('piped');
  });
});

describe('a message', () => {
  const text = 'see you at eight\n\ttabbed \u001b[31mred\u001b[0m \u202eevil ü';

  it('goes into a pipe byte by byte, and leaves nothing in the folder', async () => {
    const root = await scratchFolder();
    const { receiver } = await transfer(['--text', text], ['--out', join(root, 'out')]);
    expect(receiver.stdout.toString()).toBe(text);
    expect(listTree(root)).toEqual([]);
  });

  it('goes to standard output as it is', async () => {
    const { receiver } = await transfer(['--text', text], ['--stdout']);
    expect(receiver.stdout.toString()).toBe(text);
  });

  it('is a JSON line', async () => {
    const { receiver } = await transfer(['--text', text], ['--json']);
    expect(receiver.events).toContainEqual({ event: 'text', text });
  });
});

describe('a file to standard output', () => {
  it('waits for a slow reader, and nobody holds what is on the way in memory', async () => {
    const content = randomBytes(150_000_000);
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', '-'], { set });
    const stdio: StdioOptions = ['pipe', 'pipe', 'pipe'];
    const receiver = run(['receive', await codeOf(sender), '--stdout', '--yes'], { set, stdio });
    const input = sender.child.stdin!;
    let takenBytes = 0;
    const feeding = (async () => {
      for (let at = 0; at < content.length; at += 1_000_000) {
        await new Promise((resolve) => input.write(content.subarray(at, at + 1_000_000), resolve));
        takenBytes = at + 1_000_000;
      }
      input.end();
    })();
    // Nobody reads at the far end: after a while nothing more goes in at this one.
    await sender.says(/^Accepted/m);
    for (let stillForMs = 0, last = -1; stillForMs < 2000; stillForMs += 100) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (takenBytes !== last) stillForMs = 0;
      last = takenBytes;
    }
    expect(takenBytes).toBeGreaterThan(0);
    expect(takenBytes).toBeLessThan(80_000_000);
    for (const { child } of [sender, receiver]) expect(residentBytes(child.pid!)).toBeLessThan(250_000_000);
    const pieces: Buffer[] = [];
    for await (const piece of receiver.child.stdout!) pieces.push(piece);
    await feeding;
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  });

  it('refuses more than one', async () => {
    const root = await scratchFolder();
    makeTree(root, { a: '1', b: '2' });
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', join(root, 'a'), join(root, 'b')], { set });
    const receiver = await finished(['receive', await codeOf(sender), '--stdout', '--yes'], { set });
    expect(receiver).toMatchObject({ exitCode: 4, stdout: '' });
    expect(receiver.stderr).toContain('A stream takes one file or message, but 2 files came');
    expect(await sender.exitCode).toBe(3);
    expect(sender.stderr).toContain('declined');
  });

  it('ends when whoever reads it has gone', async () => {
    const root = await scratchFolder();
    writeFileSync(join(root, 'big'), randomBytes(20_000_000));
    const set = { P2P_COPY_RELAY: relay.url };
    const sender = run(['send', join(root, 'big')], { set });
    const receiver = run(['receive', await codeOf(sender), '--stdout', '--yes'], {
      set,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    receiver.child.stdout!.once('data', () => receiver.child.stdout!.destroy());
    expect(await receiver.exitCode).toBe(4);
    expect(receiver.stderr).toContain('whoever read it has stopped');
    expect(await sender.exitCode).toBe(3);
  });
});

describe('what is already there', () => {
  async function receiveOver(policy: string[]) {
    const root = await scratchFolder();
    makeTree(root, { 'src/f.txt': 'new', 'src/g.txt': 'g', 'out/src/f.txt': 'old' });
    const { receiver } = await transfer([join(root, 'src')], ['--out', join(root, 'out'), ...policy]);
    const read = (name: string) => readFileSync(join(root, 'out/src', name), 'utf8');
    return { receiver, read, names: listTree(join(root, 'out/src')) };
  }

  it('is kept, and what comes gets another name, unless told otherwise', async () => {
    const { receiver, read, names } = await receiveOver([]);
    expect(names).toEqual(['f (1).txt', 'f.txt', 'g.txt']);
    expect([read('f.txt'), read('f (1).txt')]).toEqual(['old', 'new']);
    expect(receiver.stderr).toContain(
      '“src/f.txt” was already there; what came is saved as “src/f (1).txt”.',
    );
  });

  it('is left out with --overwrite skip', async () => {
    const { receiver, read, names } = await receiveOver(['--overwrite', 'skip']);
    expect(names).toEqual(['f.txt', 'g.txt']);
    expect(read('f.txt')).toBe('old');
    expect(receiver.stderr).toContain('Left out because already there: 1 file.');
  });

  it('is replaced with --overwrite always', async () => {
    const { read, names } = await receiveOver(['--overwrite', 'always']);
    expect(names).toEqual(['f.txt', 'g.txt']);
    expect(read('f.txt')).toBe('new');
  });
});

it('tells programs what happens, one JSON object a line', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'f'), randomBytes(1_000_000));
  const set = { P2P_COPY_RELAY: relay.url };
  const sender = run(['send', '--json', join(root, 'f')], { set });
  const { code, url } = await sender.tells('code');
  expect(url).toBe(`${relay.url}/#${code}`);
  const receiver = run(['receive', code as string, '--json', '--yes', '--out', join(root, 'out')], { set });
  expect([await receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
  // A sender is told what the names of its own offer tell; a receiver is asked, or hears what was left out.
  const named = { risky: 0, hidden: 0, programs: 0 };
  for (const [{ events, stderr }, names, saved] of [
    [sender, named, {}],
    [receiver, {}, { folder: join(root, 'out') }],
  ] as const) {
    expect(stderr).toBe('');
    const words = expect.arrayContaining([expect.any(String)]);
    expect(events).toContainEqual({ event: 'verifier', words });
    expect(events).toContainEqual({ event: 'offer', files: 1, bytes: 1_000_000, ...names });
    expect(events.at(-2)).toEqual({ event: 'progress', bytes: 1_000_000, totalBytes: 1_000_000 });
    expect(events.at(-1)).toEqual({
      event: 'done',
      files: 1,
      bytes: 1_000_000,
      movedBytes: expect.any(Number),
      elapsedMs: expect.any(Number),
      ...saved,
    });
  }
});

it('takes codes and relays from the environment, links, and options', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'f'), 'x');
  const sender = run(['send', join(root, 'f'), '-r', relay.url], {
    set: { P2P_COPY_CODE: 'Correct Horse  battery' },
  });
  const code = await codeOf(sender);
  expect(code).toMatch(/^\d+-correct-horse-battery$/);
  const byLink = { P2P_COPY_CODE: `${relay.url}/#${code}`, P2P_COPY_RELAY: 'http://127.0.0.1:9' };
  const receiver = await finished(['receive', '--yes', '--out', root, '--overwrite', 'rename'], {
    set: byLink,
  });
  expect(receiver.exitCode, receiver.stderr).toBe(0);
  expect(await sender.exitCode).toBe(0);
  // What is offered is there already.
  expect(listTree(root)).toEqual(['f']);
  expect(receiver.stderr).toContain('Already there and equal: 1 file.');
});

it('draws as many words as it is told', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'f'), 'x');
  const { sender } = await transfer(['--words', '5', join(root, 'f')], ['--out', join(root, 'out')]);
  expect(await codeOf(sender)).toMatch(/^\d+(-[a-z]+){5}$/);
});

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

it('leaves the sender’s files as they were', async () => {
  const root = await scratchFolder();
  writeFileSync(join(root, 'f'), 'x');
  const before = statSync(join(root, 'f'));
  await transfer([join(root, 'f')], ['--out', join(root, 'out')]);
  expect(statSync(join(root, 'f'))).toMatchObject({ mtimeMs: before.mtimeMs, ino: before.ino, size: 1 });
});
