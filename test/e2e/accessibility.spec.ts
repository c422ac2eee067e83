// What people with a keyboard, a screen reader, weak eyes or an unsteady hand need: axe on every screen, and what axe
// can't see.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { tourScreens } from './tour-screens.ts';

/** In Firefox a test can't choose the theme, and finds what differs at one width. */
const LOOKS = {
  chromium: { widths: [390, 1280], themes: ['light', 'dark'] },
  firefox: { widths: [390], themes: ['light'] },
} as const;
const NARROWEST = 320;
const MIN_TARGET_PX = 24;

test('every screen, narrow and wide, light and dark', { tag: '@firefox' }, async ({
  browserContext,
  browserName,
  folder,
  openPage,
  relayUrl,
}) => {
  const { widths, themes } = LOOKS[browserName as keyof typeof LOOKS];
  const faults: string[] = [];
  const seen: string[] = [];
  await tourScreens({ browserContext, folder, openPage, relayUrl }, async (screen, page) => {
    seen.push(screen);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of themes) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const where = `${screen}, ${width} px, ${colorScheme}`;
        const isRepeated = colorScheme !== themes[0];
        faults.push(...(await axeFaults(page, isRepeated)).map((fault) => `${where}: ${fault}`));
      }
      faults.push(...(await layoutFaults(page)).map((fault) => `${screen}, ${width} px: ${fault}`));
    }
    await page.setViewportSize({ width: NARROWEST, height: 640 });
    faults.push(...(await layoutFaults(page)).map((fault) => `${screen}, ${NARROWEST} px: ${fault}`));
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  });
  expect(faults).toEqual([]);
  expect(new Set(seen).size).toBeGreaterThan(15);
});

/** The rules of axe that read colours. Themes differ in nothing else. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds. The page has no frames of other origins: axe runs in the page itself, where it stays; it would else open a tab for
 * each analysis, and be sent twice.
 */
async function axeFaults(page: Page, isColoursOnly: boolean): Promise<string[]> {
  const isThere = await page.evaluate(() => 'axe' in window);
  const axe = new AxeBuilder({ page, ...(isThere && { axeSource: ';' }) })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode();
  if (isColoursOnly) axe.withRules(COLOUR_RULES);
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html)}`);
}

/** Targets that are too small, and anything that is wider than the screen. */
function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate((minPx) => {
    const faults: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`${scrollWidth} px wide`);
    for (const target of document.querySelectorAll('button, a[href], select, summary, input, textarea')) {
      // A checkbox is hit anywhere on its label.
      const { width, height } = (target.closest('label') ?? target).getBoundingClientRect();
      if (width > 0 && Math.min(width, height) < minPx) faults.push(`too small: ${target.outerHTML}`);
    }
    return faults;
  }, MIN_TARGET_PX);
}

test('a whole transfer by keyboard alone, and the focus follows', async ({ folder, openPage }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await tabTo(sender, 'Or send a message');
  await sender.keyboard.type('hello');
  await tabTo(sender, 'Send message');
  await sender.keyboard.press('Enter');
  const code = await steps.shownCode(sender);
  await expectFocusOnHeading(sender, 'Tell them this code');

  const receiver = await openPage();
  await tabTo(receiver, 'Have a code?');
  await receiver.keyboard.type(code);
  await receiver.keyboard.press('Enter');
  await expectFocusOnHeading(receiver, 'A message');
  await expectFocusOnHeading(sender, 'Waiting for them to accept');
  await tabTo(receiver, 'Accept');
  await receiver.keyboard.press('Space');
  await expectFocusOnHeading(receiver, 'Message received and verified');
  await expectFocusOnHeading(sender, 'Received and verified by the other side');
  await tabTo(sender, 'Send more');
  await sender.keyboard.press('Enter');
  await expectFocusOnHeading(sender, 'Send files to another device');
});

/** Presses Tab until what is so called has the focus, which can be seen. */
async function tabTo(page: Page, name: string): Promise<void> {
  const wanted = page.getByRole('textbox', { name }).or(page.getByRole('button', { name, exact: true }));
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab');
    if (!(await wanted.evaluate((element) => element === document.activeElement))) continue;
    expect(await wanted.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
    return;
  }
  throw new Error(`${name} can't be reached by Tab`);
}

async function expectFocusOnHeading(page: Page, text: string): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(text);
  await expect(heading).toBeFocused();
}

test('nothing moves for who wants it so', async ({ openPage }) => {
  const page = await openPage({ before: (opened) => opened.emulateMedia({ reducedMotion: 'reduce' }) });
  await page.getByRole('button', { name: 'The other side uses the Python tool' }).click();
  await page.getByRole('button', { name: 'Suggest a code' }).click();
  await page.getByRole('radio', { name: 'Receive' }).check();
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Waiting/);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});
