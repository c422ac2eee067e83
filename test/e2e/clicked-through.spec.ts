// The page under the relay's own certificate, about which the browser warns: reached as a person does, through that warning.
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { openBare } from './bare-browser.ts';
import { CliProcess } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile, writeRandomFile } from './test-content.ts';

const OUTER = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test.skip(OUTER === undefined, 'this machine has no address in a network');

/** Lines that the relay prints and `pattern` finds. */
async function printed(relay: CliProcess, pattern: RegExp): Promise<string> {
  const found = () => relay.events.map(({ line }) => pattern.exec(String(line))?.[1]).find(Boolean);
  await expect.poll(found).toBeDefined();
  return found()!;
}

/** Opens `url` through the warning, and the page behind it. */
async function clickThrough(page: Page, url: string): Promise<void> {
  await expect(page.goto(url)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
  await page.locator('#details-button').click();
  await page.locator('#proceed-link').click();
  await page.waitForURL(`${url}/**`);
}

test('under a certificate that was clicked through the page receives, and promises nothing that needs a service worker', async ({
  browserContext,
  folder,
  longFile,
}) => {
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
  const relay = new CliProcess(['relay', '--port', '0']);
  const ends: CliProcess[] = [relay];
  const pages: Page[] = [];
  try {
    const url = await printed(relay, /^In this network: (https:\S+)$/);
    const local = await printed(relay, /^On this device: (http:\S+)$/);
    const sendFrom = (file: string) => {
      const sender = new CliProcess(['send', file, '--relay', local, '--json']);
      ends.push(sender);
      return sender;
    };
    // The first click through the warning counts for the rest of the session.
    const first = await browserContext.newPage();
    pages.push(first);
    await clickThrough(first, url);
    expect(await first.evaluate(() => [isSecureContext, crypto.subtle !== undefined])).toEqual([true, true]);
    await expect(first.locator('link[rel=manifest]')).toHaveCount(0);
    expect(await first.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(
      0,
    );

    const file = path.join(folder, 'photo.jpg');
    await writeRandomFile(file, 3_000_000);
    await steps.enterCode(first, await sendFrom(file).code());
    await steps.acceptIntoBrowser(first);
    await steps.expectReceived(first);
    const saved = await steps.saveBy(first, 'Save to this device', path.join(folder, 'saved'));
    expect(await hashFile(saved)).toBe(await hashFile(file));
    await steps.deleteFromBrowser(first);

    // More than fits into memory, where there is neither a picker nor storage.
    const bare = await openBare(async ({ before } = {}) => {
      const page = await browserContext.newPage();
      pages.push(page);
      await before?.(page);
      await page.goto(url);
      return page;
    });
    await steps.enterCode(bare, await sendFrom(longFile.path).code());
    await expect(bare.getByText('Up to 500 MB')).toBeVisible({ timeout: 5_000 });
    await expect(bare.getByLabel('Download while it arrives')).toHaveCount(0);
  } finally {
    delete process.env.P2P_COPY_STATE;
    for (const page of pages) await page.close();
    for (const end of ends) await end.stop();
  }
});

test('by http this machine gets the page with all that it promises', async ({ openPage }) => {
  const page = await openPage();
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await expect(page.locator('link[rel=manifest]')).toHaveCount(1);
});
