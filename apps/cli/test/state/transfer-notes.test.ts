// What is noted beside a transfer that is received.
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TransferStore } from '../../src/state/transfer-store.ts';
import { scratchFolder } from '../scratch.ts';
import { sentNote } from './sent-note.ts';

const ROW = { identity: '1:2', version: '3:4', firstChunk: 5, count: 6 };

it('is there at once, and before refused chunks count as noted it is durable', async () => {
  const store = new TransferStore(await scratchFolder(), 1);
  const id = store.newId();
  let isDurable = false;
  const noting = store.append(id, { refused: [ROW] }).then(() => {
    isDurable = true;
  });
  const delivering = store.append(id, { delivered: 'a' });
  expect(store.notes(id)).toEqual([{ refused: [ROW] }, { delivered: 'a' }]);
  // A thread makes it so: this one goes on.
  await Promise.resolve();
  expect(isDurable).toBe(false);
  await Promise.all([noting, delivering]);
});

it('is told when it could not be noted', async () => {
  const folder = await scratchFolder();
  const store = new TransferStore(folder, 1);
  const id = store.newId();
  rmSync(folder, { recursive: true });
  await expect(store.append(id, { refused: [ROW] })).rejects.toMatchObject({ code: 'ENOENT' });
});

it('with a device that was removed is forgotten, and no other', async () => {
  const store = new TransferStore(await scratchFolder(), 60_000);
  const note = (device: string | undefined) => {
    const id = store.newId();
    store.write(id, sentNote(device));
    return id;
  };
  const [removed, other, byCode] = ['a'.repeat(64), 'b'.repeat(64), undefined].map(note);
  store.removeOfDevice('a'.repeat(64));
  const left = store.list().map(({ transfer }) => transfer.id);
  expect(left.sort()).toEqual([other, byCode].sort());
  expect(left).not.toContain(removed);
});
