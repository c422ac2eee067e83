// Another program at the part while it arrives: a file gets its name only if what is on the disk is what was sent,
// however the change was hidden. Real files, real times.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSink, ExpectedContent } from '@p2p-copy/core';
import { partName } from '@p2p-copy/core';
import { describe, expect, it } from 'vitest';
import { HeldParts } from '../../../src/node/parts/busy-files.ts';
import { DiskRefusals } from '../../../src/node/parts/disk-refusals.ts';
import { PartFile } from '../../../src/node/parts/part-file.ts';
import { MAX_SLOW_WRITES, WritePace } from '../../../src/node/parts/write-pace.ts';
import { createFolderSink } from '../../../src/node/sinks/folder-sink.ts';
import { scratchFolder } from '../../scratch.ts';
import { entryOf } from '../sinks/manifest-of.ts';

const HALF = 1000;
const RIGHT = Buffer.concat([Buffer.alloc(HALF, 'a'), Buffer.alloc(HALF, 'b')]);

const ZEROS = Buffer.alloc(256 * 1024);

/** What the engine gives; counts how often the part was hashed. */
function expected(content: Uint8Array = RIGHT) {
  const checks = { count: 0 };
  const isIn: ExpectedContent['isIn'] = async (part) => {
    checks.count += 1;
    const found = Buffer.alloc(content.length);
    return (await part.read(0, found)) === content.length && found.equals(content);
  };
  return { checks, sizeBytes: content.length, isIn };
}

/** Changes a file as another program would, until its times show it: some clocks tick every 4 ms. */
function meddle(path: string, change: () => void): void {
  const before = statSync(path, { bigint: true }).ctimeNs;
  do change();
  while (existsSync(path) && statSync(path, { bigint: true }).ctimeNs === before);
}

function overwrite(path: string, offset: number, text: string): void {
  const descriptor = openSync(path, 'r+');
  writeSync(descriptor, text, offset);
  closeSync(descriptor);
}

/** Where a part lies on a disk that is not in memory. */
function partPlace(paths: { partPath: string; finalPath: string }, pace: WritePace) {
  return {
    ...paths,
    entry: entryOf('f'),
    mayReplace: true,
    twinPath: null,
    readsBack: false,
    isInMemory: false,
    keepsHoles: false,
    pace,
    sharedFlush: null,
    refusals: new DiskRefusals(),
    heldParts: new HeldParts(),
    leavesEqual: false,
    nextPath: () => expect.unreachable(),
    checkContained: () => {},
    onSaved: () => {},
  };
}

const PLACES = [
  { place: 'disk', folder: tmpdir() },
  { place: 'memory', folder: '/dev/shm' },
].filter(({ folder }) => existsSync(folder));

