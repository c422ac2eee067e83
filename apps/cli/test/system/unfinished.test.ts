// What is noted of unfinished transfers, and how a person finds them again.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../scratch.ts';
import { codeOf, finished, run, startRelayProcess } from './cli-process.ts';
import { halfway } from './halfway.ts';
import { hasScript } from './has-script.ts';
import { listTree, makeTree } from './tree.ts';

/** Both ends of a transfer have died in its middle. */
async function interrupted() {
  const scene = await halfway();
  for (const end of [scene.sender, scene.receiver]) end.kill('SIGKILL');
  for (const end of [scene.sender, scene.receiver]) await end.exitCode;
  scene.letPass();
  const notes = (set: { P2P_COPY_STATE: string }) => join(set.P2P_COPY_STATE, 'transfers');
  const [name] = listTree(notes(scene.here)).filter((file) => file.endsWith('.json'));
  return {
    ...scene,
    id: name!.replace('.json', ''),
    note: join(notes(scene.here), name!),
    folder: notes(scene.here),
  };
}

describe('the list', () => {
  it('says what, where and how long ago; two of them are not chosen from without a terminal', async () => {
    const { id, note, folder, here, source } = await interrupted();
    const other = JSON.parse(readFileSync(note, 'utf8'));
    other.id = 'zzzzzz';
    other.updatedMs -= 2 * 3_600_000;
    other.title = { names: ['evil\u001b[2J', 'b', 'c'], moreNames: 2, files: 1200, bytes: 3_200_000_000 };
    writeFileSync(join(folder, 'zzzzzz.json'), JSON.stringify(other));
    const { exitCode, stdout, stderr } = await finished(['resume'], { set: here });
    expect(exitCode).toBe(2);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^  1  ${id}  send “tree” \\(4 files, 24\\.0 MB\\) from “${source}”, \\d+ s ago$`),
      ),
      `  2  zzzzzz  send “evil\\u{1b}[2J”, “b”, “c” and 2 more names (1,200 files, 3.2 GB) from “${source}”, 2 h 00 min ago`,
      '',
    ]);
    expect(stderr).toBe('2 transfers are unfinished.\nName one: p2p-copy resume ID; or use --all.\n');
    const json = await finished(['resume', '--json'], { set: here });
    expect(
      json.stdout
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { event: 'unfinished', transfer: id, role: 'send', files: 4, places: [source], process: null },
      { event: 'unfinished', transfer: 'zzzzzz' },
    ]);
  });

  it('may be empty', async () => {
    const set = { P2P_COPY_STATE: await scratchFolder() };
    expect(await finished(['resume'], { set })).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No transfer is unfinished.\n',
    });
    expect((await finished(['resume', '--all', '--json'], { set })).exitCode).toBe(0);
    const named = await finished(['resume', 'abcdef'], { set });
    expect(named.exitCode).toBe(2);
    expect(named.stderr).toBe('No unfinished transfer is called “abcdef”.\np2p-copy resume lists them.\n');
  });

  it('can be shortened', async () => {
    const { id, here, folder } = await interrupted();
    const forgotten = await finished(['resume', '--forget', id], { set: here });
    expect(forgotten.exitCode).toBe(0);
    expect(forgotten.stderr).toMatch(/^Forgotten: send “tree” .*\. What has arrived stays where it is\.\n$/);
    expect(listTree(folder)).toEqual([]);
    expect((await finished(['resume', '--forget', 'all'], { set: here })).exitCode).toBe(0);
  });
});

describe('a note', () => {
  it('is readable by its user only, and holds no code', async () => {
    const { note, folder, sender } = await interrupted();
    expect([statSync(note).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
    const code = sender.events.find(({ event }) => event === 'code')!.code as string;
    expect(readFileSync(note, 'utf8')).not.toContain(code.replace(/^\d+-/, ''));
    const { resume } = JSON.parse(readFileSync(note, 'utf8'));
    expect(resume).toMatch(/^[\w-]{43}$/);
    expect(sender.stdout.toString() + sender.stderr).not.toContain(resume);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 100), 'it is no whole JSON'],
    ['empty', () => '', 'it is no whole JSON'],
    ['a list', () => '[]', 'it is no JSON object'],
    [
      'of a later version',
      (text: string) => text.replace('"version": 2', '"version": 4'),
      'it is of another version',
    ],
    [
      'without a path',
      (text: string) => text.replace('"paths"', '"path"'),
      'its “paths” is missing or wrong',
    ],
    [
      'with another secret',
      (text: string) => text.replace('"resume": "', '"resume": "x'),
      'its “resume” is missing',
    ],
  ])('that is damaged (%s) is left out', async (_what, damage, reason) => {
    const { folder, here } = await savedNote();
    const path = join(folder, 'aaaaaa.json');
    writeFileSync(path, damage(savedText));
    const { exitCode, stderr } = await finished(['resume'], { set: here });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`The note “${path}” is left out: ${reason}`);
    expect(stderr).toContain('No transfer can be continued: 1 note cannot be used.');
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it('of which only damaged ones are left ends `resume --all` with a sentence for each, and not as done', async () => {
    const { folder, here } = await savedNote();
    for (const id of ['aaaaaa', 'bbbbbb']) writeFileSync(join(folder, `${id}.json`), '{');
    const { exitCode, stderr } = await finished(['resume', '--all'], { set: here });
    expect(exitCode).toBe(2);
    for (const id of ['aaaaaa', 'bbbbbb'])
      expect(stderr).toContain(
        `${id}.json” is left out: it is no whole JSON. To remove it: p2p-copy resume --forget ${id}.`,
      );
    expect(stderr).toContain('2 notes cannot be used');
    expect(stderr).not.toContain('No transfer is unfinished');
    expect((await finished(['resume', '--forget', 'aaaaaa'], { set: here })).exitCode).toBe(0);
    expect(listTree(folder)).not.toContain('aaaaaa.json');
    expect((await finished(['resume', '--forget', 'all'], { set: here })).exitCode).toBe(0);
    expect((await finished(['resume', '--all'], { set: here })).exitCode).toBe(0);
  });

  it.each(['2035-01-01', '1970-01-02'])(
    'outlives a clock of %s, also in many runs, and is gone on with when the clock is right again',
    async (date) => {
      const { folder, here } = await savedNote();
      writeFileSync(join(folder, 'aaaaaa.json'), savedText);
      const clock = join(folder, '..', 'clock.mjs');
      writeFileSync(
        clock,
        `const offset = Date.parse('${date}') - Date.now(), now = Date.now; Date.now = () => now() + offset;`,
      );
      const wrong = { ...here, NODE_OPTIONS: `--import ${clock}` };
      for (let run = 0; run < 10; run += 1) {
        await finished(['send', '/no/such/file'], { set: wrong });
        await finished(['send', '/no/such/file'], { set: here });
      }
      expect(listTree(folder)).toContain('aaaaaa.json');
    },
    60_000,
  );

  it.each([
    [{}, 7 * 24 + 1, []],
    [{}, 6 * 24, ['aaaaaa.json']],
    [{ P2P_COPY_KEEP_DAYS: '10' }, 9 * 24, ['aaaaaa.json']],
    [{ P2P_COPY_KEEP_DAYS: '0' }, 0, []],
  ])('expires (%j, after %d hours)', async (set, hours, left) => {
    const { folder, here } = await savedNote();
    const path = join(folder, 'aaaaaa.json');
    writeFileSync(path, savedText);
    const age = { agedMs: hours * 3_600_000, wallMs: Date.now(), boot: null };
    writeFileSync(join(folder, 'aaaaaa.age'), JSON.stringify(age));
    // Any run removes it.
    await finished(['send', '/no/such/file'], { set: { ...here, ...set } });
    expect(listTree(folder).filter((name) => name.endsWith('.json'))).toEqual(left);
    if (left.length === 0) expect(listTree(folder)).toEqual([]);
  });

  it('is not wanted for that many days', async () => {
    const { exitCode, stderr } = await finished(['resume'], { set: { P2P_COPY_KEEP_DAYS: 'many' } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('P2P_COPY_KEEP_DAYS is “many”');
  });

  it('that cannot be written costs a line, and not the transfer', async () => {
    const root = await scratchFolder();
    makeTree(root, { f: 'x', file: 'no folder' });
    const relay = await startRelayProcess();
    const set = { P2P_COPY_RELAY: relay.url, P2P_COPY_STATE: join(root, 'file/state') };
    const sender = run(['send', join(root, 'f')], { set });
    const receiver = await finished(['receive', await codeOf(sender), '--yes', '--out', join(root, 'out')], {
      set,
    });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    for (const { stderr } of [sender, receiver]) {
      expect(stderr).toContain(
        'This transfer cannot be continued after a restart: no note of it could be written.',
      );
    }
  });

  it('is not made of a stream', async () => {
    const root = await scratchFolder();
    const relay = await startRelayProcess();
    const set = { P2P_COPY_RELAY: relay.url, P2P_COPY_STATE: join(root, 'state') };
    const sender = run(['send', '-', '--json'], { set });
    const { code } = await sender.tells('code');
    const receiver = run(['receive', code as string, '--yes', '--json', '--out', root], { set });
    await receiver.tells('accepted');
    await sender.tells('accepted');
    await receiver.tells('not-resumable');
    expect(listTree(join(root, 'state/transfers')).filter((name) => name.endsWith('.json'))).toEqual([]);
    sender.kill('SIGINT');
    expect(await sender.exitCode).toBe(130);
    expect(sender.stderr).toContain('It cannot be resumed: run the same command to send it again');
  });
});

/** One good note as text, made once; each test puts it into a folder of its own. */
let savedText = '';
beforeAll(async () => {
  const resume = Buffer.alloc(32, 7).toString('base64url');
  const title = { names: ['f'], moreNames: 0, files: 1, bytes: 1 };
  const common = {
    version: 2,
    id: 'aaaaaa',
    role: 'send',
    relay: 'http://127.0.0.1:9',
    resume,
    caFile: null,
    title,
  };
  const times = { createdMs: Date.now(), updatedMs: Date.now() };
  savedText = JSON.stringify({ ...common, ...times, paths: ['/tmp/f'], compress: 'auto' }, null, 2);
});
async function savedNote() {
  const state = await scratchFolder();
  const folder = join(state, 'transfers');
  makeTree(state, { 'transfers/': '' });
  return { folder, here: { P2P_COPY_STATE: state } };
}

describe('two processes', () => {
  it('cannot continue the same transfer', async () => {
    const { id, here, there, resumeSender, resumeReceiver, expectDone, out } = await interrupted();
    const first = resumeSender();
    await first.says(/Looking for the other side/);
    const second = await finished(['resume', id], { set: here });
    expect(second.exitCode).toBe(2);
    expect(second.stderr).toContain(`Transfer ${id} is already running, in process ${first.child.pid}.`);
    const listed = await finished(['resume'], { set: here });
    expect([listed.exitCode, listed.stdout]).toEqual([2, expect.stringContaining('running now, in process')]);
    const forgets = await finished(['resume', '--forget', 'all'], { set: here });
    expect([forgets.exitCode, forgets.stderr]).toEqual([
      2,
      expect.stringContaining('is kept: it is running'),
    ]);
    const all = await finished(['resume', '--all'], { set: here });
    expect([all.exitCode, all.stderr]).toEqual([0, expect.stringContaining('is left out: it is running')]);
    await expectDone(first, resumeReceiver());
    expect(listTree(join(there.P2P_COPY_STATE, 'transfers'))).toEqual([]);
    expect(listTree(out).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('a note that another process seems to hold is forgotten only when a person says that it does not', async () => {
    const state = await scratchFolder();
    const folder = join(state, 'transfers');
    const set = { P2P_COPY_STATE: state };
    makeTree(folder, { 'aaaaaa.json': 'damaged', 'bbbbbb.json': 'damaged' });
    // As on Windows, where a process has the number of one that died: all that is known is that it runs.
    for (const id of ['aaaaaa', 'bbbbbb'])
      writeFileSync(join(folder, `${id}.lock`), JSON.stringify({ pid: process.pid, started: null }));
    const kept = await finished(['resume', '--forget', 'aaaaaa'], { set });
    expect([kept.exitCode, kept.stderr]).toEqual([
      2,
      `Transfer aaaaaa is kept: it is running, in process ${process.pid}. If that is another program: p2p-copy resume --forget aaaaaa --force.\n`,
    ]);
    const alone = await finished(['resume', '--force'], { set });
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('--force is for --forget')]);
    expect(listTree(folder).filter((name) => name.startsWith('a'))).toEqual(['aaaaaa.json', 'aaaaaa.lock']);
    const forced = await finished(['resume', '--forget', 'aaaaaa', '--force'], { set });
    expect([forced.exitCode, forced.stderr]).toEqual([
      0,
      expect.stringMatching(/^Forgotten: the damaged note/),
    ]);
    // Of no other one.
    expect(listTree(folder)).toEqual(['bbbbbb.json', 'bbbbbb.lock']);
  });

  it('that start at once: one of them continues', async () => {
    const { resumeSender, resumeReceiver } = await interrupted();
    const senders = [resumeSender(['--all']), resumeSender(['--all']), resumeSender(['--all'])];
    const receivers = [resumeReceiver(['1']), resumeReceiver(['1'])];
    const exitCodes = await Promise.all([...senders, ...receivers].map(({ exitCode }) => exitCode));
    expect(exitCodes.slice(3).sort()).toEqual([0, 2]);
    expect(senders.filter(({ stderr }) => stderr.includes('Done: '))).toHaveLength(1);
  });
});

it('several are continued side by side', async () => {
  const [one, two] = [await interrupted(), await interrupted()];
  // One device has both.
  for (const role of ['here', 'there'] as const) {
    const folder = join(two[role].P2P_COPY_STATE, 'transfers');
    for (const name of listTree(folder).filter((file) => file.endsWith('.json')))
      writeFileSync(join(one[role].P2P_COPY_STATE, 'transfers', name), readFileSync(join(folder, name)));
  }
  const [senders, receivers] = [one.resumeSender(['--all']), one.resumeReceiver(['--all', '--json'])];
  await one.expectDone(senders, receivers);
  expect(senders.stderr).toMatch(new RegExp(`^\\[${one.id}\\] Done: 4 files`, 'm'));
  expect(senders.stderr).toMatch(new RegExp(`^\\[${two.id}\\] Done: 4 files`, 'm'));
  const done = receivers.events.filter(({ event }) => event === 'done');
  expect(new Set(done.map(({ transfer }) => transfer)).size).toBe(2);
});

describe('the same files again', () => {
  it('are a new transfer without a terminal, and a line names the unfinished one', async () => {
    const { id, source, relay, here, there, out } = await interrupted();
    const sender = run(['send', source, '--relay', relay.url], { set: here });
    const code = await codeOf(sender);
    expect(sender.stderr).toMatch(
      new RegExp(
        `^An unfinished transfer of these files exists \\(4 files, 24\\.0 MB, \\d+ s ago\\); p2p-copy resume ${id} continues it\\. This is a new one\\.\\n`,
      ),
    );
    const receiver = await finished(['receive', code, '--yes', '--relay', relay.url, '--out', out], {
      set: there,
    });
    expect([receiver.exitCode, await sender.exitCode]).toEqual([0, 0]);
    expect(receiver.stderr).toContain('An unfinished transfer into this folder exists');
  });

  it.skipIf(!hasScript)('are continued on a terminal, if the person wants it (needs script(1))', async () => {
    const { source, relay, here, there, out, expectDone } = await interrupted();
    const sender = run(['send', source, '--relay', relay.url], { set: here, terminal: true });
    await sender.says(/An unfinished transfer of these files exists .*\. Continue it\? \[Y\/n\] /);
    sender.type('\r');
    await sender.says(/Looking for the other side/);
    const receiver = run(['receive', '--out', out], { set: there, terminal: true });
    await receiver.says(/An unfinished transfer into this folder exists .*\. Continue it\? \[Y\/n\] /);
    receiver.type('y\r');
    await expectDone(sender, receiver);
  });

  it.skipIf(!hasScript)(
    'are a new transfer, if not; and resume asks which one (needs script(1))',
    async () => {
      const { source, relay, here, resumeSender, resumeReceiver, expectDone } = await interrupted();
      const sender = run(['send', source, '--relay', relay.url], { set: here, terminal: true });
      await sender.says(/Continue it\?/);
      sender.type('n\r');
      await sender.says(/^Code: /m);
      sender.type('\u0003');
      expect(await sender.exitCode).toBe(130);
      const again = resumeSender([], { terminal: true });
      await again.says(
        /Unfinished transfers:\r\n {2}1 {2}\w{6} {2}send “tree”[\s\S]*Which one to continue\? \[1\] /,
      );
      again.type('7\r');
      await again.says(/No unfinished transfer is called “7”/);
      again.type('\r');
      await expectDone(again, resumeReceiver());
    },
  );
});
