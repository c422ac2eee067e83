// A slip in a typed or pasted code is mended or asked about in the page: nothing is dialled before.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

/** Counts the WebSockets that the page and its worker open. */
async function countDials(page: Page): Promise<() => number> {
  let dials = 0;
  await page.context().routeWebSocket(/.*/, (socket) => {
    dials++;
    socket.connectToServer();
  });
  page.on('websocket', () => dials++);
  return () => dials;
}

const SLIPS = [
  ['7', 'The words after the number are missing.'],
  ['7-guitar', 'A word is missing'],
  ['7-guitar-oc', 'Several words begin with “oc”.'],
  ['7-guitar-ocaen', '“ocaen” is not a word of such codes. Did you mean this?'],
  ['7-guitarocean', 'is not a word'],
  ['guitar-ocean', 'That is not a code.'],
  ['7-my own secret', '“my” is not a word'],
  ['https://relay.example/', 'That link holds no code.'],
] as const;

test('no slip reaches the relay, and the text stays beside what is wrong with it', async ({ openPage }) => {
  const page = await openPage();
  const dials = await countDials(page);
  const field = page.getByLabel('Have a code?');
  for (const [typed, sentence] of SLIPS) {
    await steps.enterCode(page, typed);
    await steps.expectAlert(page, sentence);
    await expect(field).toHaveValue(typed);
    await expect(field).toBeFocused();
  }
  expect(dials()).toBe(0);
  // It goes on from there, and what was wrong is gone.
  await field.fill('7-guitar');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('the word that was meant is a tap away, and so is a code of one’s own', { tag: '@firefox' }, async ({
  folder,
  openPage,
  cli,
}) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  const page = await openPage();
  // No word begins so: with two letters exchanged it may be another word, or the beginning of one.
  const slipped = code.replace(/-(.)([^-]+)$/, '-$1$1$2');
  await steps.enterCode(page, slipped);
  await page.getByRole('button', { name: code, exact: true }).click();
  await expect(page.getByText('note.txt')).toBeVisible();
  await page.getByRole('button', { name: 'Decline' }).click();

  await cli('send', '--code', '4711-gitar-ocaen', file).event('code');
  await page.getByRole('button', { name: 'Back to start' }).click();
  await steps.enterCode(page, '4711 Gitar Ocaen');
  await page.getByRole('button', { name: 'use 4711-gitar-ocaen as typed' }).click();
  await expect(page.getByText('note.txt')).toBeVisible();
});

test('a link of another site is said to be that, and used only after a tap', async ({ openPage }) => {
  const page = await openPage();
  const dials = await countDials(page);
  const field = page.getByLabel('Have a code?');
  await field.fill('<https://other.example/x/#987654-abandon-ability>');
  await expect(field).toHaveValue('987654-abandon-ability');
  await steps.expectAlert(page, 'That link is of another site, other.example.');
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Open other.example' })).toHaveAttribute(
    'href',
    'https://other.example/x/#987654-abandon-ability',
  );
  expect(dials()).toBe(0);
  await page.getByRole('button', { name: 'Try the code here' }).click();
  await steps.expectAlert(page, 'There is no such code');
  // The counter does see the worker's connections.
  expect(dials()).toBeGreaterThan(0);
});

test('a message with a code in it is pasted into the field as the code', async ({ openPage, relayUrl }) => {
  const page = await openPage();
  const field = page.getByLabel('Have a code?');
  for (const text of [
    'Hi!\nCode: 7-guitar-ocean\nSee you tomorrow',
    `Open\n<${relayUrl}/#7-guitar-ocean>.`,
    '„7–Guitar–Ocean“',
  ]) {
    await page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    await field.focus();
    await field.selectText();
    await page.keyboard.press('ControlOrMeta+v');
    await expect(field).toHaveValue('7-guitar-ocean');
    await expect(page.getByRole('alert')).toHaveCount(0);
  }
});

test('a link that was cut off is asked about when it is opened', { tag: '@firefox' }, async ({
  openPage,
}) => {
  const page = await openPage({ path: '/#7-guitar' });
  await steps.expectAlert(page, 'A word is missing');
  await expect(page.getByLabel('Have a code?')).toHaveValue('7-guitar');
  const dotted = await openPage({ path: '/#7-guitar-ocean.' });
  await expect(dotted.getByText('7-guitar-ocean', { exact: true })).toBeVisible();
});

test('the question has room on a phone and on a desktop', { tag: '@firefox' }, async ({ openPage }) => {
  const page = await openPage();
  const pictures = process.env.SLIP_PICTURES;
  if (pictures !== undefined) await mkdir(pictures, { recursive: true });
  for (const width of [390, 1280]) {
    // With a keyboard on the screen a phone shows little more.
    await page.setViewportSize({ width, height: 500 });
    for (const [name, typed] of [
      ['near', '7-guitar-ocaen'],
      ['unfinished', '7-guitar-oc'],
      ['own', `7-my-own-${'long'.repeat(20)}`],
      ['site', 'https://other.example/#7-guitar-ocean'],
    ] as const) {
      await steps.enterCode(page, typed);
      await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow).toBeLessThanOrEqual(0);
      if (pictures === undefined) continue;
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.screenshot({ path: `${pictures}/${name}-${width}-${colorScheme}.png`, fullPage: true });
      }
    }
  }
});