describe.each(PLACES)('on a $place', ({ folder }) => {
  async function arriving(readsBack = false) {
    const root = await scratchFolder(folder);
    const sink = createFolderSink({ root, readsBack });
    const file = await sink.openFile(
      entryOf('f', { sizeBytes: RIGHT.length, modifiedMs: 1_700_000_000_000 }),
    );
    const paths = { part: join(root, partName('f')), final: join(root, 'f'), root };
    return {
      ...paths,
      file,
      first: () => file.write(0, RIGHT.subarray(0, HALF)),
      second: () => file.write(HALF, RIGHT.subarray(HALF)),
    };
  }

  it('hashes nothing again that nobody else touched', async () => {
    const { file, first, second, final } = await arriving();
    await first();
    await file.flush();
    await second();
    const content = expected();
    await file.commit(content);
    expect(content.checks.count).toBe(0);
    expect(readFileSync(final)).toEqual(RIGHT);
    expect(statSync(final).mtimeMs).toBe(1_700_000_000_000);
  });

  it.each<[string, (part: string) => void]>([
    ['cut short, then filled with a hole by the next write', (part) => truncateSync(part, 10)],
    ['changed in a chunk that was flushed', (part) => overwrite(part, 5, 'X')],
    [
      'changed, with its time set back',
      (part) => {
        const { atime, mtime } = statSync(part);
        overwrite(part, 5, 'X');
        utimesSync(part, atime, mtime);
      },
    ],
  ])('never gives a name to a part that was %s', async (_how, change) => {
    const { file, first, second, part, final } = await arriving();
    await first();
    await file.flush();
    meddle(part, () => change(part));
    await second();
    await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(true);
    expect(existsSync(final)).toBe(false);
    expect(existsSync(part)).toBe(true);
  });

  it.each<[string, (part: string) => void]>([
    ['changed', (part) => overwrite(part, HALF + 5, 'X')],
    ['cut short', (part) => truncateSync(part, RIGHT.length - 1)],
    ['made longer', (part) => appendFileSync(part, 'more')],
  ])('never gives a name to a part that was %s after its last write', async (_how, change) => {
    const { file, first, second, part, final } = await arriving();
    await first();
    await second();
    meddle(part, () => change(part));
    await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(true);
    expect(existsSync(final)).toBe(false);
  });

  it.each<[string, (file: ByteSink, part: string) => Promise<void>]>([
    ['this end wrote before', (file) => file.write(0, Buffer.alloc(ZEROS.length, 'x'))],
    ['another program wrote before any write', async (_file, part) => writeFileSync(part, 'x'.repeat(HALF))],
  ])('leaves no hole where %s', async (_who, before) => {
    const root = await scratchFolder(folder);
    const file = await createFolderSink({ root }).openFile(entryOf('f', { sizeBytes: ZEROS.length }));
    await before(file, join(root, partName('f')));
    await file.write(0, ZEROS);
    await file.commit(expected(ZEROS));
    expect(readFileSync(join(root, 'f')).equals(ZEROS)).toBe(true);
  });

  it('never gives a name to a part that is longer than the file, whatever its times say', async () => {
    const { file, first, second, part, final } = await arriving();
    writeFileSync(part, Buffer.alloc(RIGHT.length + 1));
    await first();
    await second();
    await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(false);
    expect(existsSync(final)).toBe(false);
  });

  it.each<[string, (part: string, root: string) => void]>([
    ['another file', (part) => writeFileSync(part, RIGHT)],
    [
      'a link to itself',
      (part, root) => {
        writeFileSync(join(root, 'elsewhere'), RIGHT);
        symlinkSync('elsewhere', part);
      },
    ],
    ['nothing', () => {}],
  ])('never gives a name to %s in the place of the part', async (_what, put) => {
    const { file, first, second, part, root, final } = await arriving();
    await first();
    await second();
    unlinkSync(part);
    put(part, root);
    await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(true);
    expect(existsSync(final)).toBe(false);
  });

  it('gives the name to a part that was touched or linked elsewhere, once its content is found right', async () => {
    const { file, first, second, part, root, final } = await arriving();
    await first();
    meddle(part, () => utimesSync(part, 1, 1));
    await second();
    meddle(part, () => {
      if (!existsSync(join(root, 'backup'))) linkSync(part, join(root, 'backup'));
      utimesSync(part, 1, 1);
    });
    const content = expected();
    await file.commit(content);
    expect(content.checks.count).toBe(1);
    expect(readFileSync(final)).toEqual(RIGHT);
    expect(statSync(final).mtimeMs).toBe(1_700_000_000_000);
    expect(existsSync(part)).toBe(false);
  });

  it('looks again when the part changes while it is hashed, and gives up when it always does', async () => {
    const { file, first, second, part, final } = await arriving(true);
    await first();
    await second();
    const content = expected();
    const isIn: ExpectedContent['isIn'] = async (read) => {
      const isRight = await content.isIn(read);
      meddle(part, () => overwrite(part, 0, 'X'));
      return isRight;
    };
    await expect(file.commit({ ...content, isIn })).rejects.toMatchObject({ code: 'part-changed' });
    expect(content.checks.count).toBe(2);
    await file.abandon(true);
    expect(existsSync(final)).toBe(false);
  });

  it('reads every part back when it is told to', async () => {
    const { file, first, second, final } = await arriving(true);
    await first();
    await second();
    const content = expected();
    await file.commit(content);
    expect(content.checks.count).toBe(1);
    expect(readFileSync(final)).toEqual(RIGHT);
  });

  it('finds a part that was changed between its comparison and its continuation, with its time set back', async () => {
    const root = await scratchFolder(folder);
    const part = join(root, partName('f'));
    writeFileSync(part, RIGHT.subarray(0, HALF));
    const sink = createFolderSink({ root });
    const existing = (await sink.findExisting!(entryOf('f', { sizeBytes: RIGHT.length }), true))!;
    const { atime, mtime, mtimeNs } = {
      ...statSync(part),
      mtimeNs: statSync(part, { bigint: true }).mtimeNs,
    };
    meddle(part, () => {
      overwrite(part, 5, 'X');
      utimesSync(part, atime, mtime);
    });
    // Times to the microsecond can be set back exactly where the disk keeps no finer ones; else the change shows at once.
    const isExact = statSync(part, { bigint: true }).mtimeNs === mtimeNs;
    const adopted = existing.adopt();
    if (!isExact) {
      await expect(adopted).rejects.toMatchObject({ code: 'part-changed' });
      return;
    }
    const file = await adopted;
    await file.write(HALF, RIGHT.subarray(HALF));
    await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(true);
  });

  it('knows that a file left under its final name was changed after its comparison', async () => {
    const root = await scratchFolder(folder);
    const final = join(root, 'f');
    writeFileSync(final, RIGHT);
    const sink = createFolderSink({ root });
    const existing = (await sink.findExisting!(entryOf('f', { sizeBytes: RIGHT.length }), true))!;
    expect(await existing.isUntouched!()).toBe(true);
    meddle(final, () => overwrite(final, 5, 'X'));
    expect(await existing.isUntouched!()).toBe(false);
    renameSync(final, join(root, 'gone'));
    expect(await existing.isUntouched!()).toBe(false);
  });
});

