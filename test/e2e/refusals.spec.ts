// Every way that a transfer ends before its end: both sides are told, and nothing incomplete looks complete.
import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { treeInZip } from './read-zip.ts';
import { BACKSLASH_NAME, hashFile } from './test-content.ts';

/** A code with the same number and other words. */
function withWrongWords(code: string): string {
  const words = ['abandon-ability', 'zebra-zone'].filter((secret) => !code.endsWith(secret));
  return `${code.split('-')[0]}-${words[0]}`;
}

const hashOf = (content: string) => createHash('sha256').update(content).digest('hex');

async function smallFile(folder: string): Promise<string> {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  return file;
}

test('wrong words: both are told, and a new code works', { tag: '@firefox' }, async ({
  folder,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [await smallFile(folder)]);
  const code = await steps.shownCode(sender);

  const receiver = await openPage();
  await steps.enterCode(receiver, withWrongWords(code));
  await steps.expectAlert(receiver, 'The words of the code are wrong');
  await steps.expectAlert(sender, 'Someone entered wrong words');
  const newCode = await steps.shownCode(sender);
  expect(newCode).not.toBe(code);

  await receiver.getByRole('button', { name: /^(Start again|Back to start)$/ }).click();
  await steps.enterCode(receiver, newCode);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(path.join(folder, 'note.txt')));
  await steps.deleteFromBrowser(receiver);
});

test('wrong words from the CLI burn the code of a page', async ({ folder, openPage, cli }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [await smallFile(folder)]);
  const receiver = cli('receive', withWrongWords(await steps.shownCode(sender)), '--yes', '--out', folder);
  expect(await receiver.exitCode()).toBe(4);
  expect(await receiver.event('error')).toMatchObject({ code: 'wrong-code' });
  await steps.expectAlert(sender, 'Someone entered wrong words');
});

test('an unknown code', async ({ openPage }) => {
  const receiver = await openPage();
  await steps.enterCode(receiver, '987654-abandon-ability');
  await steps.expectAlert(receiver, 'There is no such code');
});

for (const place of ['a folder', 'this browser'] as const)
  test(`a name that no browser takes is shown and saved as one that it does, beside the rest: into ${place}`, async ({
    folder,
    openPage,
    cli,
  }) => {
    const source = path.join(folder, 'a\\b');
    await mkdir(source);
    const contents = {
      [BACKSLASH_NAME]: 'content',
      back_slash: 'taken',
      'back_slash.txt': 'other',
      'ok.txt': 'ok',
    };
    for (const [name, content] of Object.entries(contents)) await writeFile(path.join(source, name), content);
    const sender = cli('send', source);
    const name = path.basename(folder);
    const receiver = await openPage({ before: (page) => stubPickers(page, name) });
    await steps.enterCode(receiver, await sender.code());
    await expect(receiver.getByText('back_slash (1).txt')).toBeVisible();
    const saved = {
      'a_b/back_slash (1).txt': hashOf('content'),
      'a_b/back_slash': hashOf('taken'),
      'a_b/back_slash.txt': hashOf('other'),
      'a_b/ok.txt': hashOf('ok'),
    };
    if (place === 'a folder') {
      await receiver.getByLabel('A folder that you choose').check();
      await steps.accept(receiver);
      await steps.expectReceived(receiver);
      expect(await treePicked(receiver, name)).toEqual(saved);
      await removePicked(receiver, name);
    } else {
      await steps.acceptIntoBrowser(receiver);
      await steps.expectReceived(receiver);
      expect(await treeInZip(await steps.saveBy(receiver, 'Save all as .zip', folder))).toEqual(saved);
    }
    expect(await sender.exitCode()).toBe(0);
  });

test('declined: the sender is told, and nothing is stored', { tag: '@firefox' }, async ({
  folder,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [await smallFile(folder)]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await receiver.getByRole('button', { name: 'Decline' }).click();
  await expect(receiver.getByRole('heading')).toHaveText('You declined');
  await steps.expectAlert(sender, 'The other side declined.');
});

test('the sender cancels', { tag: '@firefox' }, async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await steps.cancel(sender);
  await steps.expectAlert(sender, 'You stopped.');
  await steps.expectAlert(receiver, 'The other side stopped for good.');
  await expect(receiver.getByRole('button', { name: 'Save to this device' })).toHaveCount(0);
});

test('the sender cancels, and no empty file stays where the picker made one', async ({
  longFile,
  folder,
  openPage,
}) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const name = path.basename(folder);
  const receiver = await openPage({ before: (page) => stubPickers(page, name) });
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await receiver.getByLabel('A file that you choose').check();
  await steps.accept(receiver);
  await steps.untilMoving(receiver);
  await steps.cancel(sender);
  await steps.expectAlert(sender, 'You stopped.');
  await steps.expectAlert(receiver, 'The other side stopped for good.');
  expect(await treePicked(receiver, name)).toEqual({});
  await removePicked(receiver, name);
});

test('the receiver cancels', { tag: '@firefox' }, async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await steps.cancel(receiver);
  await steps.expectAlert(receiver, 'You stopped.');
  await steps.expectAlert(sender, 'The other side stopped for good.');
  await expect(receiver.getByRole('button', { name: 'Save to this device' })).toHaveCount(0);
});

test('the sending page is closed in mid-transfer', async ({ longFile, folder, openPage, cli }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const out = path.join(folder, 'out');
  await mkdir(out);
  const receiver = cli(
    'receive',
    await steps.shownCode(sender),
    '--yes',
    '--reconnect-timeout',
    '0',
    '--out',
    out,
  );
  await steps.untilMoving(sender);
  await sender.close();
  expect(await receiver.exitCode()).toBe(4);
  expect(await receiver.event('error')).toMatchObject({ code: 'peer-gone' });
  expect(await readdir(out)).not.toContain(longFile.name);
});

test('the receiving page is closed in mid-transfer', async ({ longFile, openPage }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [longFile.path]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  await receiver.close();
  await expect(sender.getByRole('main')).toContainText('The other side is not there at the moment.');
  await expect(sender.getByRole('heading', { level: 1 })).toHaveText(`Sending ${longFile.name}`);
  await expect(sender.getByRole('alert')).toHaveCount(0);

  // What the closed tab left is offered, to go on with or to delete.
  const later = await openPage();
  const left = steps.earlier(later, longFile.name).filter({ hasText: 'received' });
  await expect(left).toContainText(`Unfinished: ${longFile.name}`);
  await left.getByRole('button', { name: 'Delete' }).click();
  await expect(left).toHaveCount(0);
});

test('an interrupted CLI sender', async ({ longFile, openPage, cli }) => {
  const sender = cli('send', longFile.path);
  const receiver = await openPage();
  await steps.enterCode(receiver, await sender.code());
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  sender.interrupt();
  expect(await sender.exitCode()).toBe(130);
  await steps.expectAlert(receiver, 'The other side stopped for now.');
});
