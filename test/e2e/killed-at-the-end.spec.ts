// A tab that is killed between the last byte and the end: a note of the end is the last that it does, and what a new tab says then
// is true, and soon there. docs/PROTOCOL.md section 12, "The end of a transfer".
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { hashFile, writeRandomFile } from './test-content.ts';

const NAME = 'small.bin';
const BYTES = 300_000;

async function makeFile(folder: string): Promise<string> {
  const file = path.join(folder, NAME);
  await writeRandomFile(file, BYTES);
  return file;
}

/** Has this page's engine die in the turn in which that note of the end is on disk, before anything can follow from it. */
async function dieOnceNoted(page: Page, ended: 'acknowledged' | 'receipt'): Promise<void> {
  await expect.poll(() => page.workers().length).toBe(1);
  await page.workers()[0]!.evaluate((end) => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
      if (value?.ended === end) {
        this.transaction.addEventListener('complete', (event) => {
          event.stopImmediatePropagation();
          self.close();
        });
      }
      return put.call(this, value, key);
    };
  }, ended);
}

const intoOut = (folder: string) => ['--yes', '--out', path.join(folder, 'out')];

async function closeOnceDead(page: Page): Promise<void> {
  await expect.poll(() => page.workers().length, { intervals: [50] }).toBe(0);
  await page.close();
}

async function finish(page: Page, label: 'Sent' | 'Received', title = NAME): Promise<void> {
  await expect(steps.earlier(page, title)).toContainText(`${label}: ${title}`);
  await page.getByRole('button', { name: `Finish ${title}` }).click();
}

async function expectSaved(page: Page, folder: string, sha256: string): Promise<void> {
  const saved = await steps.saveBy(page, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(sha256);
  await steps.deleteFromBrowser(page);
  await page.getByRole('button', { name: 'Back to start' }).click();
  await expect(steps.earlier(page, NAME)).toHaveCount(0);
}

test.describe('a receiving tab that is killed when everything is here', () => {
  test('owes its sender the receipt, which the next tab gives', async ({ folder, openPage, cli }) => {
    const file = await makeFile(folder);
    const sender = cli('send', file);
    const receiver = await openPage();
    await dieOnceNoted(receiver, 'receipt');
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await closeOnceDead(receiver);

    const again = await openPage();
    await finish(again, 'Received');
    await steps.expectReceived(again);
    expect(await sender.exitCode()).toBe(0);
    await expectSaved(again, folder, await hashFile(file));
  });

  test('waits for no sender that is gone, and shows the message too', async ({ folder, openPage, cli }) => {
    const file = await makeFile(folder);
    const sender = cli('send', file, '--text', 'look at page 7');
    const receiver = await openPage();
    await dieOnceNoted(receiver, 'receipt');
    await steps.enterCode(receiver, await sender.code());
    await steps.acceptIntoBrowser(receiver);
    await closeOnceDead(receiver);
    await sender.stop();

    const again = await openPage();
    // No one name holds all of it.
    await finish(again, 'Received', '1 file');
    await expect(again.getByText('look at page 7')).toBeVisible({ timeout: 15_000 });
    await steps.expectReceived(again);
    await expectSaved(again, folder, await hashFile(file));
  });

  test('has its files in the picked folder, and forgets the transfer', async ({ folder, openPage, cli }) => {
    const root = path.join(folder, 'Trip');
    await mkdir(root);
    const file = await makeFile(root);
    const name = path.basename(folder);
    const before = (page: Page) => stubPickers(page, name);
    const sender = cli('send', root);
    const receiver = await openPage({ before });
    await dieOnceNoted(receiver, 'receipt');
    await steps.enterCode(receiver, await sender.code());
    await receiver.getByLabel('A folder that you choose').check();
    await steps.accept(receiver);
    await closeOnceDead(receiver);
    await sender.stop();

    const again = await openPage({ before });
    await finish(again, 'Received', 'Trip');
    await steps.expectReceived(again);
    expect(await treePicked(again, name)).toEqual({ [`Trip/${NAME}`]: await hashFile(file) });
    await again.getByRole('button', { name: 'Back to start' }).click();
    await expect(steps.earlier(again, 'Trip')).toHaveCount(0);
    await removePicked(again, name);
  });
});

test.describe('a sending tab', () => {
  test('that is killed with the receipt is done without the files or the other side', async ({
    folder,
    openPage,
    cli,
  }) => {
    const file = await makeFile(folder);
    const sender = await openPage();
    await dieOnceNoted(sender, 'receipt');
    await steps.chooseFiles(sender, [file]);
    const receiver = cli('receive', await steps.shownCode(sender), ...intoOut(folder));
    await closeOnceDead(sender);
    // It would wait for a `bye` for a minute, and be content then: test/faults/killed-at-the-end.test.ts.
    await receiver.stop();

    const again = await openPage();
    await finish(again, 'Sent');
    await steps.expectConfirmed(again);
    await expect(again.getByText('Took')).toHaveCount(0);
    expect(await hashFile(path.join(folder, 'out', NAME))).toBe(await hashFile(file));
    await again.getByRole('button', { name: 'Send more' }).click();
    await expect(steps.earlier(again, NAME)).toHaveCount(0);
  });

  test('that is killed without it says that probably all is there, and seeks for 20 s only', async ({
    folder,
    openPage,
    cli,
  }) => {
    const file = await makeFile(folder);
    const sender = await openPage();
    await dieOnceNoted(sender, 'acknowledged');
    await steps.chooseFiles(sender, [file]);
    const receiver = cli('receive', await steps.shownCode(sender), ...intoOut(folder));
    await closeOnceDead(sender);
    await receiver.stop();

    const again = await openPage();
    await steps.resume(again, NAME);
    await expect(again.getByText('probably nothing is left to do')).toBeVisible();
    await steps.chooseFiles(again, [file]);
    await expect(again.getByRole('alert')).toContainText('Probably all is there: ask the other side.', {
      timeout: 60_000,
    });
    expect(await hashFile(path.join(folder, 'out', NAME))).toBe(await hashFile(file));
  });
});
