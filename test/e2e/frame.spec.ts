// The frame around every screen: the logo, the header at the narrowest width, and the page where there is none.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

test('the logo leads to the first screen, and to another tab while a transfer runs', async ({
  longFile,
  openPage,
}) => {
  const page = await openPage();
  const logo = page.getByRole('banner').getByRole('link', { name: 'p2p-copy' });
  await steps.chooseFiles(page, [longFile.path]);
  await logo.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  await steps.chooseFiles(page, [longFile.path]);
  const code = await steps.shownCode(page);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await steps.acceptIntoBrowser(receiver);
  await steps.untilMoving(receiver);
  const opening = page.context().waitForEvent('page');
  await logo.click();
  const other = await opening;
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  await other.close();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await steps.cancel(page);
});

test('at 320 px no word of the header is broken, in no language', async ({ openPage }) => {
  const page = await openPage();
  await page.setViewportSize({ width: 320, height: 640 });
  let label = 'Language';
  for (const [language, next] of [
    ['Deutsch', 'Sprache'],
    ['中文', '语言'],
    ['English', 'Language'],
  ] as const) {
    await page.getByLabel(label).selectOption(language);
    await expect(page.getByLabel(next)).toBeVisible();
    label = next;
    const words = await page
      .getByRole('banner')
      .locator('.word, .name')
      .evaluateAll((found) =>
        found.map((word) => {
          const lines = word.getClientRects().length;
          return {
            text: word.textContent!.trim(),
            lines,
            isWithin: word.getBoundingClientRect().right <= 320,
          };
        }),
      );
    expect(words.length).toBeGreaterThan(1);
    for (const word of words) expect(word).toEqual({ ...word, lines: 1, isWithin: true });
  }
});

test('an address without a page shows one, which leads to the first screen', async ({
  browserContext,
  relayUrl,
}) => {
  const page = await browserContext.newPage();
  for (const path of ['/nowhere', '/some/deep/address']) {
    const answer = await page.goto(relayUrl + path);
    expect(answer!.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no page at this address');
    await page.setViewportSize({ width: 320, height: 640 });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    await page.getByRole('link', { name: 'Send or receive' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  }
  await page.close();
});
