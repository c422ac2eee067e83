// The older wire: a browser on either side, or on both, of what the Python tool speaks.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from 'playwright/test';
import * as classic from './classic-steps.ts';
import { CliProcess, urlOf } from './cli-process.ts';
import { findBrowser } from './find-browser.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { treeInZip } from './read-zip.ts';
import { type Tree, treeOnDisk, writeRandomFile } from './test-content.ts';

/** A folder with what is easily lost; returns it, and what arrives: classic carries no empty folders. */
async function someTree(folder: string): Promise<{ root: string; expected: Tree }> {
  const root = path.join(folder, 'in', 'Trip ☀');
  await mkdir(path.join(root, 'día 1', 'deep'), { recursive: true });
  await mkdir(path.join(root, 'nothing here'));
  await writeRandomFile(path.join(root, 'film.bin'), 20_000_001);
  await writeFile(path.join(root, 'día 1', '日本語 & שלום.txt'), 'text that compresses '.repeat(100_000));
  await writeFile(path.join(root, 'día 1', 'deep', 'empty.txt'), '');
  const { 'Trip ☀/nothing here': empty, ...expected } = await treeOnDisk(path.dirname(root));
  expect(empty).toBe('folder');
  return { root, expected };
}

for (const encrypt of [true, false]) {
  test.describe(encrypt ? 'encrypted' : 'plain', () => {
    test('browser to CLI', async ({ folder, openPage, classicCli }) => {
      const { root, expected } = await someTree(folder);
      const sender = await openPage();
      await classic.agree(sender, { direction: 'Send', encrypt });
      await steps.dropPaths(sender, [root]);
      await classic.expectCalling(sender);
      await expect(sender.getByText('Empty folders are left out')).toBeVisible();
      const out = path.join(folder, 'out');
      const receiver = classicCli(...(await classic.shownArguments(sender)), '--out', out);
      expect(await receiver.exitCode()).toBe(0);
      await classic.expectSent(sender);
      expect(await treeOnDisk(out)).toEqual(expected);
    });

    test('CLI to browser', async ({ folder, openPage, classicCli }) => {
      const { root, expected } = await someTree(folder);
      const receiver = await openPage();
      await classic.agree(receiver, { direction: 'Receive', encrypt });
      await classic.startReceiving(receiver);
      const args = await classic.shownArguments(receiver);
      const sender = classicCli(...args.map((arg) => (arg === 'FILES' ? root : arg)));
      await steps.acceptIntoBrowser(receiver);
      await steps.expectReceived(receiver);
      expect(await sender.exitCode()).toBe(0);
      const saved = await steps.saveBy(receiver, 'Save all as .zip', path.join(folder, 'saved'));
      expect(await treeInZip(saved)).toEqual(expected);
      await steps.deleteFromBrowser(receiver);
    });

    test('browser to browser', async ({ folder, openPage }) => {
      const { root, expected } = await someTree(folder);
      const name = path.basename(folder);
      const receiver = await openPage({ before: (opened) => stubPickers(opened, name) });
      // Whatever the two agreed on, to the letter.
      const code = ` Grüße an "dich" ${name} `;
      await classic.agree(receiver, { direction: 'Receive', code, encrypt });
      await classic.startReceiving(receiver);
      const sender = await openPage();
      await classic.agree(sender, { direction: 'Send', code, encrypt });
      await steps.chooseFolder(sender, root);
      await receiver.getByLabel('A folder that you choose').check();
      await steps.accept(receiver);
      await steps.expectReceived(receiver);
      await classic.expectSent(sender);
      expect(await treePicked(receiver, name)).toEqual(expected);
      await removePicked(receiver, name);
    });
  });
}

test.describe('what does not fit together', () => {
  for (const [what, theirs] of [
    ['another code', ['another code', '--encrypt']],
    ['another choice about encryption', ['a code']],
  ] as const) {
    test(`${what} is named where one waits`, async ({ folder, openPage, relayUrl, classicCli }) => {
      const page = await openPage();
      await classic.agree(page, { direction: 'Receive', code: 'a code', encrypt: true });
      await classic.startReceiving(page);
      const file = path.join(folder, 'note.txt');
      await writeFile(file, 'a note');
      const [code, ...options] = theirs;
      const sender = classicCli('send', relayUrl.replace('http', 'ws'), code, file, ...options);
      await expect.poll(() => sender.stderr).not.toBe('');
      await expect(page.getByText('Then the code differs, or one side encrypts')).toBeVisible();
      await expect(page.getByText('their command ends in --encrypt')).toBeVisible();
      await steps.cancel(page);
      // What was typed is still there.
      await expect(classic.codeField(page)).toHaveValue('a code');
    });
  }

  test('two who both send', async ({ folder, openPage }) => {
    const file = path.join(folder, 'note.txt');
    await writeFile(file, 'a note');
    const pages = [await openPage(), await openPage()];
    for (const page of pages) {
      await classic.agree(page, { direction: 'Send', code: 'the same for both', encrypt: true });
      await steps.chooseFiles(page, [file]);
    }
    for (const page of pages) await steps.expectAlert(page, 'Two sides came with this code for the same');
  });
});

