// Names and messages that a hostile sender chose, on the page: they are text, whatever they look like.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

const NAME = '<img src=x onerror="document.title=1"><b>bold.txt';

test('CVE-2026-25154 of LocalSend: a file name that holds a script stays text @firefox', async ({
  folder,
  openPage,
}) => {
  const file = path.join(folder, NAME);
  await writeFile(file, 'content');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  // One file alone is named in the heading, and has no list.
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText(NAME);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  for (const page of [sender, receiver]) {
    await expect(page.locator('img[src="x"], bdi b')).toHaveCount(0);
    expect(await page.title()).not.toBe('1');
  }
});
