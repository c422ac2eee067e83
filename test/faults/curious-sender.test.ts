// A sender that was let in must not read what lies in the receiver's folder, nor deliver other things than were accepted:
// real receivers, with a sender that breaks every rule.
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { type RelayProcess, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { aheadBodies } from '../../packages/core/src/wire/ahead-record.ts';
import { parseKeepBody } from '../../packages/core/src/wire/keep-record.ts';
import { HostileSender, type Offered, readByDigests } from './hostile-sender.ts';

const CHUNK = 262_144;
const SECRET = 'the private file of somebody: 271828\n';

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

/** A folder with private files, and a receiver that was told a hostile sender's code. */
async function scene(files: Record<string, string | Uint8Array>, args: string[], terminal = false) {
  const root = await scratchFolder();
  const out = join(root, 'out');
  mkdirSync(out);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(out, name), content);
  const sender = await HostileSender.wait(relay.url);
  onTestFinished(() => sender.leave());
  const set = { P2P_COPY_STATE: join(root, 'state') };
  const receiver = run(['receive', sender.code, '--relay', relay.url, '--out', out, ...args], {
    set,
    terminal,
  });
  onTestFinished(async () => {
    receiver.kill('SIGKILL');
    await receiver.exitCode;
  });
  await sender.meet();
  return { out, set, sender, receiver };
}

function digests(...chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(chunks.map((chunk) => createHash('sha256').update(chunk).digest())));
}

/** Tells digests of a file from its first chunk on. */
function tell(sender: HostileSender, fileIndex: number, told: Uint8Array<ArrayBuffer>, firstChunk = 0): void {
  for (const body of aheadBodies([{ fileIndex, firstChunk, digests: told }])) sender.say('ahead', body);
}

/** Which of the next `count` told chunks the receiver keeps. */
async function kept(sender: HostileSender, count: number): Promise<boolean[]> {
  const answers: boolean[] = [];
  while (answers.length < count) {
    const record = await sender.hearsRecord('keep');
    if (record === null) throw new Error('the receiver left');
    for (const row of parseKeepBody(record.body))
      for (let i = 0; i < row.count; i += 1) answers.push(row.isKept);
  }
  return answers;
}

