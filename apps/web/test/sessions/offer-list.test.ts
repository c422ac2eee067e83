import './plain-runes.ts';
import { TransferError } from '@p2p-copy/core';
import { expect, test } from 'vitest';
import type { PickedItem, SendCommand } from '../../src/contract/messages.ts';
import { CollectedItems } from '../../src/engine/sources/collected-items.ts';
import { type Picked, withoutRoots } from '../../src/gather/picked-files.ts';
import { OfferList } from '../../src/sessions/offer-list.svelte.ts';

const fileOf = (path: string, content = path, lastModified = 1): PickedItem => ({
  kind: 'file',
  path,
  file: new File([content], path.slice(path.lastIndexOf('/') + 1), { lastModified }),
});

function pickOf(...pages: PickedItem[][]): Picked {
  return withoutRoots(
    (async function* () {
      yield* pages;
    })(),
  );
}

/** A list, and what the engine makes of what it is told. */
function listed() {
  const told: SendCommand[] = [];
  const collected = new CollectedItems();
  const offer = new OfferList((command) => {
    told.push(command);
    const { type } = command;
    if (type === 'access-token' || type === 'stop' || type === 'limit-rate' || type === 'leave') return;
    collected.take(command);
  });
  const paths = async () => (await collected.entries).map(({ path }) => path);
  const rows = () => offer.rows.map(({ top, summary }) => `${top}: ${summary.details}`);
  return { offer, told, collected, paths, rows };
}

test('rows are what a person picked: files, and folders with what is in them', async () => {
  const { offer, rows, paths } = listed();
  await offer.add(pickOf([fileOf('a.txt', '123'), fileOf('Trip/x', '1')], [fileOf('Trip/deep/y', '22')]));
  expect(rows()).toEqual(['a.txt: 3 bytes', 'Trip: 2 files · 3 bytes']);
  expect(offer.summary.details).toBe('6 bytes');
  expect(await paths()).toEqual(['a.txt', 'Trip/x', 'Trip/deep/y']);
});

test('what is added later is offered too, and what is removed is not', async () => {
  const { offer, rows, paths, collected } = listed();
  let changes = 0;
  collected.onChange = () => {
    changes += 1;
  };
  await offer.add(pickOf([fileOf('a')]));
  expect([await paths(), changes]).toEqual([['a'], 0]);
  await offer.add(pickOf([fileOf('b'), fileOf('c/d')]));
  expect([await paths(), changes]).toEqual([['a', 'b', 'c/d'], 1]);
  offer.remove(offer.rows[2]!);
  expect([await paths(), changes]).toEqual([['a', 'b'], 2]);
  offer.remove(offer.rows[0]!);
  expect(rows()).toEqual(['b: 1 byte']);
  // An offer of nothing is none.
  offer.remove(offer.rows[0]!);
  expect(await paths()).toEqual(['b']);
});

test('a name that is taken gets a number, and the same file isn’t offered twice', async () => {
  const { offer, paths } = listed();
  await offer.add(pickOf([fileOf('image.png', 'one', 1), fileOf('Trip/x')]));
  await offer.add(pickOf([fileOf('image.png', 'one', 1)]));
  await offer.add(pickOf([fileOf('image.png', 'other', 2), fileOf('Trip/x'), fileOf('Trip/y')]));
  expect(await paths()).toEqual(['image.png', 'Trip/x', 'image (1).png', 'Trip (1)/x', 'Trip (1)/y']);
});

test('files that are done are counted by what was picked', async () => {
  const { offer } = listed();
  await offer.add(pickOf([fileOf('a'), fileOf('Trip/x'), fileOf('Trip/y')]));
  offer.noteDone([
    ['Trip', 1],
    ['a', 1],
    ['gone', 1],
  ]);
  offer.noteDone([['Trip', 1]]);
  expect(offer.rows.map(({ doneFiles }) => doneFiles)).toEqual([1, 2]);
});

test('what is removed while it is still read stays away', async () => {
  const { offer, paths } = listed();
  let goOn = () => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const slow = withoutRoots(
    (async function* () {
      yield [fileOf('Trip/1')];
      await held;
      yield [fileOf('Trip/2'), fileOf('late')];
    })(),
  );
  await offer.add(pickOf([fileOf('a')]));
  const adding = offer.add(slow);
  await expect.poll(() => offer.rows.length).toBe(2);
  expect(offer.isScanning).toBe(true);
  offer.remove(offer.rows[1]!);
  goOn();
  await adding;
  expect([await paths(), offer.isScanning]).toEqual([['a', 'late'], false]);
});

test('a choice that can’t be read leaves the others', async () => {
  const unreadable = () =>
    withoutRoots(
      (async function* () {
        yield [fileOf('Trip/1')];
        throw new TransferError('source-unreadable', '“Trip/2” cannot be read.');
      })(),
    );
  const { offer, rows, paths } = listed();
  await offer.add(pickOf([fileOf('a')]));
  await offer.add(unreadable());
  expect([rows(), offer.unreadable?.message]).toEqual([['a: 1 byte'], '“Trip/2” cannot be read.']);
  expect(await paths()).toEqual(['a']);
  const alone = listed();
  await alone.offer.add(unreadable());
  await expect(alone.paths()).rejects.toMatchObject({ code: 'source-unreadable' });
});

test('a choice that the browser refuses midway is told of with what it said', async () => {
  const { offer } = listed();
  await offer.add(pickOf([fileOf('a')]));
  const refused = async function* () {
    yield [fileOf('Trip/1')];
    throw new DOMException('', 'NotFoundError');
  };
  await offer.add(withoutRoots(refused()));
  const refusal = { call: 'read', path: 'Trip', exception: 'NotFoundError' };
  expect(offer.unreadable).toMatchObject({ code: 'source-unreadable', refusal });
});

test('roots are worth something only if they are all there, under their own names', async () => {
  const handle = (name: string) => ({ name }) as FileSystemHandle;
  const picked = (name: string): Picked => ({
    ...pickOf([fileOf(`${name}/x`)]),
    roots: Promise.resolve([handle(name)]),
  });
  const { offer, collected } = listed();
  const roots = () => collected.roots.map(({ name }) => name);
  await offer.add(picked('a'));
  await offer.add(picked('b'));
  await expect.poll(roots).toEqual(['a', 'b']);
  offer.remove(offer.rows[0]!);
  await expect.poll(roots).toEqual(['b']);
  await offer.add(pickOf([fileOf('loose')]));
  await expect.poll(roots).toEqual([]);
  offer.remove(offer.rows[1]!);
  await expect.poll(roots).toEqual(['b']);
  await offer.add(picked('b'));
  await expect.poll(roots).toEqual([]);
});
