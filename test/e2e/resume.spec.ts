// Whatever ends a tab, a connection or the relay in mid-transfer: it goes on, and the bytes are the same.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { CliProcess, urlOf } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { treeInZip } from './read-zip.ts';
import { hashFile, type Tree, treeOnDisk, writeRandomFile } from './test-content.ts';

const LOST = 'No connection since';

/** What this origin still stores: of files received, and of transfers of `title`. */
function stored(page: Page, title: string): Promise<{ folders: string[]; records: number }> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folders: string[] = [];
    for await (const name of (await root.getDirectoryHandle('transfers', { create: true })).keys())
      folders.push(name);
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('p2p-copy');
      request.onsuccess = () => resolve(request.result);
    });
    const all = database.transaction('transfers').objectStore('transfers').getAll();
    await new Promise((resolve) => {
      all.onsuccess = resolve;
    });
    database.close();
    return { folders, records: all.result.filter((record) => record.title === name).length };
  }, title);
}

test.describe('the receiving tab', () => {
  for (const [how, end, tag] of [
    ['is closed', (page: Page) => page.close(), ['@firefox']],
    ['crashes', crash, []],
  ] as const) {
    test(`${how}, and another one goes on`, { tag: [...tag] }, async ({ bigFile, folder, openPage, cli }) => {
      const sender = cli('send', bigFile.path);
      const receiver = await openPage();
      await steps.enterCode(receiver, await sender.code());
      await steps.acceptIntoBrowser(receiver);
      await steps.untilPercent(receiver, 20);
      await expect(receiver.getByText('If this tab closes, you can resume later')).toBeVisible();
      await end(receiver);

      const again = await openPage();
      await expect(steps.earlier(again, bigFile.name)).toContainText('of 300 MB received');
      await steps.resume(again, bigFile.name);
      await steps.expectReceived(again);
      expect(await sender.exitCode()).toBe(0);
      const saved = await steps.saveBy(again, 'Save to this device', path.join(folder, 'saved'));
      expect(await hashFile(saved)).toBe(bigFile.sha256);
      await steps.deleteFromBrowser(again);
      await again.getByRole('button', { name: 'Back to start' }).click();
      await expect(steps.earlier(again, bigFile.name)).toHaveCount(0);
      expect(await stored(again, bigFile.name)).toEqual({ folders: [], records: 0 });
    });
  }

  test('is closed, and a picked folder is gone on with', async ({ folder, openPage, cli }) => {
    const root = path.join(folder, 'in', 'Trip');
    await mkdir(root, { recursive: true });
    // Closed when the first is whole, long before the last one is.
    for (const name of ['a', 'b', 'c']) await writeRandomFile(path.join(root, name), 150_000_000);
    await writeFile(path.join(root, 'empty'), '');
    const expected: Tree = await treeOnDisk(path.dirname(root));
    const sender = cli('send', root);
    const name = path.basename(folder);
    const before = (page: Page) => stubPickers(page, name);
    const receiver = await openPage({ before });
    await steps.enterCode(receiver, await sender.code());
    await receiver.getByLabel('A folder that you choose').check();
    await steps.accept(receiver);
    await steps.untilPercent(receiver, 36);
    await receiver.close();

    const again = await openPage({ before });
    await steps.resume(again, 'Trip');
    await steps.expectReceived(again);
    expect(await sender.exitCode()).toBe(0);
    const tree = await treePicked(again, name);
    expect(withoutSwap(tree)).toEqual(expected);
    await removePicked(again, name);
  });

  test('is closed, and what was whole in this browser is saved with the rest', async ({
    folder,
    openPage,
    cli,
  }) => {
    const root = await makeNotesAndBig(path.join(folder, 'in', 'Trip'));
    const expected: Tree = await treeOnDisk(path.dirname(root));
    const sender = cli('send', '--text', 'look at note 7', root);
    const receiver = await openPage();
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await steps.untilPercent(receiver, 30);
    await receiver.close();

    const again = await openPage();
    await again.getByRole('button', { name: /^Resume/ }).click();
    await steps.expectReceived(again);
    await expect(again.getByText('look at note 7')).toBeVisible();
    expect(await sender.exitCode()).toBe(0);
    const saved = await steps.saveBy(again, 'Save all as .zip', path.join(folder, 'saved'));
    expect(await treeInZip(saved)).toEqual(expected);
    await steps.deleteFromBrowser(again);
  });

  test('is closed, and what was whole in a picked folder is there once', async ({
    folder,
    openPage,
    cli,
  }) => {
    const root = await makeNotesAndBig(path.join(folder, 'in', 'Trip'));
    const expected: Tree = await treeOnDisk(path.dirname(root));
    const sender = cli('send', root);
    const name = path.basename(folder);
    const before = (page: Page) => stubPickers(page, name);
    const receiver = await openPage({ before });
    await steps.enterCode(receiver, await sender.code());
    await receiver.getByLabel('A folder that you choose').check();
    await steps.accept(receiver);
    await steps.untilPercent(receiver, 30);
    await receiver.close();

    const again = await openPage({ before });
    await steps.resume(again, 'Trip');
    await steps.expectReceived(again);
    expect(await sender.exitCode()).toBe(0);
    expect(withoutSwap(await treePicked(again, name))).toEqual(expected);
    await removePicked(again, name);
  });

  test('is closed before what it received is saved', async ({ folder, openPage, cli }) => {
    const file = path.join(folder, 'note.txt');
    await writeFile(file, 'a note');
    const sender = cli('send', file);
    const receiver = await openPage();
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await steps.expectReceived(receiver);
    await receiver.close();

    const firstCards: string[][] = [];
    const later = await openPage({ before: (page) => tellFirstCards(page, firstCards) });
    await expect(steps.earlier(later, 'note.txt')).toContainText('Received: note.txt');
    // A row that came later would push down what is about to be clicked.
    await expect.poll(() => firstCards).toEqual([['Earlier transfers', 'Send', 'Receive']]);
    await later.getByRole('button', { name: 'Save note.txt' }).click();
    const saved = await steps.saveBy(later, 'Save to this device', path.join(folder, 'saved'));
    expect(await hashFile(saved)).toBe(await hashFile(file));
    await steps.deleteFromBrowser(later);
    expect(await stored(later, 'note.txt')).toEqual({ folders: [], records: 0 });
  });

  test('is closed, and another code brings only what is missing', async ({ bigFile, openPage, cli }) => {
    const first = cli('send', bigFile.path);
    const receiver = await openPage();
    await steps.enterCode(receiver, await first.code());
    await receiver.getByLabel('This browser first').check();
    // There is nothing yet to compare with.
    await expect(receiver.getByLabel('Compare with what is there')).toHaveCount(0);
    await steps.accept(receiver);
    await steps.untilPercent(receiver, 20);
    await receiver.close();
    first.interrupt();
    await first.exitCode();

    const second = cli('send', bigFile.path);
    const again = await openPage();
    await steps.enterCode(again, await second.code());
    await again.getByLabel('This browser first').check();
    const compare = again.getByLabel('Compare with what is there');
    await expect(compare).not.toBeChecked();
    await compare.check();
    await steps.accept(again);
    await steps.expectReceived(again);
    expect(await second.exitCode()).toBe(0);
    await steps.deleteFromBrowser(again);
    expect(await stored(again, bigFile.name)).toEqual({ folders: [], records: 0 });
  });

  test('is closed, and the other side is not there: it can be left for later', async ({
    bigFile,
    openPage,
    cli,
  }) => {
    const sender = cli('send', bigFile.path);
    const receiver = await openPage();
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await steps.untilMoving(receiver);
    await sender.stop();
    await receiver.close();

    const again = await openPage();
    await steps.resume(again, bigFile.name);
    await expect(again.getByRole('heading', { level: 1 })).toHaveText('Looking for the other side…');
    await again.getByRole('button', { name: 'Not now' }).click();
    const row = steps.earlier(again, bigFile.name);
    await expect(row.getByRole('button', { name: 'Resume' })).toBeVisible();
    await row.getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
    expect(await stored(again, bigFile.name)).toEqual({ folders: [], records: 0 });
  });

  test('is the only one that has the transfer', async ({ longFile, openPage, cli }) => {
    const sender = cli('send', '--compress', 'off', longFile.path);
    const receiver = await openPage();
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await steps.untilMoving(receiver);
    const other = await openPage();
    const row = steps.earlier(other, longFile.name);
    await expect(row).toContainText('open in another tab');
    await expect(row.getByRole('button')).toHaveCount(0);

    await receiver.close();
    await expect(row.getByRole('button', { name: 'Resume' })).toBeVisible();
    await row.getByRole('button', { name: 'Delete' }).click();
    await expect(row).toHaveCount(0);
    expect(await stored(other, longFile.name)).toEqual({ folders: [], records: 0 });
  });
});

