// What the page itself promises: hostile names stay text, nothing is overwritten, an insecure address is told at once.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { hashFile, treeOnDisk } from './test-content.ts';
import { INSECURE_NAME } from './with-browser.ts';

const HOSTILE_NAMES = [
  '<img src=x onerror="window.pwned=1">.png',
  '<script>window.pwned=1<',
  '{pwned}{@html pwned}.txt',
  '"onmouseover="window.pwned=1',
  'javascript:window.pwned=1',
];

test('hostile names are shown as text', { tag: '@firefox' }, async ({ folder, openPage, cli }) => {
  const root = path.join(folder, '<svg onload="window.pwned=1">');
  await mkdir(root);
  for (const name of HOSTILE_NAMES) await writeFile(path.join(root, name), name);
  const sender = cli('send', root);
  const receiver = await openPage();
  await steps.enterCode(receiver, await sender.code());
  const rows = receiver.getByRole('region', { name: 'What is offered' }).getByRole('listitem');
  await expect(rows).toHaveCount(HOSTILE_NAMES.length);
  for (const name of HOSTILE_NAMES) await expect(rows.filter({ hasText: name })).toHaveCount(1);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await receiver.getByText('Save one by one').click();
  await expect(receiver.getByRole('listitem')).toHaveCount(HOSTILE_NAMES.length);
  expect(await receiver.evaluate(() => 'pwned' in window)).toBe(false);
  expect(await receiver.locator('main img').count()).toBe(0);
  await steps.deleteFromBrowser(receiver);
  expect(await sender.exitCode()).toBe(0);
});

test('a folder chosen with the folder button keeps its structure', async ({ folder, openPage, cli }) => {
  const root = path.join(folder, 'in', 'Album');
  await mkdir(path.join(root, 'day 1'), { recursive: true });
  await writeFile(path.join(root, 'day 1', 'a.txt'), 'a');
  await writeFile(path.join(root, 'b.txt'), 'b');
  const sender = await openPage();
  await steps.chooseFolder(sender, root);
  const out = path.join(folder, 'out');
  await mkdir(out);
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', out);
  expect(await receiver.exitCode()).toBe(0);
  expect(await treeOnDisk(out)).toEqual(await treeOnDisk(path.join(folder, 'in')));
});

test('what is dropped is taken, although the page moves under the hand', async ({ folder, openPage }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const page = await openPage();
  // As when what an earlier tab left is listed late.
  const push = () => {
    const late = document.createElement('div');
    late.style.height = '600px';
    document.querySelector('main')!.prepend(late);
  };
  await steps.dropPaths(page, [file], () => page.evaluate(push));
  expect(await steps.shownCode(page)).not.toBe('');
});

test('a file in the picked folder is never overwritten', async ({ folder, openPage, cli }) => {
  const root = path.join(folder, 'Album');
  await mkdir(root);
  await writeFile(path.join(root, 'note.txt'), 'first');
  await writeFile(path.join(root, 'b'), '');
  const name = path.basename(folder);
  const receiver = await openPage({ before: (page) => stubPickers(page, name) });
  const hashes: string[] = [];
  for (const text of ['first', 'second']) {
    await writeFile(path.join(root, 'note.txt'), text);
    hashes.push(await hashFile(path.join(root, 'note.txt')));
    const sender = cli('send', root);
    await steps.enterCode(receiver, await sender.code());
    await receiver.getByLabel('A folder that you choose').check();
    await steps.accept(receiver);
    await steps.expectReceived(receiver);
    expect(await sender.exitCode()).toBe(0);
    await receiver.getByRole('button', { name: 'Back to start' }).click();
  }
  const tree = await treePicked(receiver, name);
  expect(tree).toMatchObject({ 'Album/note.txt': hashes[0], 'Album/note (1).txt': hashes[1] });
  // An empty file that is there already needs no second one.
  expect(Object.keys(tree)).toHaveLength(3);
  await removePicked(receiver, name);
});

test('a picker that the browser forbids leaves the other place', async ({ folder, openPage, cli }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = cli('send', file);
  const receiver = await openPage({
    async before(page) {
      await page.addInitScript(() => {
        Object.assign(window, {
          showSaveFilePicker: () => Promise.reject(new DOMException('no', 'SecurityError')),
        });
      });
    },
  });
  await steps.enterCode(receiver, await sender.code());
  await steps.accept(receiver);
  await steps.expectAlert(receiver, 'This browser did not allow that place.');
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(file));
  await steps.deleteFromBrowser(receiver);
});

test('an insecure address is told at once', { tag: '@firefox' }, async ({ browserContext, relayUrl }) => {
  const page = await browserContext.newPage();
  // The browser is started with this name standing for 127.0.0.1.
  await page.goto(relayUrl.replace('127.0.0.1', INSECURE_NAME));
  await steps.expectAlert(page, 'This page needs a secure address');
  await expect(page.getByLabel('Have a code?')).toHaveCount(0);
  await page.close();
});

test('both screens show the same words', async ({ openPage }) => {
  const sender = await openPage();
  await steps.sendMessage(sender, 'hello');
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  const words = receiver.getByText('nobody listens in between').locator('..').locator('strong');
  await expect(words).toHaveText(/^[a-z]+ [a-z]+ [a-z]+ [a-z]+$/);
  await expect(sender.getByText(await words.innerText())).toBeVisible();
  await receiver.getByRole('button', { name: 'Decline' }).click();
  await steps.expectAlert(sender, 'declined');
});

test('what was sent and received of late is listed here alone, and can be cleared', async ({ openPage }) => {
  const sender = await openPage();
  await steps.sendMessage(sender, 'hello');
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  await receiver.getByRole('button', { name: 'Back to start' }).click();
  await receiver.getByText('Recent transfers').click();
  const rows = receiver.getByRole('list', { name: 'Recent transfers' }).getByRole('listitem');
  // Both tabs are of the same browser.
  await expect(rows).toHaveText([
    /A message.*(Sent|Received) · 5 bytes/s,
    /A message.*(Sent|Received) · 5 bytes/s,
  ]);
  await receiver.getByRole('button', { name: 'Clear the list' }).click();
  await expect(receiver.getByText('Recent transfers')).toHaveCount(0);
  await receiver.reload();
  await expect(receiver.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(receiver.getByText('Recent transfers')).toHaveCount(0);
});
