// Several tabs, or a tab and a command line, that receive files of one name into one folder at once: each has a part and a name of its own.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { hashFile, writeRandomFile } from './test-content.ts';

const BYTES = 200_000_000;

interface Sent {
  /** `report.pdf`, and a small one, since a single file goes into a file that is picked. */
  files: string[];
  hashes: string[];
}

/** The same names with content of its own, for each of two senders. */
async function reports(folder: string): Promise<Sent[]> {
  const all: Sent[] = [];
  for (const who of ['one', 'other']) {
    await mkdir(path.join(folder, who));
    const files = ['note.txt', 'report.pdf'].map((name) => path.join(folder, who, name));
    await writeRandomFile(files[0]!, 1000);
    await writeRandomFile(files[1]!, BYTES);
    all.push({ files, hashes: await Promise.all(files.map(hashFile)) });
  }
  return all;
}

const NAMES = ['note (1).txt', 'note.txt', 'report (1).pdf', 'report.pdf'];

async function acceptIntoFolder(page: Page, code: string): Promise<void> {
  await steps.enterCode(page, code);
  await page.getByLabel('A folder that you choose').check();
  await steps.accept(page);
}

/** Chromium collects what a writer gets in a file beside the part. */
function partsOf(tree: Record<string, string>): string[] {
  return Object.keys(tree).filter((name) => name.endsWith('.p2p.part'));
}

function namesIn(page: Page, name: string): Promise<string[]> {
  return page.evaluate(async (folderName) => {
    const root = await navigator.storage.getDirectory();
    const names: string[] = [];
    for await (const found of (await root.getDirectoryHandle(folderName, { create: true })).keys())
      names.push(found);
    return names;
  }, name);
}

test('two tabs that receive files of one name into one folder have a part and a name each', async ({
  folder,
  openPage,
  cli,
}) => {
  const sent = await reports(folder);
  const name = path.basename(folder);
  const before = (page: Page) => stubPickers(page, name);
  const pages = [await openPage({ before }), await openPage({ before })];
  const senders = sent.map(({ files }) => cli('send', ...files));
  const codes = [await senders[0]!.code(), await senders[1]!.code()];
  await acceptIntoFolder(pages[0]!, codes[0]!);
  await acceptIntoFolder(pages[1]!, codes[1]!);
  for (const page of pages) await steps.expectReceived(page);
  for (const sender of senders) expect(await sender.exitCode()).toBe(0);
  const tree = await treePicked(pages[0]!, name);
  expect(Object.keys(tree).sort()).toEqual(NAMES);
  expect(Object.values(tree).sort()).toEqual(sent.flatMap(({ hashes }) => hashes).sort());
  await removePicked(pages[0]!, name);
});

test('names that become free and taken at the same moment are given once each', async ({
  folder,
  openPage,
  cli,
}) => {
  const name = path.basename(folder);
  const before = (page: Page) => stubPickers(page, name);
  const hashes: string[] = [];
  const senders = await Promise.all(
    [0, 1, 2].map(async (i) => {
      const source = path.join(folder, `${i}`, 'Trip');
      await mkdir(source, { recursive: true });
      const files = Array.from({ length: 40 }, (_, k) => path.join(source, `${k}.txt`));
      for (const file of files) {
        await writeRandomFile(file, 1000);
        hashes.push(await hashFile(file));
      }
      return cli('send', source);
    }),
  );
  const pages = [await openPage({ before }), await openPage({ before }), await openPage({ before })];
  const codes = await Promise.all(senders.map((sender) => sender.code()));
  for (const [i, page] of pages.entries()) {
    await steps.enterCode(page, codes[i]!);
    await page.getByLabel('A folder that you choose').check();
  }
  await Promise.all(pages.map((page) => steps.accept(page)));
  for (const page of pages) await steps.expectReceived(page);
  const tree = await treePicked(pages[0]!, name);
  expect(Object.values(tree).sort()).toEqual(hashes.sort());
  expect(partsOf(tree)).toEqual([]);
  await removePicked(pages[0]!, name);
});

test('a tab that stops keeps its own part, and goes on with it', async ({ folder, openPage, cli }) => {
  const [mine, other] = await reports(folder);
  const name = path.basename(folder);
  const before = (page: Page) => stubPickers(page, name);
  const sender = await openPage();
  await steps.chooseFiles(sender, mine!.files);
  const receiver = await openPage({ before });
  await acceptIntoFolder(receiver, await steps.shownCode(sender));
  await expect
    .poll(() => namesIn(receiver, name), { intervals: [20] })
    .toContainEqual(expect.stringMatching(/report.*\.p2p\.part$/));
  // At once: a click would wait until the page, which is busy, stands still.
  for (const button of ['Stop…', 'Keep what has arrived, to go on later'])
    await receiver.getByRole('button', { name: button }).dispatchEvent('click');
  await steps.expectAlert(receiver, 'You stopped.');
  const kept = partsOf(await treePicked(receiver, name));
  expect(kept).toContainEqual(expect.stringContaining('report'));

  const second = cli('send', ...other!.files);
  const stranger = await openPage({ before });
  await acceptIntoFolder(stranger, await second.code());
  await steps.expectReceived(stranger);
  expect(await second.exitCode()).toBe(0);
  expect(partsOf(await treePicked(stranger, name))).toEqual(kept);

  for (const page of [sender, receiver]) await page.getByRole('button', { name: 'Back to start' }).click();
  const row = (page: Page, what: string) => steps.earlier(page, '2 files').filter({ hasText: what });
  await row(sender, 'sent').getByRole('button', { name: 'Resume' }).click();
  await steps.chooseFiles(sender, mine!.files);
  await row(receiver, 'received').getByRole('button', { name: 'Resume' }).click();
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const tree = await treePicked(receiver, name);
  expect(Object.keys(tree).sort()).toEqual(NAMES);
  expect(Object.values(tree).sort()).toEqual([...mine!.hashes, ...other!.hashes].sort());
  await removePicked(receiver, name);
});