test.describe('the sending tab', () => {
  test('is closed, and the same files are chosen again', { tag: '@firefox' }, async ({
    bigFile,
    folder,
    openPage,
    cli,
  }) => {
    const sender = await openPage();
    await steps.chooseFiles(sender, [bigFile.path]);
    const out = path.join(folder, 'out');
    await mkdir(out);
    const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', out);
    await steps.untilPercent(sender, 20);
    await sender.close();

    const again = await openPage();
    await steps.resume(again, bigFile.name);
    const other = path.join(folder, bigFile.name);
    await writeFile(other, 'another file of that name');
    await steps.chooseFiles(again, [other]);
    await steps.expectAlert(again, 'These are not the same files. Nothing was sent.');
    await steps.expectAlert(again, 'Changed since');
    await steps.chooseFiles(again, [bigFile.path]);
    await steps.expectConfirmed(again);
    expect(await receiver.exitCode()).toBe(0);
    expect(await hashFile(path.join(out, bigFile.name))).toBe(bigFile.sha256);
    await again.getByRole('button', { name: 'Send more' }).click();
    await expect(steps.earlier(again, bigFile.name)).toHaveCount(0);
    expect((await stored(again, bigFile.name)).records).toBe(0);
  });

  test('is closed, and finds what was picked by itself', async ({ folder, openPage, cli }) => {
    const name = path.basename(folder);
    const before = (page: Page) => stubPickers(page, name);
    const sender = await openPage({ before });
    await sender.evaluate(fillPicked, name);
    const { 'Album/big': sha256 } = await treePicked(sender, name);
    await sender.getByLabel('Choose folder').click();
    const out = path.join(folder, 'out');
    await mkdir(out);
    const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', out);
    await steps.untilPercent(sender, 20);
    await sender.close();

    const again = await openPage({ before });
    await steps.resume(again, name);
    await steps.expectConfirmed(again);
    expect(await receiver.exitCode()).toBe(0);
    expect(await treeOnDisk(out)).toEqual({
      [`${name}/Album/big`]: sha256,
      [`${name}/Album/none`]: 'folder',
    });
    await removePicked(again, name);
  });
});

