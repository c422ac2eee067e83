// Browsers that have no picker and no storage: what fits is received into memory, the rest is downloaded while it arrives.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Download, Page } from 'playwright/test';
import { openBare } from './bare-browser.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { treeInZip } from './read-zip.ts';
import { hashFile, treeOnDisk, writeRandomFile, writeTree } from './test-content.ts';

const MEMORY = 'In this tab’s memory';
const HINT_OF_LOSS = 'this tab’s memory alone';

/** Whether the page asks before it is closed. */
const warns = (page: Page) =>
  page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  });

async function savedAt(download: Download, folder: string): Promise<string> {
  const file = path.join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await download.delete();
  return file;
}

for (const refusal of ['late', 'never'] as const) {
  test(`one file into memory, where the storage refuses ${refusal}`, async ({ folder, openPage }) => {
    const file = path.join(folder, 'photo.jpg');
    await writeRandomFile(file, 3_000_000);
    const sender = await openPage();
    await steps.chooseFiles(sender, [file]);
    const receiver = await openBare(openPage, { refusal });
    await steps.enterCode(receiver, await steps.shownCode(sender));
    await expect(receiver.getByLabel(MEMORY)).toBeChecked();
    await expect(receiver.getByText('Up to 500 MB')).toBeVisible();
    await expect(receiver.getByRole('radio')).toHaveCount(1);
    await steps.accept(receiver);
    await steps.expectReceived(receiver);
    await steps.expectConfirmed(sender);
    await expect(receiver.getByText(HINT_OF_LOSS)).toBeVisible();
    expect(await warns(receiver)).toBe(true);
    await expect(receiver.getByRole('button', { name: 'Back to start' })).toHaveCount(0);

    const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
    expect(await hashFile(saved)).toBe(await hashFile(file));
    await expect(receiver.getByText('Keep this tab open until that has finished.')).toBeVisible();
    expect(await warns(receiver)).toBe(false);
    await receiver.getByRole('button', { name: 'Back to start' }).click();
    await expect(receiver.getByRole('region', { name: 'Earlier transfers' })).toHaveCount(0);
  });
}

test('a folder into memory', async ({ folder, openPage }) => {
  const tree = path.join(folder, 'tree');
  await writeTree(tree, 'browser');
  const sender = await openPage();
  await steps.dropPaths(sender, [tree]);
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await expect(receiver.getByLabel(MEMORY)).toBeChecked();
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(receiver, 'Save all as .zip', path.join(folder, 'saved'));
  expect(await treeInZip(saved)).toEqual(prefixed('tree', await treeOnDisk(tree)));
  await steps.deleteFromBrowser(receiver);
  expect(await warns(receiver)).toBe(false);
});

test('what is too large for memory is refused before it comes, where nothing streams', async ({
  bigFile,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [bigFile.path]);
  const receiver = await openBare(openPage, { streams: false, memoryGiB: 2 });
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.expectAlert(receiver, 'it can take no more than 268 MB. Open the page in a normal window');
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeDisabled();
  await receiver.getByRole('button', { name: 'Decline' }).click();
  await steps.expectAlert(sender, 'The other side declined.');
});

test('a large file is downloaded while it arrives', async ({ bigFile, folder, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [bigFile.path]);
  const receiver = await openBare(openPage, { memoryGiB: 2 });
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const main = receiver.getByRole('main');
  await expect(main).toContainText('Your browser is finishing the download');
  await expect(main).not.toContainText(/saved/i);
  expect(download.suggestedFilename()).toBe(bigFile.name);
  expect(await hashFile(await savedAt(download, folder))).toBe(bigFile.sha256);
});

test('a folder is downloaded as one .zip', async ({ folder, openPage }) => {
  const tree = path.join(folder, 'tree');
  await writeTree(tree, 'browser');
  await writeRandomFile(path.join(tree, 'large.bin'), 40_000_000);
  const sender = await openPage();
  await steps.dropPaths(sender, [tree]);
  const receiver = await openBare(openPage, { memoryGiB: 0.25 });
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await savedAt(download, folder);
  expect(path.basename(saved)).toMatch(/^tree.*\.zip$/);
  expect(await treeInZip(saved)).toEqual(prefixed('tree', await treeOnDisk(tree)));
});

test('an awkward name of a download stays a name', async ({ folder, openPage }) => {
  const name = "a\"b; filename=evil.exe '(*)' 100% 日本.bin";
  const file = path.join(folder, name);
  await writeRandomFile(file, 40_000_000);
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const receiver = await openBare(openPage, { memoryGiB: 0.25 });
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.expectReceived(receiver);
  // What a disk doesn't take the browser replaces.
  expect(download.suggestedFilename()).toMatch(/^a.b; filename=evil\.exe '\(.\)' 100% 日本\.bin$/);
  const out = path.join(folder, 'out');
  await mkdir(out);
  expect(await hashFile(await savedAt(download, out))).toBe(await hashFile(file));
});

test('the sender cancels a download: it fails in the browser too', async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.untilMoving(receiver);
  expect(await warns(receiver)).toBe(true);
  await steps.cancel(sender);
  await steps.expectAlert(receiver, 'The other side stopped for good.');
  await steps.expectAlert(receiver, 'What your browser has of the download is incomplete');
  expect(await download.failure()).not.toBeNull();
});

test('a download that is cancelled in the browser ends the transfer', async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.untilMoving(receiver);
  await download.cancel();
  await steps.expectAlert(receiver, 'The download was cancelled in this browser.');
  await steps.expectAlert(sender, 'The receiving device could not write a file.');
});

test('a closed tab is no finished download', async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const download = await steps.acceptDownload(receiver);
  await steps.untilMoving(receiver);
  const failure = download.failure();
  await receiver.goto('about:blank');
  expect(await failure).not.toBeNull();
  await steps.cancel(sender);
});

function prefixed(folder: string, tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).map(([at, hash]) => [`${folder}/${at}`, hash]));
}
