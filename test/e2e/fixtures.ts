// What every browser test stands on: a relay process, one browser with its profile on disk, a folder, tidy ends.
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, test as base, chromium, type Page } from 'playwright/test';
import { CliProcess } from './cli-process.ts';
import { findBrowser } from './find-browser.ts';
import { hashFile, writeRandomFile } from './test-content.ts';

const BIG_BYTES = 300 * 1000 * 1000;
const LONG_BYTES = 3 * 1000 * 1000 * 1000;

interface PerWorker {
  /** URL of the relay that serves the page. */
  relayUrl: string;
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

  browserContext: [
    // biome-ignore lint/correctness/noEmptyPattern: as above
    async ({}, use) => {
      const profile = await mkdtemp(path.join(tmpdir(), 'p2p-copy-profile-'));
      // A persistent profile keeps the browser's file storage on disk; elsewhere it lives in memory.
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: findBrowser(),
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--no-first-run',
          // A name that the browser doesn't trust as it trusts localhost.
          '--host-resolver-rules=MAP insecure.test 127.0.0.1',
        ],
        acceptDownloads: true,
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      try {
        await use(context);
      } finally {
        await context.close();
        await rm(profile, { recursive: true, force: true, maxRetries: 5 });
      }
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

  openPage: async ({ browserContext, relayUrl }, use) => {
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
    for (const page of pages) await page.close();
    await forgetTransfers(browserContext, relayUrl);
    base.expect(complaints).toEqual([]);
  },

  cli: async ({ relayUrl }, use) => {
    const running: CliProcess[] = [];
    await use((command, ...args) => {
      const cli = new CliProcess([command, ...args, '--relay', relayUrl, '--json']);
      running.push(cli);
      return cli;
    });
    for (const cli of running) await cli.stop();
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above
  classicCli: async ({}, use) => {
    const running: CliProcess[] = [];
    await use((...args) => {
      const cli = new CliProcess([...args, '--json']);
      running.push(cli);
      return cli;
    });
    for (const cli of running) await cli.stop();
  },
});

export const { expect } = test;

/** What a test left for later is not for the next one, which has the same browser. */
async function forgetTransfers(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'file_systems,indexeddb,local_storage',
  });
  await page.close();
}
