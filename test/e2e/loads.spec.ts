// What a transfer needs is loaded before it begins: a network that is lost just then, or a relay that was upgraded under an open page,
// takes no transfer along.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import { openBare } from './bare-browser.ts';
import { CliProcess } from './cli-process.ts';
import { test as base, expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { ServedBuild } from './served-build.ts';
import { hashFile } from './test-content.ts';
import { forgetOrigin, isFirefox } from './with-browser.ts';

const TEXT_BYTES = 6_000_000;
/** Bytes a second: slow enough that text is compressed. */
const SLOW = 1_000_000;

interface Rig {
  served: ServedBuild;
  /** Opens the page. What it logs is not judged: a lost connection is logged by the browser. */
  open: (options?: { worker?: boolean }) => Promise<Page>;
  cli: (...args: string[]) => CliProcess;
}

const test = base.extend<{ rig: Rig }>({
  rig: async ({ browserContext }, use) => {
    const served = await ServedBuild.start();
    // Nothing that an earlier server at this port left answers in place of this one.
    if (!isFirefox(browserContext)) await forgetOrigin(browserContext, served.url);
    const [pages, running]: [Page[], CliProcess[]] = [[], []];
    await use({
      served,
      open: async ({ worker = false } = {}) => {
        const page = await opened(browserContext, served.url, worker);
        pages.push(page);
        return page;
      },
      cli: (...args) => {
        const cli = new CliProcess([...args, '--relay', served.url, '--json']);
        running.push(cli);
        return cli;
      },
    });
    for (const page of pages) await page.close();
    for (const cli of running) await cli.stop();
    await served.stop();
  },
});

/** @param hasWorker with the service worker, which keeps most of the page */
async function opened(context: BrowserContext, url: string, hasWorker: boolean): Promise<Page> {
  const page = await context.newPage();
  if (!hasWorker) await withoutServiceWorker(page);
  await page.goto(url);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  await page.waitForLoadState('networkidle');
  if (hasWorker) await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  return page;
}

async function withoutServiceWorker(page: Page): Promise<void> {
  await page.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
}

/** Text that shrinks to half its size. */
async function textFile(folder: string): Promise<string> {
  const file = path.join(folder, 'big.txt');
  await writeFile(file, randomBytes(TEXT_BYTES / 2).toString('hex'));
  return file;
}

/** Saves what a page received, and compares it with what was sent. */
async function expectSame(receiver: Page, file: string, folder: string): Promise<void> {
  await steps.expectReceived(receiver);
  const out = path.join(folder, 'saved');
  await mkdir(out, { recursive: true });
  const saved = await steps.saveBy(receiver, 'Save to this device', out);
  expect(await hashFile(saved)).toBe(await hashFile(file));
  await steps.deleteFromBrowser(receiver);
}

/** A browser finds that an asset is missing alike after either: Firefox tries one. */
const withheldAfter = {
  'the network is lost': { what: 'cut', tag: ['@firefox'] },
  'the relay is upgraded': { what: 'upgrade', tag: [] },
} as const;

for (const [event, { what, tag }] of Object.entries(withheldAfter)) {
  test(`a receiving page takes compressed content though ${event} as it accepts`, {
    tag: [...tag],
  }, async ({ rig: { served, open, cli }, folder }) => {
    const file = await textFile(folder);
    const sender = cli('send', file, '--compress', 'on');
    const receiver = await open();
    await steps.enterCode(receiver, await sender.code());
    await receiver.getByLabel('This browser first').check();
    served.bytesPerSecond = SLOW;
    served.withheld = /^\/assets\//;
    await steps.accept(receiver);
    await expect(receiver.getByRole('progressbar')).toBeVisible();
    await served[what]();
    await expectSame(receiver, file, folder);
    expect(await sender.exitCode()).toBe(0);
  });

  test(`a sending page goes on though ${event} as the other side accepts`, { tag: [...tag] }, async ({
    rig: { served, open, cli },
    folder,
  }) => {
    const file = await textFile(folder);
    const sender = await open();
    await steps.chooseFiles(sender, [file]);
    const code = await steps.shownCode(sender);
    served.bytesPerSecond = SLOW;
    served.withheld = /^\/assets\//;
    const out = path.join(folder, 'out');
    await mkdir(out);
    const receiver = cli('receive', code, '--yes', '--out', out);
    await receiver.event('accepted');
    await served[what]();
    expect(await receiver.exitCode()).toBe(0);
    await steps.expectConfirmed(sender);
    expect(await hashFile(path.join(out, 'big.txt'))).toBe(await hashFile(file));
  });
}

/** What a service worker has kept is asked for at the first step, and in the middle; the other ones are taken by `npm run soak`. */
const isSoak = process.env.P2P_COPY_SOAK_MINUTES !== undefined;
const UPGRADED_AT = ['files chosen', 'code shown', 'review', 'running'] as const;
const upgradedAt = (worker: boolean) =>
  worker && !isSoak ? UPGRADED_AT.filter((step) => ['files chosen', 'running'].includes(step)) : UPGRADED_AT;

for (const worker of [false, true]) {
  for (const step of upgradedAt(worker)) {
    const how = worker ? 'with' : 'without';
    test(`two pages of an older build finish a transfer when the relay is upgraded at “${step}”, ${how} a service worker`, async ({
      rig: { served, open },
      folder,
    }) => {
      const file = await textFile(folder);
      const [sender, receiver] = [await open({ worker }), await open({ worker })];
      const upgradeAt = async (now: typeof step) => {
        if (now !== step) return;
        // A relay that was started anew has forgotten a code: that is another test's.
        if (now === 'code shown' || now === 'review') await served.replace();
        else await served.upgrade();
      };
      // Before anything but the first load was asked for: the pages go on without what is gone.
      await upgradeAt('files chosen');
      await steps.chooseFiles(sender, [file]);
      const code = await steps.shownCode(sender);
      await upgradeAt('code shown');
      await steps.enterCode(receiver, code);
      await receiver.getByLabel('This browser first').check();
      await upgradeAt('review');
      served.bytesPerSecond = SLOW;
      await steps.accept(receiver);
      await expect(receiver.getByRole('progressbar')).toBeVisible();
      await upgradeAt('running');
      await expectSame(receiver, file, folder);
      await steps.expectConfirmed(sender);
    });
  }
}

/** Until a page has everything that a transfer of our own wire may need; the assets that it has asked for by then. */
async function untilLoaded(served: ServedBuild, page: Page, isDirect = true): Promise<string[]> {
  // Those of the Python tool's wire are asked for by who wants that, and those of direct paths by who may take one.
  const unneeded = isDirect ? /classic/ : /classic|\/rtc-/;
  const needed = (await served.assets()).filter((asset) => !unneeded.test(asset));
  const missing = () => needed.filter((asset) => !served.asked.includes(asset));
  await expect.poll(missing, { message: page.url(), timeout: 30_000 }).toEqual([]);
  return [...served.asked];
}

const LANGUAGES = { Deutsch: 'Sprache', 中文: '语言', English: 'Language' };

/** Every sentence of the screen in every language. */
async function readInAll(page: Page): Promise<void> {
  let label = 'Language';
  for (const [language, nextLabel] of Object.entries(LANGUAGES)) {
    await page.getByLabel(label).selectOption(language);
    label = nextLabel;
    await expect(page.getByLabel(label)).toBeVisible();
  }
}

test('a language that was reached for is spoken though the relay is gone', async ({
  rig: { served, open },
}) => {
  const page = await open();
  const loaded = [/\/de-[^/]+\.js/, /\/zh-[^/]+\.js/].map((asset) =>
    page.waitForEvent('requestfinished', (request) => asset.test(request.url())),
  );
  await page.getByLabel('Language').focus();
  await Promise.all(loaded);
  served.withheld = /./;
  served.cut();
  await readInAll(page);
});

test('a language that can’t be had is said to be, and is spoken once it is chosen again', async ({
  rig: { served, open },
}) => {
  const page = await open();
  served.withheld = /\/de-[^/]+\.js/;
  const language = page.getByLabel('Language');
  await language.selectOption('Deutsch');
  await steps.expectAlert(page, 'Deutsch cannot be loaded at the moment');
  // What is shown as chosen is what is spoken.
  await expect(language).toHaveValue('en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  await page.reload();
  await expect(language).toHaveValue('en');
  served.withheld = null;
  await language.selectOption('Deutsch');
  await expect(page.getByLabel('Sprache')).toHaveValue('de');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.evaluate(() => localStorage.clear());
});

const CONTENTS = {
  text: 'hello',
  file: 'a.txt',
  folder: 'a folder',
  'in memory': 'a.txt',
  cancelled: 'a.txt',
} as const;

for (const content of Object.keys(CONTENTS) as (keyof typeof CONTENTS)[]) {
  test(`from its code and its review on, a transfer (${content}) asks for no asset any more`, async ({
    rig: { served, open },
    browserContext,
    folder,
  }) => {
    served.isCached = false;
    const inside = path.join(folder, 'a folder');
    await mkdir(inside);
    const file = await textFile(inside);
    const sender = await open();
    // A direct path would have it done before it is cancelled.
    const isDirect = content !== 'cancelled';
    if (!isDirect) await steps.keepToRelay(sender);
    if (content === 'text') await steps.sendMessage(sender, 'hello');
    else if (content === 'folder') await steps.dropPaths(sender, [inside]);
    else await steps.chooseFiles(sender, [file]);
    const code = await steps.shownCode(sender);
    await untilLoaded(served, sender, isDirect);
    served.asked.length = 0;

    const isBare = content === 'in memory';
    const receiver = isBare
      ? await openBare(async ({ before } = {}) => {
          const page = await browserContext.newPage();
          await withoutServiceWorker(page);
          await before?.(page);
          await page.goto(served.url);
          return page;
        })
      : await open();
    await steps.enterCode(receiver, code);
    await expect(receiver.getByRole('button', { name: 'Accept' })).toBeVisible();
    const asked = await untilLoaded(served, receiver, isDirect);

    if (!isDirect) served.bytesPerSecond = SLOW / 10;
    else served.bytesPerSecond = 4 * SLOW;
    if (content !== 'text' && !isBare) await receiver.getByLabel('This browser first').check();
    await steps.accept(receiver);
    if (content === 'cancelled') {
      await expect(receiver.getByRole('progressbar')).toBeVisible();
      await steps.cancel(sender);
      // What is under way would hold up the news.
      served.bytesPerSecond = null;
      await expect(receiver.getByRole('alert')).toBeVisible();
      await expect(sender.getByRole('alert')).toBeVisible();
    } else {
      await steps.expectReceived(receiver);
      await steps.expectConfirmed(sender);
    }
    for (const page of [sender, receiver]) await readInAll(page);
    if (content === 'folder') await steps.saveBy(receiver, 'Save all as .zip', folder);
    expect(served.asked).toEqual(asked);
    if (content === 'file' || content === 'folder') await steps.deleteFromBrowser(receiver);
  });
}
