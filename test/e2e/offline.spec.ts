// The installed app: it opens with no server, takes what is shared to it, and never stores what changes.

import type { Page } from 'playwright/test';
import { CliProcess } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

/** Until the service worker has stored the page. */
async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
}

const storedPaths = (page: Page) =>
  page.evaluate(async () => {
    const paths: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) paths.push(new URL(url).pathname);
    }
    return paths.sort();
  });

test('the page opens without its server, and says that the device is offline', async ({ browserContext }) => {
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
  const page = await browserContext.newPage();
  try {
    const url = () =>
      relay.events.map(({ line }) => /http:\/\/\S+/.exec(String(line))?.[0]).find((found) => found);
    await expect.poll(url).toBeDefined();
    await page.goto(url()!);
    await installed(page);
    await relay.stop();
    // Some Chromium forgets at each navigation that a test made it offline: stands in for what the page opens with.
    await page.addInitScript(() => {
      let isOnline = false;
      addEventListener('online', () => (isOnline = true));
      addEventListener('offline', () => (isOnline = false));
      Object.defineProperty(navigator, 'onLine', { get: () => isOnline });
    });
    await page.goto(url()!);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
    const notice = page.getByText('This device is offline.');
    await expect(notice).toBeVisible();
    await browserContext.setOffline(true);
    await browserContext.setOffline(false);
    await expect(notice).toHaveCount(0);
    await browserContext.setOffline(true);
    await expect(notice).toBeVisible();
    await browserContext.setOffline(false);
    await expect(notice).toHaveCount(0);
    // The server is still gone.
    await steps.sendMessage(page, 'hello');
    await expect(page.getByRole('main')).toContainText('The server cannot be reached. No connection since');
  } finally {
    await browserContext.setOffline(false);
    await page.close();
    await relay.stop();
  }
});

test('all that makes up the page is stored, and nothing that changes', { tag: '@firefox' }, async ({
  openPage,
  relayUrl,
}) => {
  const page = await openPage();
  await installed(page);
  await page.reload();
  for (const live of ['/healthz', '/version', '/integrity.json']) await page.request.get(relayUrl + live);
  await page.evaluate(async () => {
    for (const live of ['/healthz', '/version', '/integrity.json']) await fetch(live);
  });
  const list = JSON.parse(await (await page.request.get(`${relayUrl}/integrity.json`)).text());
  const parts = Object.keys(list)
    .filter((name) => name !== 'service-worker.js' && !name.includes('zstd'))
    .map((name) => (name === 'index.html' ? '/' : `/${name}`));
  expect(await storedPaths(page)).toEqual(parts.sort());
});

test('what is opened with the app is offered', async ({ openPage }) => {
  // Stands in for a file manager: the files lie in the browser's own storage.
  const page = await openPage({
    before: async (opened) => {
      await opened.addInitScript(() => {
        const write = async (name: string) => {
          const root = await navigator.storage.getDirectory();
          const file = await root.getFileHandle(name, { create: true });
          const stream = await file.createWritable();
          await stream.write(`this is ${name}`);
          await stream.close();
          return file;
        };
        const setConsumer = async (consumer: (launch: { files: FileSystemFileHandle[] }) => void) =>
          consumer({ files: [await write('one.txt'), await write('two.txt')] });
        Object.defineProperty(window, 'launchQueue', { value: { setConsumer } });
      });
    },
  });
  const code = await steps.shownCode(page);
  await expect(page.getByText('2 files')).toBeVisible();
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  const list = receiver.getByRole('region', { name: 'What is offered' });
  await expect(list.getByText('one.txt')).toBeVisible();
  await expect(list.getByText('two.txt')).toBeVisible();
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(page);
  await steps.deleteFromBrowser(receiver);
});

test('a page opened with nothing shows the first screen', async ({ openPage }) => {
  const page = await openPage({
    before: async (opened) => {
      await opened.addInitScript(() => {
        const setConsumer = (consumer: (launch: { files: [] }) => void) => consumer({ files: [] });
        Object.defineProperty(window, 'launchQueue', { value: { setConsumer } });
      });
    },
  });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
});

test('it can be installed', async ({ openPage }) => {
  const page = await openPage();
  await installed(page);
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send('Page.getAppManifest');
  // Also for what it takes from file managers and share sheets.
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data!);
  expect(manifest).toMatchObject({
    start_url: './',
    display: 'standalone',
    file_handlers: [{ action: './' }],
  });
  for (const { src, sizes, type } of manifest.icons) {
    const icon = await page.request.get(new URL(src, page.url()).href);
    expect([icon.status(), icon.headers()['content-type']]).toEqual([200, type]);
    // A PNG tells its width and height in its first bytes.
    const bytes = await icon.body();
    if (type === 'image/png') expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`).toBe(sizes);
  }
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
  await session.detach();
});
