// What other apps and websites hand over is a draft: no website starts a send, and nothing is claimed or framed from elsewhere.
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

/** A website on another origin, with one page. */
async function withWebsite(html: string, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://localhost:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
}

/** As a share sheet posts. */
const shareForm = (relayUrl: string) =>
  `<form method="post" enctype="multipart/form-data" action="${relayUrl}/share">
    <input name="text" value="Look at this"><input name="url" value="">
    <input type="file" name="files" multiple aria-label="Files"><button>Share</button></form>`;

/** Posts files and a text by script as soon as it is opened, as a hostile page does. */
const hostilePage = (relayUrl: string, files: number, textLength: number) =>
  `<form method="post" enctype="multipart/form-data" action="${relayUrl}/share">
    <textarea name="text"></textarea><input type="file" name="files" multiple></form>
  <script>
    const files = new DataTransfer();
    for (let i = 0; i < ${files}; i++) files.items.add(new File(['malware'], 'invoice-' + i + '.exe'));
    document.querySelector('input').files = files.files;
    document.querySelector('textarea').value = 'x'.repeat(${textLength});
    document.querySelector('form').submit();
  </script>`;

/** What the page asks of the relay from now on. */
function socketsOf(page: Page): string[] {
  const urls: string[] = [];
  page.on('websocket', (socket) => urls.push(socket.url()));
  return urls;
}

test('a website that posts a file starts no send: it is a draft until the person sends it', async ({
  openPage,
  relayUrl,
}) => {
  const page = await openPage();
  await installed(page);
  const sockets = socketsOf(page);
  await withWebsite(hostilePage(relayUrl, 1, 12), async (website) => {
    await page.goto(website);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send this?');
  });
  await expect(page.getByText('invoice-0.exe')).toBeVisible();
  await expect(page.getByText('xxxxxxxxxxxx')).toBeVisible();
  await expect(page.getByText('Nothing leaves this device until you press Send.')).toBeVisible();
  expect(sockets).toEqual([]);

  // It stays a draft over a reload, and is gone when it is discarded.
  await page.reload();
  await expect(page.getByText('invoice-0.exe')).toBeVisible();
  const address = page.url();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  expect(page.url()).toBe(`${relayUrl}/`);
  await page.goto(address);
  await steps.expectAlert(page, 'What was shared is no longer here.');
  expect(sockets).toEqual([]);
});

test('what another app shares is shown, and sent when the person says so', async ({
  folder,
  openPage,
  relayUrl,
}) => {
  const first = await openPage();
  await installed(first);
  const file = path.join(folder, 'shared photo.jpg');
  await writeFile(file, 'a photo');
  const page = await openPage();
  await page.goto('about:blank');
  await page.setContent(shareForm(relayUrl));
  await page.getByLabel('Files').setInputFiles(file);
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText('shared photo.jpg')).toBeVisible();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const code = await steps.shownCode(page);
  expect(page.url()).toBe(`${relayUrl}/`);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await expect(receiver.getByRole('region', { name: 'Message' })).toHaveText('Look at this');
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await readFile(saved, 'utf8')).toBe('a photo');
  await steps.deleteFromBrowser(receiver);
});

for (const [what, files, textLength] of [
  ['files', 1001, 0],
  ['text', 0, 262_145],
] as const) {
  test(`a draft with too many ${what} is refused, and says so`, async ({ openPage, relayUrl }) => {
    const page = await openPage();
    await installed(page);
    await withWebsite(hostilePage(relayUrl, files, textLength), async (website) => {
      await page.goto(website);
      await steps.expectAlert(
        page,
        'What was shared is too much to hand over that way: up to 1,000 files and 2.00 GB.',
      );
    });
    expect(page.url()).toBe(`${relayUrl}/`);
  });
}

test('four drafts are kept at most, whoever posts them', async ({ openPage, relayUrl }) => {
  const page = await openPage();
  await installed(page);
  const addresses: string[] = [];
  await withWebsite(hostilePage(relayUrl, 1, 1), async (website) => {
    for (let i = 0; i < 5; i++) {
      await page.goto(website);
      await expect(page.getByText('invoice-0.exe')).toBeVisible();
      addresses.push(page.url());
    }
  });
  expect(new Set(addresses).size).toBe(5);
  await page.goto(addresses[0]!);
  await steps.expectAlert(page, 'What was shared is no longer here.');
  await page.goto(addresses[1]!);
  await expect(page.getByText('invoice-0.exe')).toBeVisible();
});

test('a website that opens, frames or scripts the page gets no send and no code out of it', async ({
  browserContext,
  openPage,
  relayUrl,
}) => {
  const page = await openPage();
  await installed(page);
  const website = `<iframe src="${relayUrl}/#7-guitar-ocean"></iframe>
    <button onclick="opened = window.open('${relayUrl}/?shared=1&text=x&send=1#7-guitar-ocean')">open</button>`;
  await withWebsite(website, async (url) => {
    const evil = await browserContext.newPage();
    await evil.goto(url);
    // Refused: an error page stands in the frame.
    await expect.poll(() => evil.frames()[1]?.url()).toBe('chrome-error://chromewebdata/');
    const [opened] = await Promise.all([
      browserContext.waitForEvent('page'),
      evil.getByRole('button').click(),
    ]);
    const sockets = socketsOf(opened);
    await expect(opened.getByRole('heading', { level: 1 })).toHaveText('Someone wants to send you something');
    // The two are in groups of their own.
    expect(await opened.evaluate(() => window.opener)).toBe(null);
    expect(await evil.evaluate(() => (globalThis as unknown as { opened: Window }).opened.closed)).toBe(true);
    expect(sockets).toEqual([]);
    await opened.close();
    await evil.close();
  });
});
