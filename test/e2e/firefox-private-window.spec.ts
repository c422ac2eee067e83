// A private window of Firefox, which has no file storage: the page opens there and sends.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile } from './test-content.ts';

test.use({ isPrivate: true });

test('a private window sends', { tag: '@firefox' }, async ({ folder, openPage, cli }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await expect(sender.getByRole('alert')).toHaveCount(0);
  await steps.chooseFiles(sender, [file]);
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', path.join(folder, 'out'));
  expect(await receiver.exitCode()).toBe(0);
  await steps.expectConfirmed(sender);
  expect(await hashFile(path.join(folder, 'out', 'note.txt'))).toBe(await hashFile(file));
});

test('a private window knows what its closed tab was sending', { tag: '@firefox' }, async ({
  longFile,
  folder,
  openPage,
  cli,
}) => {
  const sender = await openPage();
  expect(await sender.evaluate(() => navigator.storage.getDirectory().catch(({ name }) => name))).toBe(
    'SecurityError',
  );
  await steps.chooseFiles(sender, [longFile.path]);
  cli('receive', await steps.shownCode(sender), '--yes', '--out', folder);
  await steps.untilMoving(sender);
  await sender.close();
  const again = await openPage();
  const left = steps.earlier(again, longFile.name);
  await expect(left).toContainText(`Unfinished: ${longFile.name}`);
  await left.getByRole('button', { name: 'Delete' }).click();
  await expect(left).toHaveCount(0);
});