it('reads a part back where a thread writes it, as after three writes that held up the event loop', async () => {
  const root = await scratchFolder();
  const paths = { partPath: join(root, partName('f')), finalPath: join(root, 'f') };
  const content = Buffer.alloc(100_000, 'a');
  const [fast, slow] = [new WritePace(true), new WritePace(true)];
  fast.took(50);
  for (let i = 0; i < MAX_SLOW_WRITES; i += 1) {
    expect(slow.isImmediate).toBe(true);
    slow.took(51);
  }
  for (const [pace, readings] of [
    [fast, 0],
    [slow, 1],
    [new WritePace(false), 1],
  ] as const) {
    const file = new PartFile(openSync(paths.partPath, 'wx+'), partPlace(paths, pace));
    await file.write(0, content);
    const check = expected(content);
    await file.commit(check);
    expect(check.checks.count).toBe(readings);
  }
});

describe('a file of the classic wire, which tells no digests', () => {
  const content = Buffer.alloc(100_000, 'a');

  /** A part on a disk whose writes wait for it. */
  async function slowPart() {
    const root = await scratchFolder();
    const paths = { partPath: join(root, partName('f')), finalPath: join(root, 'f') };
    const place = partPlace(paths, new WritePace(false));
    const open = () => openSync(paths.partPath, 'wx+');
    return {
      ...paths,
      place,
      open,
      change: () => meddle(paths.partPath, () => overwrite(paths.partPath, 0, 'x')),
    };
  }

  async function expectRefused(file: PartFile) {
    await expect(file.commit()).rejects.toMatchObject({ code: 'part-changed' });
    await file.abandon(false);
  }

  it('is saved from a slow disk too', async () => {
    const { finalPath, place, open } = await slowPart();
    const file = new PartFile(open(), place);
    await file.write(0, content);
    await file.commit();
    expect(readFileSync(finalPath)).toEqual(content);
  });

  it('is refused when a change was seen after the last write', async () => {
    const { place, open, change } = await slowPart();
    const file = new PartFile(open(), place);
    await file.write(0, content);
    change();
    await expectRefused(file);
  });

  it('is refused when its part was changed before it was continued', async () => {
    const { place, open } = await slowPart();
    const descriptor = open();
    writeSync(descriptor, content);
    const left = fstatSync(descriptor, { bigint: true });
    const file = new PartFile(descriptor, place, { left, isSuspect: true });
    await file.write(content.length, content);
    await expectRefused(file);
  });

  it('is refused when it changes while it is made durable', async () => {
    const { place, open, change } = await slowPart();
    const file = new PartFile(open(), { ...place, entry: entryOf('f', { modifiedMs: 1000 }) });
    await file.write(0, content);
    const refused = expectRefused(file);
    // The commit waits for the disk once these are through, and can't go on before this turn is over.
    for (let job = 0; job < 10; job += 1) await null;
    change();
    await refused;
  });
});

it('keeps no descriptor open after a refusal', async () => {
  const root = await scratchFolder();
  const before = openSync(root, 'r');
  closeSync(before);
  const file = await createFolderSink({ root }).openFile(entryOf('f'));
  await file.write(0, RIGHT);
  unlinkSync(join(root, partName('f')));
  await expect(file.commit(expected())).rejects.toMatchObject({ code: 'part-changed' });
  await file.abandon(true);
  expect(() => fstatSync(before)).toThrow(/EBADF/);
});