test('the relay is killed and started anew: both pages go on', { tag: '@firefox' }, async ({
  bigFile,
  folder,
  browserContext,
}) => {
  const first = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
  const line = String((await first.event('line')).line);
  const url = (await urlOf(first)) ?? line;
  const { port } = new URL(url);
  const open = async () => {
    const page = await browserContext.newPage();
    await page.goto(url);
    return page;
  };
  const [sender, receiver] = [await open(), await open()];
  await steps.keepToRelay(sender);
  await steps.chooseFiles(sender, [bigFile.path]);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilPercent(receiver, 10);
  await first.stop();
  for (const page of [sender, receiver]) {
    await expect(page.getByRole('main')).toContainText(LOST);
    await expect(page.getByRole('status')).toContainText(LOST);
    await expect(page.getByRole('progressbar')).toBeVisible();
  }
  const second = new CliProcess(['relay', '--host', '127.0.0.1', '--port', port]);
  try {
    await expect(receiver.getByRole('main')).toContainText('Connected again');
    await steps.expectReceived(receiver);
    await steps.expectConfirmed(sender);
    const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
    expect(await hashFile(saved)).toBe(bigFile.sha256);
    await steps.deleteFromBrowser(receiver);
  } finally {
    for (const page of [sender, receiver]) await page.close();
    await second.stop();
  }
});

test('a full storage holds it up until there is room', async ({
  bigFile,
  folder,
  openPage,
  cli,
  relayUrl,
}) => {
  const sender = cli('send', bigFile.path);
  const receiver = await openPage();
  await steps.enterCode(receiver, await sender.code());
  const storage = await receiver.context().newCDPSession(receiver);
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await storage.send('Storage.overrideQuotaForOrigin', { origin: relayUrl, quotaSize: 150_000_000 });
  await expect(receiver.getByRole('main')).toContainText(/Paused: \d+ MB more needed on this device/);
  expect(await sender.event('paused')).toMatchObject({ code: 'no-space' });
  await storage.send('Storage.overrideQuotaForOrigin', { origin: relayUrl });
  await steps.expectReceived(receiver);
  expect(await sender.exitCode()).toBe(0);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(bigFile.sha256);
  await steps.deleteFromBrowser(receiver);
});

/** Small files that come first, faster than a record is written, and a large one. Returns the folder. */
async function makeNotesAndBig(root: string): Promise<string> {
  await mkdir(path.join(root, '0'), { recursive: true });
  for (let i = 0; i < 60; i++) await writeFile(path.join(root, '0', `note ${i}`), `note ${i}`);
  await writeRandomFile(path.join(root, 'big'), 150_000_000);
  return root;
}

/** Notes what stands on the first screen as soon as anything does. */
async function tellFirstCards(page: Page, into: string[][]): Promise<void> {
  await page.exposeFunction('tellCards', (names: string[]) => into.push(names));
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      const cards = [...document.querySelectorAll('main section[aria-label]')];
      if (cards.length === 0) return;
      observer.disconnect();
      const { tellCards } = window as unknown as { tellCards(names: string[]): void };
      tellCards(cards.map((card) => card.getAttribute('aria-label')!));
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}

async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  const session = await page.context().newCDPSession(page);
  // It has nobody left to answer.
  session.send('Page.crash').catch(() => {});
  await crashed;
}

/** What a browser leaves of a writer that was not closed. */
function withoutSwap(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !name.endsWith('.crswap')));
}

/** Something to pick, in the folder that the stubs give. */
async function fillPicked(name: string): Promise<void> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  const album = await root.getDirectoryHandle('Album', { create: true });
  await album.getDirectoryHandle('none', { create: true });
  const writer = await (await album.getFileHandle('big', { create: true })).createWritable();
  for (let i = 0; i < 2000; i++) await writer.write(crypto.getRandomValues(new Uint8Array(65_536)));
  await writer.close();
}