describe('a sender reads nothing of a private file', () => {
  const lengths = Array.from({ length: SECRET.length }, (_, i) => i + 1);
  /** Still to come, so that the transfer goes on. */
  const OTHER: Offered = { path: 'other.txt', size: 2 };

  /** Offers the file in all these sizes, each in another session; gives the number of sessions that were answered. */
  async function walkSizes(sender: HostileSender): Promise<number> {
    for (const [session, size] of lengths.entries()) {
      if (session > 0) await sender.comeBack();
      sender.offer([OTHER, { path: 'secret.txt', size }]);
      if ((await sender.hears('accept', 'decline')) === null) return session;
    }
    return lengths.length;
  }

  it.each([[[]], [['--continue']], [['--overwrite', 'always']], [['--continue', '--overwrite', 'always']]])(
    'that it offers in sizes 1, 2, 3 … to receive --yes %j (rsync CVE-2024-12086)',
    async (args) => {
      const { out, sender } = await scene({ 'secret.txt': SECRET }, ['--yes', ...args]);
      expect(await walkSizes(sender)).toBe(lengths.length);
      expect(readByDigests(sender.allHeard, lengths)).toHaveLength(0);
      expect(sender.heard.some(({ kind }) => kind === 'keep')).toBe(false);
      expect(sender.allHeard.includes('"compare"')).toBe(false);
      expect(readFileSync(join(out, 'secret.txt'), 'utf8')).toBe(SECRET);
    },
  );

  it.each([
    ['rename', 'r\r'],
    ['replace', 'y\r'],
  ])('whose name is taken, and that the person wants to %s', async (_what, answer) => {
    const { sender, receiver } = await scene({ 'secret.txt': SECRET }, [], true);
    sender.offer([{ path: 'secret.txt', size: SECRET.length }]);
    await receiver.says(/Accept .*\? \[y\/N/);
    receiver.type('y\r');
    await receiver.says(/Replace it\?/);
    receiver.type(answer);
    await sender.hears('accept');
    expect(readByDigests(sender.allHeard, lengths).toString()).toBe('');
    expect(sender.allHeard.includes('"compare"')).toBe(false);
  });

  it('of any size, unless the person consents', async () => {
    const secret = randomBytes(3 * CHUNK + 5);
    const { sender, receiver } = await scene({ big: secret }, ['--yes']);
    sender.offer([{ path: 'big', size: secret.length }]);
    await sender.hears('accept');
    expect(sender.allHeard.includes('"compare"')).toBe(false);
    // A digest that nobody asked for isn't answered either.
    tell(sender, 0, digests(secret.subarray(0, CHUNK)));
    expect(await sender.hears('abort')).toMatchObject({ code: 30 });
    expect(await receiver.exitCode).toBe(4);
    expect(sender.heard.some(({ kind }) => kind === 'keep')).toBe(false);
  });

  it('at a prompt where the person says no to comparing', async () => {
    const secret = randomBytes(3 * CHUNK);
    const { sender, receiver } = await scene({ big: secret }, [], true);
    sender.offer([{ path: 'big', size: secret.length }]);
    await receiver.says(/Accept .*\? \[y\/N/);
    receiver.type('y\r');
    await receiver.says(/One of these names is here: compare, and fetch only what differs\? \[Y\/n\]/);
    receiver.type('n\r');
    await receiver.says(/Replace it\?/);
    receiver.type('r\r');
    await sender.hears('accept');
    expect(sender.allHeard.includes('"compare"')).toBe(false);
  });
});

describe('a sender with consent to compare gets one answer about each chunk', () => {
  const [first, second] = [randomBytes(CHUNK), randomBytes(CHUNK)];
  const wrong = randomBytes(CHUNK);
  const secret = Buffer.concat([first, second]);

  /** Two names of one private file, offered, accepted and to be compared. */
  async function compared() {
    const { out, ...rest } = await scene({ a: secret }, ['--yes', '--continue', '--overwrite', 'always']);
    linkSync(join(out, 'a'), join(out, 'b'));
    const offered: Offered[] = [
      { path: 'a', size: secret.length },
      { path: 'b', size: secret.length },
    ];
    rest.sender.offer(offered);
    await rest.sender.hears('accept');
    expect(rest.sender.allHeard.toString()).toContain('{"type":"compare","files":[[0,2],[1,2]]}');
    return { out, offered, ...rest };
  }

  it('under whatever name', async () => {
    const { sender } = await compared();
    tell(sender, 0, digests(wrong, second));
    tell(sender, 1, digests(first, second));
    expect(await kept(sender, 4)).toEqual([false, true, false, true]);
  });

  it('in whatever session', async () => {
    const { sender, offered } = await compared();
    tell(sender, 0, digests(wrong, second));
    expect(await kept(sender, 2)).toEqual([false, true]);
    await sender.comeBack();
    sender.offer([...offered].reverse());
    await sender.hears('accept');
    tell(sender, 0, digests(first, second));
    expect(await kept(sender, 2)).toEqual([false, true]);
  });

  it('also when the receiver was killed and resumes', async () => {
    const { sender, receiver, set, offered } = await compared();
    tell(sender, 0, digests(wrong, wrong));
    expect(await kept(sender, 2)).toEqual([false, false]);
    receiver.kill('SIGKILL');
    await receiver.exitCode;
    run(['resume'], { set });
    await sender.comeBack();
    sender.offer(offered);
    await sender.hears('accept');
    tell(sender, 0, digests(first, second));
    tell(sender, 1, digests(first, second));
    expect(await kept(sender, 4)).toEqual([false, false, false, false]);
  });

  it('and none for digests told twice, out of order, or beyond what was asked for', async () => {
    for (const at of [0, 2, 5]) {
      const { sender } = await compared();
      tell(sender, 0, digests(wrong));
      expect(await kept(sender, 1)).toEqual([false]);
      tell(sender, 0, digests(first), at);
      expect(await sender.hears('abort')).toMatchObject({ code: 30 });
    }
  });

  it('and must send what it told', async () => {
    const { sender, receiver, out } = await compared();
    tell(sender, 0, digests(wrong, second));
    expect(await kept(sender, 2)).toEqual([false, true]);
    sender.data(0, [{ fileIndex: 0, offset: 0, length: CHUNK }], first);
    expect(await sender.hears('abort')).toMatchObject({ code: 32 });
    expect(await receiver.exitCode).toBe(4);
    expect(readFileSync(join(out, 'a')).equals(secret)).toBe(true);
  });
});

describe('what was accepted is what comes', () => {
  it.each<[string, Offered[]]>([
    ['300 MB', [{ path: 'note.txt', size: 300_000_000 }]],
    ['a program', [{ path: 'note.txt', size: 2, executable: true }]],
    ['another file', [{ path: 'other.txt', size: 2 }]],
    [
      'one file more',
      [
        { path: 'note.txt', size: 2 },
        { path: 'more.txt', size: 2 },
      ],
    ],
    ['a folder', [{ path: 'note.txt', size: 0, kind: 'folder' }]],
    ['a stream without an end', [{ path: 'note.txt', size: null }]],
  ])('%s in place of “note.txt, 2 bytes” delivers nothing', async (_what, bait) => {
    const { out, sender, receiver } = await scene({}, ['--yes']);
    sender.offer([{ path: 'note.txt', size: 2 }]);
    expect(await sender.hears('accept')).not.toBeNull();
    await sender.comeBack();
    sender.offer(bait);
    const content = new Uint8Array(CHUNK);
    const accepted = await Promise.race([sender.hears('accept'), receiver.exitCode.then(() => null)]);
    if (accepted !== null) {
      for (let i = 0; i < 4; i += 1)
        sender.data(i, [{ fileIndex: 0, offset: i * CHUNK, length: CHUNK }], content);
    }
    expect(await receiver.exitCode).toBe(4);
    expect(readdirSync(out)).toEqual([]);
  });

  it('a delivered file is closed: nothing more comes under its name', async () => {
    const { out, sender, receiver } = await scene({}, ['--yes', '--overwrite', 'always']);
    const offered = [
      { path: 'note.txt', size: 2 },
      { path: 'later.txt', size: 2 },
    ];
    sender.offer(offered);
    await sender.hears('accept');
    sender.deliver(0, 'ok');
    await expect.poll(() => readdirSync(out)).toContain('note.txt');
    await sender.comeBack();
    sender.offer(offered);
    expect(await sender.hears('delivered')).toMatchObject({ ranges: [[0, 0]] });
    await sender.hears('accept');
    sender.deliver(0, 'no');
    expect(await sender.hears('abort')).toMatchObject({ code: 30 });
    expect(await receiver.exitCode).toBe(4);
    expect(readFileSync(join(out, 'note.txt'), 'utf8')).toBe('ok');
  });

  it('a file of unknown size ends at the bound that the person gave', async () => {
    const { out, sender, receiver } = await scene({}, ['--yes', '--max-size', '300kB']);
    sender.offer([{ path: 'stream', size: null }]);
    await sender.hears('accept');
    expect(receiver.stderr).toContain('stream, unknown size, at most 300.0 kB');
    sender.data(0, [{ fileIndex: 0, offset: 0, length: CHUNK }], new Uint8Array(CHUNK));
    sender.data(1, [{ fileIndex: 0, offset: CHUNK, length: CHUNK }], new Uint8Array(CHUNK));
    expect(await sender.hears('abort')).toMatchObject({ code: 34 });
    expect(await receiver.exitCode).toBe(4);
    expect(readdirSync(out)).not.toContain('stream');
  });

  it('files of unknown size end at that bound together, however many sessions they come in', async () => {
    const { out, sender, receiver } = await scene({}, ['--yes', '--max-size', '6B']);
    const offered = ['one', 'two', 'three'].map((path) => ({ path, size: null }));
    for (const [index, { path }] of offered.entries()) {
      if (index > 0) await sender.comeBack();
      sender.offer(offered);
      await sender.hears('accept');
      sender.deliver(index, 'four');
      if (index === 1) break;
      await expect.poll(() => readdirSync(out)).toContain(path);
    }
    expect(await sender.hears('abort')).toMatchObject({ code: 34 });
    expect(await receiver.exitCode).toBe(4);
    expect(readdirSync(out)).toEqual(['one']);
  });

  it('is noted before the sender hears that it was accepted', async () => {
    const { set, sender } = await scene({}, ['--yes']);
    sender.offer([{ path: 'note.txt', size: 2 }]);
    expect(await sender.hears('accept')).toMatchObject({ pin: expect.stringMatching(/^[\w-]{43}$/) });
    const folder = join(set.P2P_COPY_STATE, 'transfers');
    const notes = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(JSON.parse(readFileSync(join(folder, notes[0]!), 'utf8')).accepted.entries).toEqual([
      ['note.txt', 'file', 2, false],
    ]);
  });
});
