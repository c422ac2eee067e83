// A browser for as long as it is used, with a profile on disk: elsewhere it would keep its file storage in memory.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium, firefox } from 'playwright/test';
import { findBrowser } from './find-browser.ts';

/** A name for 127.0.0.1 that the browser doesn't trust as it trusts localhost. */
export const INSECURE_NAME = 'insecure.test';

interface Wishes {
  name: 'chromium' | 'firefox';
  /** Every window is a private one. Firefox only. */
  isPrivate: boolean;
  /** More arguments for Chromium. */
  args?: string[];
}

const savedIn = new WeakMap<BrowserContext, string>();

export async function withBrowser(
  wishes: Wishes,
  use: (context: BrowserContext) => Promise<void>,
): Promise<void> {
  const place = await mkdtemp(path.join(tmpdir(), 'p2p-copy-browser-'));
  const [profile, downloads] = [path.join(place, 'profile'), path.join(place, 'downloads')];
  await mkdir(downloads);
  const context =
    wishes.name === 'firefox'
      ? await launchFirefox(profile, downloads, wishes.isPrivate)
      : await launchChromium(profile, downloads, wishes.args ?? []);
  noteDownloads(context, downloads);
  try {
    await use(context);
  } finally {
    await context.close();
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Tells where a browser puts what is saved. */
export function noteDownloads(context: BrowserContext, folder: string): void {
  savedIn.set(context, folder);
}

/** Makes the browser forget all that it keeps of an origin: an earlier server may have had the port. Chromium only. */
export async function forgetOrigin(context: BrowserContext, origin: string): Promise<void> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  // Its service worker and storage; and its assets, whose names say that they never change.
  await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
  await session.send('Network.clearBrowserCache');
  await page.close();
}

/** Where the browser puts what is saved. */
export function downloadFolder(context: BrowserContext): string {
  return savedIn.get(context)!;
}

export function isFirefox(context: BrowserContext): boolean {
  return context.browser()!.browserType().name() === 'firefox';
}

function launchChromium(profile: string, downloadsPath: string, args: string[]): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    executablePath: findBrowser('chromium'),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      `--host-resolver-rules=MAP ${INSECURE_NAME} 127.0.0.1`,
      ...args,
    ],
    downloadsPath,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
}

/** Mozilla's own, not the one that Playwright patches. */
function launchFirefox(profile: string, downloadsPath: string, isPrivate: boolean): Promise<BrowserContext> {
  return firefox.launchPersistentContext(profile, {
    executablePath: findBrowser('firefox'),
    channel: 'moz-firefox',
    firefoxUserPrefs: {
      'network.dns.localDomains': INSECURE_NAME,
      'browser.privatebrowsing.autostart': isPrivate,
    },
    downloadsPath,
  });
}
