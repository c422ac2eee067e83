// Stop in the page asks what becomes of what has arrived; the other side hears which, and each sentence is true.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';

const KEEP = 'Keep what has arrived, to go on later';
const DELETE = 'Delete unfinished files';

test('the question holds the focus, and Escape goes on', { tag: '@firefox' }, async ({
  bigFile,
  openPage,
  cli,
}) => {
  const sender = cli('send', bigFile.path);
  const page = await openPage();
  await steps.enterCode(page, await sender.code());
  await steps.acceptIntoBrowser(page);
  await steps.untilMoving(page);
  // So that the question is asked of a transfer that still runs.
  sender.pause();
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop this transfer?' });
  await expect(dialog.getByRole('button', { name: KEEP })).toBeFocused();
  expect((await new AxeBuilder({ page }).include('dialog').analyze()).violations).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Stop…' })).toBeFocused();
  sender.goOn();
  await steps.expectReceived(page);
  expect(await sender.exitCode()).toBe(0);
});

test('what a receiver keeps is gone on with from the first page', { tag: '@firefox' }, async ({
  longFile,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await steps.stop(receiver, KEEP);
  await steps.expectAlert(receiver, 'You stopped.');
  await steps.expectAlert(receiver, 'What has arrived is kept. Resume it from the first page');
  await steps.expectAlert(sender, 'The other side stopped for now.');
  await steps.expectAlert(sender, 'Resume it from the first page');
  for (const page of [sender, receiver]) await page.getByRole('button', { name: 'Back to start' }).click();
  // Both pages are of one browser, and list both.
  await rowOf(sender, longFile.name, 'sent').getByRole('button', { name: 'Resume' }).click();
  await steps.chooseFiles(sender, [longFile.path]);
  await rowOf(receiver, longFile.name, 'received').getByRole('button', { name: 'Resume' }).click();
  await steps.untilMoving(receiver);
  await steps.cancel(receiver);
});

test('what a receiver deletes is gone, and the sender hears that nobody comes back', async ({
  longFile,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await steps.stop(receiver, DELETE);
  await steps.expectAlert(receiver, 'Unfinished files were deleted. Files that arrived whole are kept.');
  await steps.expectAlert(sender, 'The other side stopped for good.');
  expect(await storedFolders(receiver)).toEqual([]);
  for (const page of [sender, receiver]) {
    await page.getByRole('button', { name: /^(Start again|Back to start)$/ }).click();
    await expect(steps.earlier(page, longFile.name)).toHaveCount(0);
  }
});

test('a part in a picked folder is deleted with it', async ({ longFile, folder, openPage, cli }) => {
  const small = path.join(folder, 'small');
  await writeFile(small, 'small');
  const sender = cli('send', longFile.path, small);
  const name = path.basename(folder);
  const page = await openPage({ before: (opened) => stubPickers(opened, name) });
  await steps.enterCode(page, await sender.code());
  await page.getByLabel('A folder that you choose').check();
  await steps.accept(page);
  await steps.untilMoving(page);
  await steps.stop(page, DELETE);
  await steps.expectAlert(page, 'Unfinished files were deleted.');
  expect(Object.keys(await treePicked(page, name)).filter((found) => found !== 'small')).toEqual([]);
  expect(await sender.exitCode()).toBe(3);
  await removePicked(page, name);
});

test('a place that can’t be gone on with offers no such thing', async ({
  longFile,
  folder,
  openPage,
  cli,
}) => {
  const sender = cli('send', longFile.path);
  const name = path.basename(folder);
  const page = await openPage({ before: (opened) => stubPickers(opened, name) });
  await steps.enterCode(page, await sender.code());
  await page.getByLabel('A file that you choose').check();
  await steps.accept(page);
  await steps.untilMoving(page);
  await page.getByRole('button', { name: 'Stop…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('It can’t be resumed');
  await expect(dialog.getByRole('button')).toHaveText(['Stop', 'Go on']);
  await dialog.getByRole('button', { name: 'Stop' }).click();
  await steps.expectAlert(page, 'The rest has to be sent again, with a new code.');
  expect(await sender.exitCode()).toBe(3);
  await removePicked(page, name);
});

test('a sender that keeps it leaves both ends to go on', async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await steps.stop(sender, KEEP);
  await steps.expectAlert(sender, 'You stopped.');
  await steps.expectAlert(receiver, 'The other side stopped for now.');
  for (const page of [sender, receiver]) {
    await page.getByRole('button', { name: 'Back to start' }).click();
    const row = rowOf(page, longFile.name, page === sender ? 'sent' : 'received');
    await row.getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
  }
});

const rowOf = (page: Page, title: string, what: 'sent' | 'received') =>
  steps.earlier(page, title).filter({ hasText: what });

async function storedFolders(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const found: string[] = [];
    for await (const name of (await root.getDirectoryHandle('transfers', { create: true })).keys())
      found.push(name);
    return found;
  });
}