test.describe('an end before the end', () => {
  test('the sending page cancels', async ({ longFile, folder, openPage, classicCli }) => {
    const sender = await openPage();
    await classic.agree(sender, { direction: 'Send', encrypt: true });
    await steps.chooseFiles(sender, [longFile.path]);
    const out = path.join(folder, 'out');
    const receiver = classicCli(...(await classic.shownArguments(sender)), '--out', out);
    await steps.untilMoving(sender);
    await steps.cancel(sender);
    await steps.expectAlert(sender, 'You stopped.');
    expect(await receiver.exitCode()).not.toBe(0);
    expect(await receiver.event('error')).toMatchObject({ code: 'peer-gone' });
    expect(await treeOnDisk(out)).not.toHaveProperty(longFile.name);
  });

  test('the receiving page cancels', async ({ longFile, openPage, classicCli }) => {
    const receiver = await openPage();
    await classic.agree(receiver, { direction: 'Receive', encrypt: false });
    await classic.startReceiving(receiver);
    const sender = await sendFrom(receiver, longFile.path, classicCli);
    await steps.acceptIntoBrowser(receiver);
    await steps.untilMoving(receiver);
    await steps.cancel(receiver);
    await steps.expectAlert(receiver, 'You stopped.');
    expect(await sender.exitCode()).not.toBe(0);
    expect(await sender.event('error')).toMatchObject({ code: 'peer-gone' });
    await expect(receiver.getByRole('button', { name: 'Save to this device' })).toHaveCount(0);
  });

  test('the receiving page declines', async ({ longFile, openPage, classicCli }) => {
    const receiver = await openPage();
    await classic.agree(receiver, { direction: 'Receive', encrypt: true });
    await classic.startReceiving(receiver);
    const sender = await sendFrom(receiver, longFile.path, classicCli);
    await receiver.getByRole('button', { name: 'Decline' }).click();
    await expect(receiver.getByText('only sees that the connection ended')).toBeVisible();
    expect(await sender.event('error')).toMatchObject({ code: 'peer-gone' });
  });

  test('an interrupted CLI sender', async ({ longFile, openPage, classicCli }) => {
    const receiver = await openPage();
    await classic.agree(receiver, { direction: 'Receive', encrypt: true });
    await classic.startReceiving(receiver);
    const sender = await sendFrom(receiver, longFile.path, classicCli);
    await steps.acceptIntoBrowser(receiver);
    await steps.untilMoving(receiver);
    sender.interrupt();
    await steps.expectAlert(receiver, 'The other side left before the end.');
  });
});

test('the relay goes while a page sends: the page tells it', async ({
  longFile,
  browserContext,
  classicCli,
  folder,
}) => {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
  const sender = await browserContext.newPage();
  try {
    await sender.goto((await urlOf(relay))!);
    await classic.agree(sender, { direction: 'Send', encrypt: true });
    await steps.chooseFiles(sender, [longFile.path]);
    const receiver = classicCli(...(await classic.shownArguments(sender)), '--out', folder);
    await steps.untilMoving(sender);
    await relay.stop();
    await steps.expectAlert(sender, /lost|left/);
    expect(await receiver.exitCode()).not.toBe(0);
  } finally {
    await sender.close();
    await relay.stop();
  }
});

test.describe('while the offer is looked at', () => {
  test('the sender waits', async ({ longFile, openPage, classicCli }) => {
    const receiver = await openPage();
    await classic.agree(receiver, { direction: 'Receive', encrypt: false });
    await classic.startReceiving(receiver);
    const sender = await sendFrom(receiver, longFile.path, classicCli);
    const sentBytes = () => Number(sender.events.findLast(({ event }) => event === 'progress')?.bytes ?? 0);
    let before = 0;
    const hasStopped = () => {
      const isSame = sentBytes() > 0 && sentBytes() === before;
      before = sentBytes();
      return isSame;
    };
    await expect.poll(hasStopped, { intervals: [1500] }).toBe(true);
    expect(before).toBeLessThan(100_000_000);
    await steps.acceptIntoBrowser(receiver);
    await expect.poll(sentBytes).toBeGreaterThan(before);
    // The page answers at once meanwhile; but Playwright is told every frame, and its clicks come after a backlog of minutes.
    sender.pause();
    await steps.cancel(receiver);
    await steps.expectAlert(receiver, 'You stopped.');
  });

  test('a browser that cannot make it wait says so', async ({ longFile, relayUrl, classicCli }) => {
    const browser = await chromium.launch({
      executablePath: findBrowser('chromium'),
      args: ['--no-sandbox', '--disable-blink-features=WebSocketStream'],
    });
    const receiver = await browser.newPage();
    await receiver.goto(relayUrl);
    await classic.agree(receiver, { direction: 'Receive', encrypt: false });
    await classic.startReceiving(receiver);
    const sender = await sendFrom(receiver, longFile.path, classicCli);
    await expect(receiver.getByRole('button', { name: 'Accept' })).toBeVisible();
    expect(await sender.event('error')).toMatchObject({ code: 'peer-gone' });
    await steps.acceptIntoBrowser(receiver);
    await steps.expectAlert(receiver, 'The files came faster than this browser can store them');
    await browser.close();
  });
});

/** Runs the command that a receiving page shows, with `file` for what to send; nothing gets smaller on the way. */
async function sendFrom<Cli>(page: Page, file: string, classicCli: (...args: string[]) => Cli): Promise<Cli> {
  const args = await classic.shownArguments(page);
  return classicCli(...args.map((arg) => (arg === 'FILES' ? file : arg)), '--compress', 'off');
}

test('a page whose server no longer has the screen for the Python tool says so, and stays where it is', async ({
  relayUrl,
}) => {
  // A page that loads in vain says so on its console, which a page of `openPage` may not.
  const browser = await chromium.launch({ executablePath: findBrowser('chromium'), args: ['--no-sandbox'] });
  const page = await browser.newPage({ serviceWorkers: 'block' });
  await page.route(/\/assets\/classic-/, (route) => route.abort());
  await page.goto(relayUrl);
  const entry = page.getByRole('button', { name: 'The other side uses the Python tool' });
  await entry.click();
  await steps.expectAlert(page, 'Reload the page and try again.');
  await expect(entry).toBeVisible();
  await browser.close();
});
