// What a person unticked stays so, whatever the sender makes of its offer.
import './plain-runes.ts';
import type { ManifestEntry } from '@p2p-copy/core';
import { expect, it } from 'vitest';
import { KeptChoice, OfferSelection } from '../../src/sessions/offer-selection.svelte.ts';

const entriesOf = (...paths: string[]): ManifestEntry[] =>
  paths.map((path, index) => ({
    index,
    kind: 'file',
    path,
    sizeBytes: 1,
    modifiedMs: null,
    executable: false,
  }));

/** The next list, as it begins. */
function next(choice: KeptChoice, ...paths: string[]): OfferSelection {
  const entries = entriesOf(...paths);
  return new OfferSelection(entries, choice.leftOf(entries));
}

const ticked = (selection: OfferSelection) =>
  selection.entries.filter(({ index }) => selection.has(index)).map(({ path }) => path);

it('begins with all', () => {
  expect(ticked(next(new KeptChoice(), 'a', 'b'))).toEqual(['a', 'b']);
});

it('keeps what was unticked out, at whatever place, also where it was gone for a while', () => {
  const choice = new KeptChoice();
  const first = next(choice, 'a', 'b', 'c', 'd');
  first.toggle(1);
  choice.note(first);
  const second = next(choice, 'new', 'b', 'a', 'c');
  expect(ticked(second)).toEqual(['new', 'a', 'c']);
  choice.note(second);
  const third = next(choice, 'a', 'c');
  choice.note(third);
  expect(ticked(next(choice, 'b', 'a', 'c'))).toEqual(['a', 'c']);
});

it('forgets what was ticked again', () => {
  const choice = new KeptChoice();
  const first = next(choice, 'a', 'b', 'c');
  first.toggle(0);
  choice.note(first);
  const second = next(choice, 'a', 'b', 'c');
  second.toggle(0);
  choice.note(second);
  expect(ticked(next(choice, 'a', 'b', 'c'))).toEqual(['a', 'b', 'c']);
});

it('takes nothing new where most was unticked', () => {
  const choice = new KeptChoice();
  const first = next(choice, 'a', 'b', 'c');
  first.takeNone();
  first.toggle(2);
  choice.note(first);
  expect(ticked(next(choice, 'evil', 'a', 'c', 'd'))).toEqual(['c']);
});

it('keeps a name out that comes back as a folder', () => {
  const choice = new KeptChoice();
  const first = next(choice, 'a', 'b', 'c');
  first.toggle(0);
  choice.note(first);
  expect(ticked(next(choice, 'a/x/y', 'ab', 'b', 'c'))).toEqual(['ab', 'b', 'c']);
});

it('stays out through twenty changes of the offer', () => {
  const choice = new KeptChoice();
  let selection = next(choice, 'a', 'b', 'c');
  selection.toggle(1);
  for (let list = 0; list < 20; list += 1) {
    choice.note(selection);
    selection = next(choice, ...(list % 2 === 0 ? ['c', 'a'] : ['b', `new ${list}`, 'a', 'c']));
    expect(ticked(selection)).not.toContain('b');
  }
});
