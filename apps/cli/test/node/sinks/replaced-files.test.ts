import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ReplacedFiles } from '../../../src/node/sinks/replaced-files.ts';
import { scratchFolder } from '../../scratch.ts';

async function setAside() {
  const root = await scratchFolder();
  const path = join(root, 'd');
  writeFileSync(path, 'mine');
  const replaced = new ReplacedFiles();
  await replaced.setAside(path, 'd');
  mkdirSync(path);
  const [aside] = readdirSync(root).filter((name) => name !== 'd');
  return { root, path, replaced, aside: join(root, aside!) };
}

it('puts a file back in place of empty folders, and says nothing', async () => {
  const { root, path, replaced } = await setAside();
  mkdirSync(join(path, 'a/b'), { recursive: true });
  await replaced.putBack();
  expect(readdirSync(root)).toEqual(['d']);
  expect(readFileSync(path, 'utf8')).toBe('mine');
  expect(replaced.inWords()).toBeNull();
});

it('puts back what a file in a folder that replaced a file was replaced by, too', async () => {
  const { root, path, replaced } = await setAside();
  writeFileSync(join(path, 'e'), 'mine too');
  await replaced.setAside(join(path, 'e'), 'd/e');
  mkdirSync(join(path, 'e'));
  await replaced.putBack();
  expect(readFileSync(join(path, 'e'), 'utf8')).toBe('mine too');
  expect(replaced.inWords()).toContain(`“${path}” is now “`);
  expect(readdirSync(root)).toHaveLength(2);
});

it('keeps a file where something else stands in its place, and says where', async () => {
  const { path, replaced, aside } = await setAside();
  writeFileSync(join(path, 'x'), 'came');
  await replaced.putBack();
  expect(readFileSync(aside, 'utf8')).toBe('mine');
  expect(replaced.inWords()).toBe(
    `What was to be replaced by a folder is kept under another name: “${path}” is now “${aside}”.`,
  );
});

it('never removes another file that has come under the name', async () => {
  const { root, replaced, aside } = await setAside();
  renameSync(aside, join(root, 'moved'));
  writeFileSync(aside, 'somebody else’s');
  await replaced.remove();
  await replaced.putBack();
  expect(readFileSync(aside, 'utf8')).toBe('somebody else’s');
  expect(readFileSync(join(root, 'moved'), 'utf8')).toBe('mine');
});

it('what another process set aside stays, and is told of', async () => {
  const { path, aside } = await setAside();
  const later = new ReplacedFiles();
  later.noteEarlier(path);
  later.noteEarlier(path);
  await later.remove();
  await later.putBack();
  expect(readFileSync(aside, 'utf8')).toBe('mine');
  expect(later.inWords()).toContain(`“${path}” is now “${aside}”.`);
});
