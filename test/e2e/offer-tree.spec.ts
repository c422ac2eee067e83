// The list of an offer as a tree: folders with three-state ticks, looked for, sorted, by keyboard, and with a hundred thousand entries.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { HostileSender } from '../../packages/core/test/transfer/rig/hostile-sender.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { treeInZip } from './read-zip.ts';

const region = (page: Page) => page.getByRole('region', { name: 'What is offered' });
const names = (page: Page) => region(page).getByRole('listitem').locator('.name');
const box = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true });

test('a folder’s tick takes all in it, shows when it is a part, and what is ticked arrives', async ({
  folder,
  openPage,
}) => {
  const root = path.join(folder, 'Trip');
  const files = {
    'day 10/a.txt': 10,
    'day 2/IMG_20261127_195203_of_the_whole_family_00042.jpeg': 3000,
    'day 2/b.txt': 20,
    'map.txt': 500,
    'notes 9.txt': 1,
    'notes 10.txt': 2,
    'notes 1.txt': 3,
    'x/y/z.txt': 4,
    'x/y/zz.txt': 5,
  };
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), 'x'.repeat(bytes));
  }
  const sender = await openPage();
  await steps.dropPaths(sender, [root]);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await expect(names(receiver)).toHaveText([
    'day 2',
    'b.txt',
    'IMG_20261127_195203_of_the_whole_family_00042.jpeg',
    'day 10',
    'a.txt',
    'x/y',
    'z.txt',
    'zz.txt',
    'map.txt',
    'notes 1.txt',
    'notes 9.txt',
    'notes 10.txt',
  ]);
  await box(receiver, 'Trip/day 2/b.txt').uncheck();
  const isMixed = () =>
    box(receiver, 'Trip/day 2').evaluate((input: HTMLInputElement) => input.indeterminate);
  expect(await isMixed()).toBe(true);
  await expect(receiver.getByText('8 of 9 files, 3.53 kB')).toBeVisible();
  await expect(region(receiver).getByRole('listitem').filter({ hasText: 'day 2' })).toContainText('1 of 2');
  // A part becomes all, all becomes none.
  await box(receiver, 'Trip/day 2').click();
  await expect(box(receiver, 'Trip/day 2/b.txt')).toBeChecked();
  expect(await isMixed()).toBe(false);
  await box(receiver, 'Trip/day 2').click();
  await expect(receiver.getByText('7 of 9 files')).toBeVisible();
  await receiver.getByRole('button', { name: 'Choose all' }).click();
  await receiver.getByRole('button', { name: 'Choose none' }).click();
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeDisabled();

  await receiver.getByRole('searchbox', { name: 'Find by name' }).fill('NOTES');
  await expect(names(receiver)).toHaveText(['notes 1.txt', 'notes 9.txt', 'notes 10.txt']);
  await expect(receiver.getByText('Found: 3 files')).toBeVisible();
  await box(receiver, 'Trip/notes 9.txt').check();
  await receiver.getByRole('searchbox').fill('nothing like it');
  await expect(receiver.getByText('No name contains that.')).toBeVisible();
  await receiver.getByRole('searchbox').fill('');
  await receiver.getByLabel('Sort by').selectOption('Size, largest first');
  await expect(names(receiver).first()).toHaveText('IMG_20261127_195203_of_the_whole_family_00042.jpeg');
  await expect(names(receiver)).toHaveCount(9);
  await receiver.getByLabel('Sort by').selectOption('Name');

  // By keyboard: down to a folder, closed and opened, and its tick set.
  await box(receiver, 'Trip/day 10').focus();
  await receiver.keyboard.press('Home');
  await expect(box(receiver, 'Trip/day 2')).toBeFocused();
  await receiver.keyboard.press('ArrowLeft');
  await expect(names(receiver)).toHaveCount(10);
  await expect(receiver.getByRole('button', { name: 'Open Trip/day 2', exact: true })).toHaveAttribute(
    'aria-expanded',
    'false',
  );
  await expect(box(receiver, 'Trip/day 2')).toBeFocused();
  await receiver.keyboard.press('ArrowRight');
  await receiver.keyboard.press('ArrowRight');
  await expect(box(receiver, 'Trip/day 2/b.txt')).toBeFocused();
  await receiver.keyboard.press('Space');
  await expect(box(receiver, 'Trip/day 2/b.txt')).toBeChecked();
  await receiver.keyboard.press('ArrowLeft');
  await expect(box(receiver, 'Trip/day 2')).toBeFocused();
  await receiver.keyboard.press('End');
  await expect(box(receiver, 'Trip/notes 10.txt')).toBeFocused();

  // A name keeps its end however narrow the screen is.
  await receiver.setViewportSize({ width: 320, height: 700 });
  const end = region(receiver)
    .getByText('amily_00042.jpeg')
    .or(region(receiver).getByText('_00042.jpeg'))
    .last();
  const { right, edge } = await end.evaluate((element) => ({
    right: element.getBoundingClientRect().right,
    edge: element.closest('li')!.getBoundingClientRect().right,
  }));
  expect(right).toBeLessThan(edge);
  expect(await receiver.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  const { violations } = await new AxeBuilder({ page: receiver }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html)}`)).toEqual([]);

  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(receiver, 'Save all as .zip', folder);
  await steps.deleteFromBrowser(receiver);
  expect(Object.keys(await treeInZip(saved)).sort()).toEqual(['Trip/day 2/b.txt', 'Trip/notes 9.txt']);
});

test('an offer of 100,000 entries has few rows in the page, and its folders can be chosen', async ({
  openPage,
  relayUrl,
}) => {
  const ports = await createNodePorts({ caFile: undefined });
  const { code, joined } = await HostileSender.wait(ports, relayUrl);
  const page = await openPage();
  await steps.enterCode(page, code);
  const sender = await joined;
  await sender.list(100_000, (i) => `all/${i % 100}/file ${i}`, 4000);
  await sender.say({ type: 'manifest-end', entries: 100_000 });
  await expect(box(page, 'all/2')).toBeChecked();
  await box(page, 'all/2').click();
  await expect(page.getByText('99,000 of 100,000 files')).toBeVisible();
  await page.getByRole('button', { name: 'Open all/3', exact: true }).click();
  await page.getByRole('searchbox').fill('file 77');
  await expect(page.getByText('Found: 1,111 files')).toBeVisible();
  expect(await region(page).getByRole('listitem').count()).toBeLessThanOrEqual(200);
  expect(await page.locator('li').count()).toBeLessThanOrEqual(200);
  await page.getByRole('button', { name: 'Decline' }).click();
});
