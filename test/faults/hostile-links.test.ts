// A sender that was let in must not lead anything out of the receiving folder by a link: crafted frames against a real receiver, with
// what it reads, writes and says compared.
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { type RelayProcess, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { aheadBodies } from '../../packages/core/src/wire/ahead-record.ts';
import { HostileSender, type Offered } from './hostile-sender.ts';

const CHUNK = 262_144;
const EMPTY_RECEIPT = createHash('sha256').digest('base64url');

let relay: RelayProcess;
beforeAll(async () => {
  relay = await startRelayProcess();
});
afterAll(() => relay.stop());

/** A receiver that was told a hostile sender's code, and a private file beside its folder. */
async function scene(
  args: readonly string[] = [],
  prepare: (out: string) => void = () => {},
  features = ['links'],
) {
  const root = await scratchFolder();
  const [out, outside] = [join(root, 'out'), join(root, 'outside')];
  for (const folder of [out, outside]) mkdirSync(folder);
  writeFileSync(join(outside, 'private'), 'p'.repeat(CHUNK));
  prepare(out);
  const sender = await HostileSender.wait(relay.url, features);
  onTestFinished(() => sender.leave());
  const receiver = run(
    [
      'receive',
      sender.code,
      '--relay',
      relay.url,
      '--out',
      out,
      '--yes',
      '--reconnect-timeout',
      '0',
      ...args,
    ],
    { set: { P2P_COPY_STATE: join(root, 'state') } },
  );
  onTestFinished(async () => {
    receiver.kill('SIGKILL');
    await receiver.exitCode;
  });
  await sender.meet();
  return { root, out, outside, sender, receiver };
}

const folder: Offered = { path: 'd', kind: 'folder' };
const link = (path: string, target: unknown): Offered => ({ path, kind: 'link', target });

describe('an offer is refused before anyone is asked', () => {
  const long = Array(17).fill('x'.repeat(250)).join('/');
  it.for([
    ['an absolute target', link('d/l', '/etc/passwd')],
    ['a target of Windows', link('d/l', 'C:\\Windows')],
    ['a way out', link('d/l', '../outside/private')],
    ['a way out and back in', link('d/l', 'd/../../outside')],
    ['a way out through the folder’s own name', link('d/l', 'd/..')],
    ['the receiving folder', link('d/l', '.')],
    ['a target within, told by dots', link('d/l', 'd/./x')],
    ['nothing', link('d/l', '')],
    ['a zero', link('d/l', 'd/x\u0000/../../outside')],
    ['a line break', link('d/l', 'd/x\ny')],
    ['a backslash', link('d/l', 'd\\..\\..\\outside')],
    ['a target that is too long', link('d/l', `d/${long}`)],
    ['a name in it that is too long', link('d/l', `d/${'x'.repeat(256)}`)],
    ['a name in it that is no Unicode', link('d/l', 'd/\ud800')],
    ['a name in it of another form', link('d/l', 'd/cafe\u0301')],
    ['a part', link('d/l', 'd/x.p2p.part')],
    ['an empty name in it', link('d/l', 'd//x')],
    ['a name of nothing that is offered', link('d/l', 'other/x')],
  ] as const)('with %s', async ([, entry]) => {
    const { out, sender, receiver } = await scene();
    sender.offer([folder, entry]);
    expect(await sender.hears('decline', 'abort', 'accept')).toMatchObject({
      type: 'decline',
      code: 50,
      file: 1,
    });
    expect(await receiver.exitCode).toBe(4);
    expect(receiver.stderr).toContain('is refused because of its target');
    expect(readdirSync(out)).toEqual([]);
  });

  it.for([
    ['through another link', [folder, link('d/a', 'd'), link('d/l', 'd/a/x')], 2],
    ['through a link that comes later', [folder, link('d/l', 'd/a/x'), link('d/a', 'd')], 1],
    ['through a link at the top', [link('a', 'd'), folder, link('d/l', 'a/x')], 2],
    ['below a link', [folder, link('d/a', 'd'), { path: 'd/a/x', size: 1 }], 2],
    ['below a link, which comes later', [folder, { path: 'd/a/x', size: 1 }, link('d/a', 'd')], 2],
    ['by the name of a file', [folder, { path: 'd/a', size: 1 }, link('d/a', 'd')], 2],
    ['by the name of a folder', [folder, link('d', 'd')], 1],
    ['by a name that leads out', [folder, link('../l', 'd')], 1],
  ] as [string, Offered[], number][])('%s', async ([, entries, file]) => {
    const { out, sender, receiver } = await scene();
    sender.offer(entries);
    expect(await sender.hears('decline', 'abort', 'accept')).toMatchObject({
      type: 'decline',
      code: 50,
      file,
    });
    expect(await receiver.exitCode).toBe(4);
    expect(readdirSync(out)).toEqual([]);
  });

  it.for([
    ['a number', 7],
    ['a list', ['d']],
    ['null', null],
    ['nothing', undefined],
  ] as const)('where the target is %s, which breaks the protocol', async ([, target]) => {
    const { out, sender, receiver } = await scene();
    sender.offer([folder, link('d/l', target)]);
    expect(await sender.hears('decline', 'abort', 'accept')).toMatchObject({ type: 'abort', code: 30 });
    expect(await receiver.exitCode).toBe(4);
    expect(readdirSync(out)).toEqual([]);
  });

  it('from a sender that has not said the feature', async () => {
    const { sender, receiver } = await scene([], () => {}, []);
    sender.offer([folder, link('d/l', 'd')]);
    expect(await sender.hears('decline', 'abort', 'accept')).toMatchObject({ type: 'abort', code: 30 });
    expect(await receiver.exitCode).toBe(4);
  });
});

it('no content is taken for a link, and nothing stands there before the end', async () => {
  const { out, sender, receiver } = await scene();
  sender.offer([folder, link('d/l', 'd/f'), { path: 'd/f', size: 5 }]);
  await sender.hears('accept');
  expect(readdirSync(join(out, 'd'))).toEqual([]);
  sender.deliver(1, 'hello');
  expect(await sender.hears('abort')).toMatchObject({ code: 30 });
  await receiver.exitCode;
  expect(readdirSync(join(out, 'd'))).toEqual([]);
});

it('a link that was accepted leads nowhere else in a later session', async () => {
  const { out, sender, receiver } = await scene(['--reconnect-timeout', '1']);
  sender.offer([folder, link('d/l', 'd/f'), { path: 'd/f', size: 5 }]);
  await sender.hears('accept');
  await sender.comeBack();
  sender.offer([folder, link('d/l', 'd'), { path: 'd/f', size: 5 }]);
  expect(await sender.hears('decline', 'abort', 'accept')).toMatchObject({ type: 'decline' });
  expect(await receiver.exitCode).toBe(4);
  expect(() => lstatSync(join(out, 'd/l'))).toThrow(/ENOENT/);
});

describe('what lies behind a link at the receiver', () => {
  const secret = new Uint8Array(Buffer.from('p'.repeat(CHUNK)));
  const told = () => new Uint8Array(createHash('sha256').update(secret).digest());

  it.for([
    ['itself', 'd/l', (out: string) => symlinkSync('../../outside/private', join(out, 'd/l'))],
    ['in a folder', 'd/l/private', (out: string) => symlinkSync('../../outside', join(out, 'd/l'))],
    ['as a part', 'd/l', (out: string) => symlinkSync('../../outside/private', join(out, 'd/l.p2p.part'))],
  ] as const)('is not compared, %s', async ([, path, prepare]) => {
    const { sender, outside } = await scene(['--continue', '--overwrite', 'always'], (out) => {
      mkdirSync(join(out, 'd'));
      prepare(out);
    });
    sender.offer([folder, { path, size: CHUNK }]);
    await sender.hears('accept');
    // Nothing was said of it, and a guess is no question.
    expect(sender.allHeard.toString('latin1')).not.toContain('"compare"');
    for (const body of aheadBodies([{ fileIndex: 1, firstChunk: 0, digests: told() }]))
      sender.say('ahead', body);
    expect(await sender.hears('abort')).toMatchObject({ code: 30 });
    expect(sender.heard.filter(({ kind }) => kind === 'keep')).toEqual([]);
    expect(readFileSync(join(outside, 'private'))).toHaveLength(CHUNK);
  });

  it('is not what a link of the offer leads to', async () => {
    const { out, sender, receiver } = await scene([], (out) => {
      mkdirSync(join(out, 'd'));
      symlinkSync('../../outside', join(out, 'd/mine'));
    });
    sender.offer([folder, link('d/l', 'd/mine/private')]);
    await sender.hears('accept');
    sender.control({ type: 'end', records: 0 });
    expect(await sender.hears('receipt', 'abort')).toMatchObject({ type: 'receipt', digest: EMPTY_RECEIPT });
    sender.control({ type: 'bye' });
    expect(await receiver.exitCode).toBe(0);
    expect(readdirSync(join(out, 'd'))).toEqual(['mine']);
    expect(receiver.stderr).toContain('Some symbolic links could not be made here');
  });

  it('is never where a link is made, if its folder has been swapped for one', async () => {
    const { out, outside, sender, receiver } = await scene([], (out) =>
      symlinkSync('../outside', join(out, 'd')),
    );
    sender.offer([folder, link('d/l', 'd/f'), { path: 'd/f', size: 5 }]);
    await sender.hears('accept');
    sender.deliver(2, 'hello');
    sender.control({ type: 'end', records: 2 });
    expect(await sender.hears('receipt', 'abort')).toMatchObject({ type: 'receipt' });
    sender.control({ type: 'bye' });
    await receiver.exitCode;
    expect(readdirSync(outside)).toEqual(['private']);
    expect(readlinkSync(join(out, 'd (1)/l'))).toBe('f');
    expect(readFileSync(join(out, 'd (1)/f'), 'utf8')).toBe('hello');
  });
});
