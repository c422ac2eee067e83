// What every browser test stands on: a relay process, one browser with its profile on disk, a folder, tidy ends.
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, test as base, type Page, type TestInfo } from 'playwright/test';
import { CliProcess } from './cli-process.ts';
import { hashFile, writeRandomFile } from './test-content.ts';
import { withBrowser } from './with-browser.ts';

const BIG_BYTES = 300 * 1000 * 1000;
const LONG_BYTES = 3 * 1000 * 1000 * 1000;

/** What Firefox says of a connection that the page drops while it is made, since another way to the other end was first. */
const DROPPED =
  /Firefox can’t establish a connection to the server at ws:|The connection to ws:\S+ was interrupted while the page was loading/;

interface PerWorker {
  /** URL of the relay that serves the page. */
  relayUrl: string;
  /** Whether each window is a private one: in Firefox it has no file storage. */
  isPrivate: boolean;
  browserContext: BrowserContext;
  /** 300 MB that don't compress. */
  bigFile: { path: string; name: string; sha256: string };
  /** Under way long enough to be interrupted: 3 GB, all holes, so that it costs the disk nothing. */
  longFile: { path: string; name: string };
}

interface PerTest {
  /** An empty folder, removed afterwards. */
  folder: string;
  /** Opens the page in a tab of its own; what it logs as an error fails the test. */
  openPage: (options?: { path?: string; before?: (page: Page) => Promise<void> }) => Promise<Page>;
  /** Runs the CLI; `send` and `receive` get the relay and `--json`. */
  cli: (command: 'send' | 'receive', ...args: string[]) => CliProcess;
  /** Runs the CLI with the arguments of the Python tool, as a page shows them, and `--json`. */
  classicCli: (...args: string[]) => CliProcess;
}

export const test = base.extend<PerTest, PerWorker>({
  relayUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are needed from the pattern
    async ({}, use) => {
      const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
      try {
        const isUrl = () => relay.events.map(({ line }) => /http:\/\/\S+/.exec(String(line))?.[0]);
        await relay.event('line');
        await base.expect.poll(() => isUrl().find((url) => url !== undefined)).toBeDefined();
        await use(
          isUrl()
            .find((url) => url !== undefined)!
            .replace(/\/$/, ''),
        );
      } finally {
        await relay.stop();
      }
    },
    { scope: 'worker' },
  ],

  isPrivate: [false, { scope: 'worker', option: true }],

  browserContext: [
    async ({ browserName, isPrivate }, use) => {
      await withBrowser({ name: browserName as 'chromium' | 'firefox', isPrivate }, use);
    },
    { scope: 'worker' },
  ],

  bigFile: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-big-'));
      const file = path.join(folder, 'big.bin');
      await writeRandomFile(file, BIG_BYTES);
      await use({ path: file, name: 'big.bin', sha256: await hashFile(file) });
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],

  longFile: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-long-'));
      const file = path.join(folder, 'long.bin');
      await writeFile(file, '');
      await truncate(file, LONG_BYTES);
      await use({ path: file, name: 'long.bin' });
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: as above
  folder: async ({}, use) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },

  openPage: async ({ browserContext, isPrivate, relayUrl }, use, testInfo) => {
    const pages: Page[] = [];
    const complaints: string[] = [];
    await use(async ({ path: where = '/', before } = {}) => {
      const page = await browserContext.newPage();
      pages.push(page);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await before?.(page);
      await page.goto(relayUrl + where);
      return page;
    });
    const hasFailed = testInfo.status !== testInfo.expectedStatus;
    for (const page of pages) {
      if (hasFailed) await attachText(page, testInfo);
      await page.close();
    }
    if (!isPrivate) await forgetTransfers(browserContext, relayUrl);
    base.expect(complaints.filter((complaint) => !DROPPED.test(complaint))).toEqual([]);
  },

  cli: async ({ relayUrl }, use, testInfo) => {
    const running: CliProcess[] = [];
    await use((command, ...args) => {
      const cli = new CliProcess([command, ...args, '--relay', relayUrl, '--json']);
      running.push(cli);
      return cli;
    });
    await stopAll(running, testInfo);
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above
  classicCli: async ({}, use, testInfo) => {
    const running: CliProcess[] = [];
    await use((...args) => {
      const cli = new CliProcess([...args, '--json']);
      running.push(cli);
      return cli;
    });
    await stopAll(running, testInfo);
  },
});

export const { expect } = test;

async function stopAll(running: CliProcess[], testInfo: TestInfo): Promise<void> {
  const hasFailed = testInfo.status !== testInfo.expectedStatus;
  for (const cli of running) {
    if (hasFailed) await testInfo.attach('CLI', { body: cli.story(), contentType: 'text/plain' });
    await cli.stop();
  }
}

/** What a page showed in the end; a page that is gone or hangs shows nothing. */
async function attachText(page: Page, testInfo: TestInfo): Promise<void> {
  const body = await page
    .locator('body')
    .innerText({ timeout: 5000 })
    .catch((error: unknown) => String(error));
  await testInfo.attach(page.url(), { body, contentType: 'text/plain' });
}

/** What a test left for later is not for the next one, which has the same browser. */
async function forgetTransfers(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage();
  // Of the same origin, and running nothing.
  await page.goto(`${origin}/icon.svg`);
  // A page that was closed just now may still hold its files.
  await base.expect(() => page.evaluate(forgetAll)).toPass();
  await page.close();
}

async function forgetAll(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  // Emptied, not deleted: that would wait for every page that has it open, and each new one would wait for that.
  if ((await indexedDB.databases()).some(({ name }) => name === 'p2p-copy')) {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open('p2p-copy');
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    const stores = [...database.objectStoreNames];
    const emptying = database.transaction(stores, 'readwrite');
    for (const store of stores) emptying.objectStore(store).clear();
    await new Promise((resolve, reject) => {
      emptying.oncomplete = resolve;
      emptying.onerror = reject;
    });
    database.close();
  }
  localStorage.clear();
}
