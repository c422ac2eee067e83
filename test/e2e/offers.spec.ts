// What is offered can be changed until it is accepted, pasted together, and accepted in part.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { treeInZip } from './read-zip.ts';
import { treeOnDisk } from './test-content.ts';

/** Files of these names, each holding its name. */
async function filesIn(folder: string, ...names: string[]): Promise<string[]> {
  const paths = names.map((name) => path.join(folder, name));
  for (const [i, file] of paths.entries()) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, names[i]!);
  }
  return paths;
}

async function add(page: Page, files: string[]): Promise<void> {
  await page.getByLabel('Add files').setInputFiles(files);
}

const remove = (page: Page, name: string) => page.getByRole('button', { name: `Remove ${name}` }).click();

/** What is saved of what was received; it is deleted from the browser. */
async function savedNames(page: Page, folder: string): Promise<string[]> {
  const saved = await steps.saveBy(page, 'Save all as .zip', folder);
  await steps.deleteFromBrowser(page);
  return Object.keys(await treeInZip(saved)).sort();
}

/** Names in the list on screen. */
const names = (page: Page, list: string) =>
  page.getByRole('region', { name: list }).last().getByRole('listitem').locator('.name');

test('files are added and removed until the other side accepts', async ({ folder, openPage, cli }) => {
  const [a, b, c, d] = await filesIn(folder, 'a.txt', 'b.txt', 'c.txt', 'd.txt');
  const sender = await openPage();
  await steps.chooseFiles(sender, [a!]);
  const code = await steps.shownCode(sender);
  await add(sender, [b!, c!]);
  await remove(sender, 'a.txt');
  await expect(names(sender, 'What you send')).toHaveText(['b.txt', 'c.txt']);

  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await expect(names(receiver, 'What is offered')).toHaveText(['b.txt', 'c.txt']);
  await expect(sender.getByRole('heading', { level: 1 })).toHaveText('Waiting for them to accept');
  await steps.dropPaths(sender, [d!]);
  await remove(sender, 'b.txt');
  await expect(names(receiver, 'What is offered')).toHaveText(['c.txt', 'd.txt']);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  expect(await savedNames(receiver, folder)).toEqual(['c.txt', 'd.txt']);

  // A terminal shows the list that counts.
  await sender.getByRole('button', { name: 'Send more' }).click();
  await steps.chooseFiles(sender, [a!]);
  const next = await steps.shownCode(sender);
  await add(sender, [b!]);
  const out = path.join(folder, 'out');
  await mkdir(out);
  const terminal = cli('receive', next, '--yes', '--out', out);
  expect(await terminal.exitCode()).toBe(0);
  expect(Object.keys(await treeOnDisk(out)).sort()).toEqual(['a.txt', 'b.txt']);
});

test('what is pasted is sent, and a pasted link is a code to enter', async ({ openPage }) => {
  const page = await openPage();
  await paste(page, { text: 'Look at https://example.org' });
  await expect(page.getByLabel('Or send a message')).toHaveValue('Look at https://example.org');
  await paste(page, { text: 'https://example.org/#7-guitar-ocean' });
  await expect(page.getByLabel('Have a code?')).toHaveValue('7-guitar-ocean');
  await paste(page, { file: 'image.png' });
  await steps.shownCode(page);
  await paste(page, { file: 'image.png' });
  await expect(names(page, 'What you send')).toHaveText(['image.png', 'image (1).png']);
});

/** As Ctrl+V does outside of any field. */
async function paste(page: Page, { text, file }: { text?: string; file?: string }): Promise<void> {
  await page.evaluate(
    ([given, name]) => {
      const clipboardData = new DataTransfer();
      if (given !== undefined) clipboardData.setData('text/plain', given);
      if (name !== undefined) clipboardData.items.add(new File([String(performance.now())], name));
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    },
    [text, file] as const,
  );
}

test('some of the files can be chosen, and what could run is marked', async ({ folder, openPage }) => {
  const root = path.join(folder, 'Holiday');
  await filesIn(root, 'beach.jpg', 'day 2/market.jpg', 'day 2/old.jpg', 'setup.exe');
  const sender = await openPage();
  await steps.dropPaths(sender, [root]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await expect(receiver.getByText('1 file could run a program.')).toBeVisible();
  await expect(receiver.getByRole('listitem').filter({ hasText: 'setup.exe' })).toContainText(
    'Program or script',
  );
  await receiver.getByRole('button', { name: 'Choose none' }).click();
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeDisabled();
  await receiver.getByRole('checkbox', { name: 'Holiday/beach.jpg' }).check();
  await receiver.getByRole('button', { name: 'Choose all' }).click();
  await receiver.getByRole('checkbox', { name: 'Holiday/setup.exe' }).uncheck();
  await receiver.getByRole('checkbox', { name: 'Holiday/day 2/old.jpg' }).uncheck();
  await expect(receiver.getByText('2 of 4 files')).toBeVisible();
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText('2 files received and verified');
  await expect(sender.getByText('2 files', { exact: false }).first()).toBeVisible();
  expect(await savedNames(receiver, folder)).toEqual(['Holiday/beach.jpg', 'Holiday/day 2/market.jpg']);
});

test('both sides see which files have arrived', async ({ folder, longFile, openPage }) => {
  const [small] = await filesIn(folder, 'small.txt');
  const sender = await openPage();
  await steps.dropPaths(sender, [small!, longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  for (const page of [sender, receiver]) {
    await page.getByText('Files', { exact: true }).click();
    const rows = page.getByRole('region', { name: 'Files' }).getByRole('listitem');
    await expect(rows.filter({ hasText: 'small.txt' })).toContainText('Arrived');
    await expect(rows.filter({ hasText: 'long.bin' })).toContainText('Not yet there');
  }
  await steps.cancel(receiver);
  await steps.expectAlert(sender, 'The other side stopped for good.');
});

test('what was unticked stays so when the sender changes the offer, and what is new is marked and announced', async ({
  folder,
  openPage,
}) => {
  const [a, b, c] = await filesIn(folder, 'a.txt', 'b.txt', 'c.txt', 'd.txt');
  const sender = await openPage();
  await steps.chooseFiles(sender, [a!, b!]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const box = (name: string) => receiver.getByRole('checkbox', { name, exact: true });
  await box('b.txt').uncheck();
  await add(sender, [c!]);
  await expect(box('c.txt (new)')).toBeChecked();
  await expect(box('b.txt')).not.toBeChecked();
  await expect(box('a.txt')).toBeChecked();
  await expect(receiver.getByRole('status').filter({ hasText: 'new: 1, changed: 0' })).toHaveAttribute(
    'aria-live',
    'polite',
  );
  // Taken away and offered again: still not wanted, and c.txt is no less new.
  await remove(sender, 'b.txt');
  await expect(box('b.txt')).toHaveCount(0);
  await writeFile(b!, 'b.txt, and more');
  await add(sender, [b!]);
  await expect(box('b.txt (changed)')).not.toBeChecked();
  await expect(box('c.txt (new)')).toBeChecked();
  await expect(names(receiver, 'What is offered')).toHaveText(['a.txt', 'b.txt', 'c.txt']);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  expect(await savedNames(receiver, folder)).toEqual(['a.txt', 'c.txt']);
});
