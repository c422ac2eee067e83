// The page in other languages: as the browser wishes, or as chosen.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

async function wishGerman(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { value: ['de-AT', 'en'] });
  });
}

test('a transfer in German', async ({ folder, openPage }) => {
  const file = path.join(folder, 'Grüße.txt');
  await writeFile(file, 'x'.repeat(1500));
  const sender = await openPage({ before: wishGerman });
  const heading = sender.getByRole('heading', { level: 1 });
  await expect(sender.locator('html')).toHaveAttribute('lang', 'de');
  await expect(heading).toHaveText('Dateien an ein anderes Gerät senden');
  await sender.getByLabel('Dateien wählen').setInputFiles(file);
  await expect(heading).toHaveText('Nennen Sie diesen Code');
  await expect(sender.getByText('1,50 kB')).toBeVisible();
  const code = (await sender.getByLabel('Code', { exact: true }).innerText()).trim();
  expect(code).toMatch(/^\d+-[a-z]+-[a-z]+$/);

  const receiver = await openPage({ before: wishGerman });
  await receiver.getByLabel('Haben Sie einen Code?').fill(code);
  await receiver.getByRole('button', { name: 'Empfangen', exact: true }).click();
  await receiver.getByLabel('Zuerst in diesen Browser').check();
  await receiver.getByRole('button', { name: 'Annehmen' }).click();
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText('1 Datei empfangen und geprüft');
  await expect(heading).toHaveText('Von der anderen Seite empfangen und geprüft');
  await receiver.getByRole('button', { name: 'Aus diesem Browser löschen' }).click();
  await expect(receiver.getByText('Aus diesem Browser gelöscht.')).toBeVisible();
});

test('a language can be chosen, also in mid-way, and is remembered', async ({ openPage }) => {
  const page = await openPage();
  await steps.sendMessage(page, 'hello');
  const code = await steps.shownCode(page);
  const heading = page.getByRole('heading', { level: 1 });
  await page.getByLabel('Language').selectOption('中文');
  await expect(heading).toHaveText('把这个代码告诉对方');
  await expect(page.getByLabel('代码', { exact: true })).toHaveText(code);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await page.reload();
  await expect(heading).toHaveText('把文件发送到另一台设备');
  await page.getByLabel('语言').selectOption('English');
  await expect(heading).toHaveText('Send files to another device');
  await page.evaluate(() => localStorage.clear());
});
