import '../sessions/plain-runes.ts';
import { TransferError, toErrorRecord } from '@p2p-copy/core';
import { beforeAll, expect, test } from 'vitest';
import type { PickedItem } from '../../src/contract/messages.ts';
import { OfferSummary } from '../../src/format/offer-summary.ts';
import { withoutRoots } from '../../src/gather/picked-files.ts';
import { spoken } from '../../src/i18n/spoken.svelte.ts';
import { announcementOf } from '../../src/page/announcement.ts';
import { ReceiveSession } from '../../src/sessions/receive-session.svelte.ts';
import { SendSession } from '../../src/sessions/send-session.svelte.ts';
import { FakeEngine } from '../sessions/fake-engine.ts';

beforeAll(() => spoken.loadClassic());

const TERMS = { code: ' as typed ', encrypt: true };

const WIRE = { wire: 'classic', ...TERMS } as const;

function pickedOf(items: PickedItem[]) {
  async function* pages() {
    yield items;
  }
  return withoutRoots(pages());
}

function sending(items: PickedItem[] = []) {
  const engine = new FakeEngine();
  return { engine, session: new SendSession(engine.client, pickedOf(items), WIRE) };
}

function receiving() {
  const engine = new FakeEngine();
  return { engine, session: new ReceiveSession(engine.client, WIRE) };
}

test('both ask for the wire with what was agreed on, and wait to be met', () => {
  for (const { engine, session } of [sending(), receiving()]) {
    expect(engine.wire).toEqual(WIRE);
    expect(session.state).toEqual({ name: 'calling' });
    expect(session.isTransferring).toBe(false);
  }
});

test('a sending without terms is one of version 2', () => {
  const engine = new FakeEngine();
  const session = new SendSession(engine.client, pickedOf([]));
  expect([engine.wire, session.classic]).toEqual([{ wire: 'version-two' }, null]);
  expect(session.state.name).toBe('connecting');
});

test('a sending goes from calling to sending to an end that claims nothing', () => {
  const { engine, session } = sending();
  const offer = { files: 3, bytes: 30, unsized: false };
  engine.report({ type: 'event', event: { type: 'joined' } });
  engine.report({ type: 'event', event: { type: 'offer', ...offer } });
  expect(session.state.name).toBe('calling');
  engine.report({ type: 'event', event: { type: 'accepted', ...offer } });
  if (session.state.name !== 'sending') throw new Error(session.state.name);
  expect(session.isTransferring).toBe(true);
  const { progress } = session.state;
  engine.report({
    type: 'event',
    event: { type: 'progress', bytes: 20, keptBytes: 0, totalBytes: 30, filesDone: 0 },
  });
  expect([progress.bytes, progress.totalBytes, progress.files]).toEqual([20, 30, null]);
  engine.report({ type: 'done', result: { files: 3, bytes: 30, failed: [] } });
  expect(session.state.name).toBe('done');
  expect(engine.isClosed).toBe(true);
  expect(announcementOf({ name: 'send', session })).toBe('Sent. Ask them whether everything arrived.');
});

test('a sending knows of empty folders, which are left out', async () => {
  const file: PickedItem = { kind: 'file', path: 'a/b', file: new File(['x'], 'b') };
  for (const [items, expected] of [
    [[file], false],
    [[file, { kind: 'folder', path: 'a/empty' }], true],
  ] as [PickedItem[], boolean][]) {
    const { engine, session } = sending(items);
    await expect.poll(() => engine.told).toContainEqual({ type: 'items-end' });
    expect(session.offer.summary.folders > 0).toBe(expected);
  }
});

test('a receiving shows the offer as soon as it is there', () => {
  const { engine, session } = receiving();
  engine.report({ type: 'event', event: { type: 'joined' } });
  expect(session.state.name).toBe('calling');
  const entry = { kind: 'file', sizeBytes: 3, modifiedMs: null, executable: false } as const;
  const entries = ['a', 'b'].map((path, index) => ({ ...entry, path, index }));
  engine.report({ type: 'entries', offer: 1, entries: entries.slice(0, 1) });
  engine.report({ type: 'entries', offer: 1, entries: entries.slice(1) });
  expect(session.state.name).toBe('calling');
  const folders = new Int32Array([-1, -1]);
  engine.report({
    type: 'review',
    offer: 1,
    pin: null,
    folders,
    survey: { risky: [], riskyFolders: [], hidden: 0, programs: 0 },
    storesFiles: true,
    hasEarlier: false,
    unsent: 0,
    changes: null,
  });
  expect(session.state).toMatchObject({ name: 'review', words: [], entries, folders });
  const terms = { compares: false, maxUnsizedBytes: 1000 };
  session.accept({ kind: 'browser' }, new OfferSummary(), [], terms);
  expect(session.state.name).toBe('receiving');
  expect(engine.told).toEqual([
    { type: 'accept', offer: 1, sink: { kind: 'browser' }, skip: [], pin: null, ...terms },
  ]);
});

test('errors are told in the words for the Python tool', () => {
  for (const { engine, session } of [sending(), receiving()]) {
    engine.report({ type: 'failed', error: toErrorRecord(new TransferError('peer-gone')) });
    expect(session.state).toMatchObject({
      name: 'failed',
      problem: { sentence: 'The other side left before the end.' },
    });
  }
});
