// What a real browser refuses while files are read and written: the side that it happens to reads why, in its language.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';

async function inGerman(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { value: ['de'] });
  });
}

test('a picked folder that is deleted is said to be', async ({ folder, openPage, cli }) => {
  const name = path.basename(folder);
  await writeFile(path.join(folder, 'note.txt'), 'a note');
  await writeFile(path.join(folder, 'more.txt'), 'more');
  const sender = cli('send', path.join(folder, 'note.txt'), path.join(folder, 'more.txt'));
  const receiver = await openPage({
    before: async (page) => {
      await inGerman(page);
      await page.addInitScript((folderName) => {
        Object.assign(window, {
          showDirectoryPicker: async () => {
            const root = await navigator.storage.getDirectory();
            const picked = await root.getDirectoryHandle(folderName, { create: true });
            await root.removeEntry(folderName);
            return picked;
          },
        });
      }, name);
    },
  });
  await receiver.getByLabel('Haben Sie einen Code?').fill(await sender.code());
  await receiver.getByRole('button', { name: 'Empfangen', exact: true }).click();
  await receiver.getByLabel('Ein Ordner, den Sie wählen').check();
  await receiver.getByRole('button', { name: 'Annehmen' }).click();
  const alert = receiver.getByRole('alert');
  await expect(alert).toContainText('„note.txt“ lässt sich nicht schreiben: Die Datei oder der Ordner dafür');
  await expect(alert).toContainText('Mit einem neuen Code können Sie einen anderen Ordner wählen.');
  expect(await sender.exitCode()).toBe(3);
  // The other side hears what it can do, and no name of an exception.
  expect(await sender.event('error')).toMatchObject({ code: 'sink-failed' });
});

test('a file that another program holds is said to be held, and goes on when it is let go', async ({
  folder,
  openPage,
  cli,
}) => {
  const name = path.basename(folder);
  await writeFile(path.join(folder, 'a.txt'), 'content');
  const sender = cli('send', path.join(folder, 'a.txt'));
  const receiver = await openPage({ before: (page) => stubPickers(page, name) });
  await receiver.evaluate(async (folderName) => {
    const root = await navigator.storage.getDirectory();
    const picked = await root.getDirectoryHandle(folderName, { create: true });
    const file = await picked.getFileHandle('a.txt', { create: true });
    const options = { mode: 'exclusive' } as FileSystemCreateWritableOptions;
    Object.assign(window, { held: await file.createWritable(options) });
  }, name);
  await steps.enterCode(receiver, await sender.code());
  await receiver.getByLabel('A file that you choose').check();
  await steps.accept(receiver);
  await expect(
    receiver.getByText(/Paused: “a\.txt” cannot be written: another tab or program/).first(),
  ).toBeVisible();
  await expect(receiver.getByText('If it does not go on by itself then').first()).toBeVisible();
  await receiver.evaluate(() => (window as unknown as { held: FileSystemWritableFileStream }).held.abort());
  await steps.expectReceived(receiver);
  expect(await sender.exitCode()).toBe(0);
  expect(Object.keys(await treePicked(receiver, name))).toEqual(['a.txt']);
  await removePicked(receiver, name);
});

test('a file that is deleted after it was chosen is said to be gone', async ({ folder, openPage, cli }) => {
  const files = ['gone.txt', 'kept.txt'].map((file) => path.join(folder, file));
  for (const file of files) await writeFile(file, 'content');
  const sender = await openPage({ before: inGerman });
  await sender.getByLabel('Dateien wählen').setInputFiles(files);
  const code = (await sender.getByLabel('Code', { exact: true }).innerText()).trim();
  await rm(files[0]!);
  const out = path.join(folder, 'out');
  await mkdir(out);
  const receiver = cli('receive', code, '--yes', '--out', out);
  const told = sender.getByText('„gone.txt“ lässt sich nicht lesen: Es ist nicht mehr da');
  await expect(told).toBeVisible();
  expect(await receiver.exitCode()).toBe(4);
});
