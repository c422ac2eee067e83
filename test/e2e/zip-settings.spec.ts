// A .zip of the page holds times to the second and permissions of what a terminal sends, wherever the page received it.
import { chmod, mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { openBare } from './bare-browser.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { settingsInZip } from './read-zip.ts';

/** Of each entry its permissions, and a time with an odd second. */
const SETTINGS: Record<string, [mode: string, seconds: number]> = {
  'tree/': ['750', Date.parse('2001-02-03T04:05:07Z') / 1000],
  'tree/run': ['755', Date.parse('2026-07-01T00:00:01Z') / 1000],
  'tree/secret': ['600', Date.parse('1979-12-31T23:59:59Z') / 1000],
};

async function makeTree(root: string): Promise<void> {
  const [folder, ...files] = Object.keys(SETTINGS);
  await mkdir(path.join(root, folder!));
  for (const file of files) await writeFile(path.join(root, file), file);
  for (const name of [...files, folder!]) {
    const [mode, seconds] = SETTINGS[name]!;
    await chmod(path.join(root, name), Number.parseInt(mode, 8));
    await utimes(path.join(root, name), seconds, seconds);
  }
}

const save = (page: Page, folder: string) =>
  steps.saveBy(page, 'Save all as .zip', path.join(folder, 'saved'));

test('of this browser’s storage, by a later tab too', async ({ folder, openPage, cli }) => {
  await makeTree(folder);
  const sender = cli('send', path.join(folder, 'tree'));
  const receiver = await openPage();
  await steps.enterCode(receiver, await sender.code());
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  expect(await sender.exitCode()).toBe(0);
  expect(await settingsInZip(await save(receiver, folder))).toEqual(SETTINGS);
  await receiver.close();
  const again = await openPage();
  await steps.earlier(again, 'tree').getByRole('button').first().click();
  expect(await settingsInZip(await save(again, folder))).toEqual(SETTINGS);
  await steps.deleteFromBrowser(again);
});

test('of the memory of a tab', async ({ folder, openPage, cli }) => {
  await makeTree(folder);
  const sender = cli('send', path.join(folder, 'tree'));
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await sender.code());
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  expect(await settingsInZip(await save(receiver, folder))).toEqual(SETTINGS);
});

test('of a download while it arrives', async ({ folder, openPage, cli }) => {
  await makeTree(folder);
  await writeFile(path.join(folder, 'tree/large'), new Uint8Array(40_000_000));
  await utimes(path.join(folder, 'tree'), ...(Array(2).fill(SETTINGS['tree/']![1]) as [number, number]));
  const sender = cli('send', path.join(folder, 'tree'));
  const receiver = await openBare(openPage, { memoryGiB: 0.25 });
  await steps.enterCode(receiver, await sender.code());
  const download = await steps.acceptDownload(receiver);
  await steps.expectReceived(receiver);
  const saved = path.join(folder, 'saved.zip');
  await download.saveAs(saved);
  expect(await settingsInZip(saved)).toMatchObject(SETTINGS);
});
