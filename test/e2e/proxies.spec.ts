// The page behind real proxies, each set up by the sample of deploy/: over HTTP/2, at the root of a host and below a path.
import { createHash, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import { type DeployedProxy, deployProxy, PROXIES, reasonToSkip } from '../proxies/deployed-proxy.ts';
import { openBare } from './bare-browser.ts';
import { CliProcess, urlOf } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { withBrowser } from './with-browser.ts';

/** How each lets a WebSocket through, where the page came by HTTP/2: as a stream of that connection, or as another. */
const SOCKET_STATUS = { nginx: 101, haproxy: 200, caddy: 101 };

for (const name of PROXIES) {
  const why = reasonToSkip(name);

  test(`behind ${name}, page and terminal send to each other, at a host of its own and below a path`, async ({
    folder,
  }) => {
    test.skip(why !== null, why ?? '');
    const relay = new CliProcess([
      'relay',
      '--host',
      '127.0.0.1',
      '--port',
      '0',
      '--trust-proxy',
      '127.0.0.1',
    ]);
    const proxy = await deployProxy(name, (await urlOf(relay))!);
    try {
      await withBrowser(
        { name: 'chromium', isPrivate: false, args: await trusting(proxy) },
        async (context) => {
          const complaints = complaintsOf(context);
          await sendFromPage(context, proxy, proxy.rootUrl, folder);
          await sendFromPage(context, proxy, proxy.belowUrl, folder);
          await receiveOnPage(context, proxy);
          const page = await context.newPage();
          await page.goto(`${proxy.belowUrl}/`);
          expect(await protocolOfPage(page)).toBe('h2');
          expect(await statusOfSocket(page)).toBe(SOCKET_STATUS[name]);
          await staysBelow(context, page, proxy);
          expect(complaints).toEqual([]);
        },
      );
    } finally {
      await proxy.stop();
      await relay.stop();
    }
  });
}

/** The file goes to a terminal that is given the link. */
async function sendFromPage(
  context: BrowserContext,
  proxy: DeployedProxy,
  url: string,
  folder: string,
): Promise<void> {
  const file = path.join(folder, 'to-terminal.txt');
  await writeFile(file, `from ${url}`);
  const page = await context.newPage();
  // Without the slash at its end: the proxy adds it.
  await page.goto(url);
  await steps.chooseFiles(page, [file]);
  await steps.shownCode(page);
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.startsWith(`${url}/#`)).toBe(true);
  // The proxies of the tests are at this machine's loopback, and no other name is set.
  await expect(page.getByText('means only this device')).toBeVisible();
  const out = path.join(folder, `out-${new URL(url).hostname}`);
  const receiver = new CliProcess([
    'receive',
    link,
    '--yes',
    '--out',
    out,
    '--ca-file',
    proxy.caFile,
    '--json',
  ]);
  expect(await receiver.exitCode()).toBe(0);
  await steps.expectConfirmed(page);
  expect(await readFile(path.join(out, 'to-terminal.txt'), 'utf8')).toBe(`from ${url}`);
  await page.close();
}

/** The link that a terminal shows is opened below the path, and its input is streamed into a download. */
async function receiveOnPage(context: BrowserContext, proxy: DeployedProxy): Promise<void> {
  const sender = new CliProcess([
    'send',
    '-',
    '--relay',
    proxy.belowUrl,
    '--ca-file',
    proxy.caFile,
    '--json',
  ]);
  sender.stdin.end('from a terminal');
  const { url } = await sender.event('code');
  const page = await openBare(async ({ before } = {}) => {
    const opened = await context.newPage();
    await before?.(opened);
    await opened.goto(String(url));
    return opened;
  });
  await page.getByRole('button', { name: 'Continue' }).click();
  const download = await steps.acceptDownload(page);
  expect(new URL(download.url()).pathname).toMatch(/^\/copy\/download\//);
  await steps.expectReceived(page);
  expect(await readFile(await download.path(), 'utf8')).toBe('from a terminal');
  expect(await sender.exitCode()).toBe(0);
  await page.close();
}

/** What the service worker takes and stores is the page's own; what else lives at that host is left alone. */
async function staysBelow(context: BrowserContext, page: Page, proxy: DeployedProxy): Promise<void> {
  const { scope, stores, paths } = await page.evaluate(async () => {
    await caches.open('of another app');
    const registration = await navigator.serviceWorker.ready;
    const stores = await caches.keys();
    const shell = await caches.open(stores.find((name) => name.startsWith('shell'))!);
    const paths = (await shell.keys()).map(({ url }) => new URL(url).pathname);
    return { scope: registration.scope, stores, paths };
  });
  expect(scope).toBe(`${proxy.belowUrl}/`);
  expect(stores).toEqual([expect.stringMatching(/^shell \/copy\/ [0-9a-f]{16}$/), 'of another app']);
  expect(paths).toContain('/copy/');
  expect(paths.filter((each) => !each.startsWith('/copy/'))).toEqual([]);
  // The installed app stays below too.
  const session = await context.newCDPSession(page);
  const { manifest } = (await session.send('Page.getAppManifest')) as {
    manifest?: { startUrl: string; scope: string };
  };
  expect([manifest?.startUrl, manifest?.scope]).toEqual([`${proxy.belowUrl}/`, `${proxy.belowUrl}/`]);
  await session.detach();
  await takesShared(context, proxy);
  // Offline it opens there too.
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  await context.setOffline(false);
}

/** What another app shares arrives as a draft below the path, though the relay has nothing there to post to. */
async function takesShared(context: BrowserContext, proxy: DeployedProxy): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${proxy.belowUrl}/`);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  await page.goto('about:blank');
  await page.setContent(`<form method="post" enctype="multipart/form-data" action="${proxy.belowUrl}/share">
    <input name="text" value="Shared below a path"><input type="file" name="files"><button>Share</button></form>`);
  await page.getByRole('button', { name: 'Share' }).click();
  await page.waitForURL(`${proxy.belowUrl}/?shared=*`);
  await expect(page.getByText('Shared below a path')).toBeVisible();
  await page.close();
}

/** Of what the service worker leaves to the network. */
function protocolOfPage(page: Page): Promise<string> {
  return page.evaluate(async () => {
    await (await fetch('version')).text();
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    return entries.find(({ name }) => name.endsWith('/version'))!.nextHopProtocol;
  });
}

/** HTTP status by which a WebSocket of the page is opened: 101 over HTTP/1.1, 200 over HTTP/2 (RFC 8441). */
async function statusOfSocket(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const opened = new Promise<number>((resolve) => {
    session.on('Network.webSocketHandshakeResponseReceived', ({ response }) => resolve(response.status));
  });
  await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(new URL('ws', location.href).href.replace('http', 'ws'));
        socket.onopen = resolve;
        socket.onerror = reject;
      }),
  );
  const status = await opened;
  await session.detach();
  return status;
}

/** Arguments for a Chromium that trusts the proxy's certificates as if an authority had signed them. */
async function trusting(proxy: DeployedProxy): Promise<string[]> {
  const hashes = [];
  for (const file of proxy.shownCertificates) {
    const { publicKey } = new X509Certificate(await readFile(file));
    hashes.push(
      createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('base64'),
    );
  }
  return [`--ignore-certificate-errors-spki-list=${hashes.join(',')}`];
}

function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  });
  return complaints;
}
