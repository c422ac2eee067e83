// The page in other languages: as the browser wishes, or as chosen.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

function wish(language: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript((first) => {
      Object.defineProperty(navigator, 'languages', { value: [first, 'en'] });
    }, language);
  };
}

const wishGerman = wish('de-AT');

test('a transfer in German', async ({ folder, openPage }) => {
  const files = ['Grüße.txt', 'Wünsche.txt'].map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, 'x'.repeat(750));
  const sender = await openPage({ before: wishGerman });
  const heading = sender.getByRole('heading', { level: 1 });
  await expect(sender.locator('html')).toHaveAttribute('lang', 'de');
  await expect(heading).toHaveText('Dateien an ein anderes Gerät senden');
  await sender.getByLabel('Dateien wählen').setInputFiles(files);
  await expect(heading).toHaveText('Nennen Sie diesen Code');
  await expect(sender.getByText('1,50 kB')).toBeVisible();
  const code = (await sender.getByLabel('Code', { exact: true }).innerText()).trim();
  expect(code).toMatch(/^\d+-[a-z]+-[a-z]+$/);

  const receiver = await openPage({ before: wishGerman });
  await receiver.getByLabel('Haben Sie einen Code?').fill(code);
  await receiver.getByRole('button', { name: 'Empfangen', exact: true }).click();
  await receiver.getByLabel('Zuerst in diesen Browser').check();
  await receiver.getByRole('button', { name: 'Annehmen' }).click();
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText('2 Dateien empfangen und geprüft');
  await expect(heading).toHaveText('Von der anderen Seite empfangen und geprüft');
  const later = await openPage({ before: wishGerman });
  const listed = later.getByRole('region', { name: 'Frühere Übertragungen' });
  await expect(listed).toContainText('Empfangen: 2 Dateien');
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

for (const { language, words } of [
  {
    language: 'de',
    words: {
      entry: /Python-Programm p2p-copy 0\.1\?$/,
      title: 'Mit dem Python-Programm',
      receive: 'Empfangen',
      missing: 'Vereinbaren Sie zuerst einen Code',
      suggest: 'Code vorschlagen',
      encrypt: 'Verschlüsseln',
      open: 'Wer den Server betreibt, kann dann alles lesen',
      command: 'Befehl',
      files: 'DATEIEN',
      calling: 'Warten, bis die andere Seite den Befehl startet',
      silent: 'also steht im Befehl kein --encrypt.',
    },
  },
  {
    language: 'zh',
    words: {
      entry: /^对方使用 Python 工具 p2p-copy 0\.1？$/,
      title: '与 Python 工具互传',
      receive: '接收',
      missing: '请先与对方约定一个代码',
      suggest: '推荐一个代码',
      encrypt: '加密',
      open: '运行服务器的人就能读到',
      command: '命令',
      files: '文件',
      calling: '等待对方启动命令',
      silent: '所以对方的命令中没有 --encrypt。',
    },
  },
]) {
  test(`with the Python tool, in ${language}`, async ({ openPage, relayUrl }) => {
    const page = await openPage({ before: wish(language) });
    const heading = page.getByRole('heading', { level: 1 });
    const command = page.getByLabel(words.command, { exact: true });
    const receive = page.getByRole('button', { name: words.receive, exact: true });
    await page.getByRole('button', { name: words.entry }).click();
    await expect(heading).toHaveText(words.title);
    await page.getByRole('radio', { name: words.receive }).check();
    await receive.click();
    await expect(page.getByRole('alert')).toContainText(words.missing);
    await page.getByRole('button', { name: words.suggest }).click();
    await page.getByRole('checkbox', { name: words.encrypt }).uncheck();
    await expect(page.getByRole('alert')).toContainText(words.open);
    // The program, its options and the code are the same in every language.
    const server = relayUrl.replace('http', 'ws');
    await expect(command).toHaveText(
      new RegExp(`^p2p-copy send ${server} [a-z]+(-[a-z]+){5} ${words.files}$`),
    );
    await receive.click();
    await expect(heading).toHaveText(words.calling);
    await expect(page.getByText(words.silent)).toBeVisible();
    await expect(command).toBeVisible();
  });
}

test('from right to left, codes and commands keep their order, and nothing is wider than a phone', async ({
  openPage,
}) => {
  const turned = async (where = '/') => {
    const page = await openPage({ path: where });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    return page;
  };
  const expectFits = (page: Page) =>
    expect
      .poll(() =>
        page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      )
      .toBe(0);

  const page = await turned();
  await expectFits(page);
  await page.getByRole('button', { name: 'The other side uses the Python tool' }).click();
  await page.getByRole('textbox', { name: 'Code' }).fill('7 oceans');
  expect(await readsFromLeft(page.getByLabel('Command', { exact: true }))).toBe(true);
  await expectFits(page);
  await page.getByRole('button', { name: 'Back to start' }).click();
  await steps.sendMessage(page, 'hello');
  await steps.shownCode(page);
  expect(await readsFromLeft(page.getByLabel('Code', { exact: true }))).toBe(true);
  await expectFits(page);

  const linked = await turned('/#7-guitar-ocean');
  expect(await readsFromLeft(linked.getByText('7-guitar-ocean'))).toBe(true);
  await expectFits(linked);
});

/** Whether the first character of a text stands left of the next ones. */
function readsFromLeft(text: Locator): Promise<boolean> {
  return text.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const lefts: number[] = [];
    for (let node = walker.nextNode(); node !== null && lefts.length < 5; node = walker.nextNode()) {
      for (let at = 0; at < node.textContent!.length && lefts.length < 5; at++) {
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        const { left, width } = range.getBoundingClientRect();
        if (width > 0) lefts.push(left);
      }
    }
    return lefts.length === 5 && lefts.every((left, i) => i === 0 || left > lefts[i - 1]!);
  });
}
