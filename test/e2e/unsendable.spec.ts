// What can't be sent keeps nothing else back, in the page: it is listed with the reason before the code is used.
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { treeInZip } from './read-zip.ts';

async function folderWith(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, name);
  }
}

test('files that cannot be sent are left out of a dropped folder, and both sides are told', async ({
  folder,
  openPage,
}) => {
  const root = path.join(folder, 'Chat');
  await folderWith(root, ['a.txt', 'sub/b.txt', 'Icon\r', '\u200eIMG-1.jpg', 'film.mkv.p2p.part']);
  const sender = await openPage();
  await steps.dropPaths(sender, [root]);
  const code = await steps.shownCode(sender);
  const left = sender.getByText('3 of what you chose can’t be sent.');
  await expect(left).toBeVisible();
  await expect(sender.getByText('Chat/Icon\\u{d}: its name contains a control character')).toBeVisible();
  await expect(sender.getByText('Chat/\\u{200e}IMG-1.jpg: its name contains an invisible')).toBeVisible();

  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await expect(
    receiver.getByText('The sender says that 3 of their files or folders could not be sent.'),
  ).toBeVisible();
  await expect(receiver.getByText(/[Rr]ename/)).toHaveCount(0);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  await expect(sender.getByText('Not sent, 3 of what you chose:')).toBeVisible();
  const saved = await steps.saveBy(receiver, 'Save all as .zip', folder);
  expect(Object.keys(await treeInZip(saved)).sort()).toEqual(['Chat/a.txt', 'Chat/sub/b.txt']);
});

test('no code is made when nothing that was chosen can be sent, and a later choice adds to the list', async ({
  folder,
  openPage,
}) => {
  const root = path.join(folder, 'd');
  await folderWith(root, ['Icon\r', 'ok.txt']);
  const page = await openPage();
  await steps.dropPaths(page, [path.join(root, 'Icon\r')]);
  await expect(page.getByRole('heading', { name: 'There is nothing to send.' })).toBeVisible();
  await expect(page.getByText('Icon\\u{d}: its name contains a control character')).toBeVisible();
  await page.getByRole('button', { name: /^(Start again|Back to start)$/ }).click();
  await steps.dropPaths(page, [path.join(root, 'ok.txt')]);
  await steps.shownCode(page);
  await steps.dropPaths(page, [path.join(root, 'Icon\r')]);
  await expect(page.getByText('1 of what you chose can’t be sent.')).toBeVisible();
});

/** A file of the kernel's that states a size and gives no byte, even to root. */
const UNREADABLE = '/sys/bus/pci/rescan';

test('a file that the browser cannot read is left out before the code is used', async ({
  folder,
  openPage,
}) => {
  test.skip(!existsSync(UNREADABLE), 'no such file here');
  await folderWith(folder, ['ok.txt']);
  const page = await openPage();
  await steps.chooseFiles(page, [path.join(folder, 'ok.txt'), UNREADABLE]);
  await steps.shownCode(page);
  await expect(page.getByText('rescan: it changed since it was chosen')).toBeVisible();
});
