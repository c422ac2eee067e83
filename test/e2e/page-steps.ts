// What people do on the page.
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Download, expect, type Page } from 'playwright/test';
import { downloadFolder, isFirefox } from './with-browser.ts';

/** Has content take no direct path, at this page's address from now on: so it needs the relay, and is held up where that is away. */
export async function keepToRelay(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: /^Only by way of / }).check();
}

export async function chooseFiles(page: Page, files: string[]): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(files);
}

/** Chromium gives a folder input no empty folders: see `dropPaths` for those. */
export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByLabel('Choose folder').setInputFiles(folder);
}

/** Drops real files and folders, as from a file manager. `beforeDrop` happens while the hand holds them over the page. */
export async function dropPaths(
  page: Page,
  paths: string[],
  beforeDrop: () => Promise<void> = async () => {},
): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  // A hand moves more than once.
  for (const type of ['dragEnter', 'dragOver', 'dragOver', 'drop'] as const) {
    if (type === 'drop') await beforeDrop();
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 400, data });
  }
  await session.detach();
}

/** Drops the folder, and returns the title that it is offered by. Firefox lets no test drop one: there it is one file. */
export async function dropFolder(page: Page, folder: string, instead: string): Promise<string> {
  if (isFirefox(page.context())) await chooseFiles(page, [path.join(folder, instead)]);
  else await dropPaths(page, [folder]);
  return isFirefox(page.context()) ? instead : path.basename(folder);
}

export async function sendMessage(page: Page, text: string): Promise<void> {
  await page.getByLabel('Or send a message').fill(text);
  await page.getByRole('button', { name: 'Send message' }).click();
}

/** The code that a sending page shows. */
export async function shownCode(page: Page): Promise<string> {
  const code = page.getByLabel('Code', { exact: true });
  await expect(code).toBeVisible();
  return (await code.textContent())!.trim();
}

export async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Have a code?').fill(code);
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
}

export async function accept(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Accept' }).click();
}

/** Accepts into the browser's own storage. */
export async function acceptIntoBrowser(page: Page): Promise<void> {
  await page.getByLabel('This browser first').check();
  await accept(page);
}

/** Accepts into a download, which begins at once. */
export async function acceptDownload(page: Page): Promise<Download> {
  await expect(page.getByLabel('Download while it arrives')).toBeChecked();
  const begun = page.waitForEvent('download');
  await accept(page);
  return begun;
}

/** Saves what the button gives into `folder`, under the name that the browser would. Not for empty files in Firefox. */
export async function saveBy(page: Page, button: string, folder: string): Promise<string> {
  if (isFirefox(page.context())) return saveByFirefox(page, button, folder);
  const begun = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const download = await begun;
  const file = path.join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await download.delete();
  return file;
}

/** Firefox tells no test of what a page saves. It has done so when the empty file under the name has its content. */
async function saveByFirefox(page: Page, button: string, folder: string): Promise<string> {
  const downloads = downloadFolder(page.context());
  await page.getByRole('button', { name: button }).click();
  let name = '';
  await expect(async () => {
    const names = await readdir(downloads);
    expect(names).toHaveLength(1);
    name = names[0]!;
    expect((await stat(path.join(downloads, name))).size).toBeGreaterThan(0);
  }).toPass({ intervals: [100] });
  await mkdir(folder, { recursive: true });
  await rename(path.join(downloads, name), path.join(folder, name));
  return path.join(folder, name);
}

export async function deleteFromBrowser(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Delete from this browser' }).click();
  await expect(page.getByText('Deleted from this browser.')).toBeVisible();
}

/** Ample: a machine that builds and tests at once is slow. */
const TRANSFER_MS = 600_000;

export async function expectConfirmed(page: Page): Promise<void> {
  await expectEnd(
    page,
    /^(Getting|Tell|Someone|Waiting|Looking|Sending)/,
    /^Received and verified by the other side$/,
  );
}

export async function expectReceived(page: Page): Promise<void> {
  // A review's heading names what is offered: it is left by accepting.
  await expect(page.getByRole('button', { name: 'Accept' })).toHaveCount(0);
  await expectEnd(page, /^(Connect|Looking|Receiving)/, /received and verified$/);
}

/**
 * Waits as long as the heading tells that it goes on; whatever comes then must be `end`. Between two headings there may
 * be none for a moment.
 */
async function expectEnd(page: Page, goingOn: RegExp, end: RegExp): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  for (;;) {
    await expect(heading).not.toHaveText(goingOn, { timeout: TRANSFER_MS });
    try {
      return await expect(heading).toHaveText(end, { timeout: 1000 });
    } catch (error) {
      const text = (await heading.textContent())?.trim() ?? '';
      // The end may have come since the last look.
      if (!goingOn.test(text) && !end.test(text)) throw error;
    }
  }
}

/** The one alert on the page. */
export async function expectAlert(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('alert')).toContainText(text);
}

/** Until some of the content has been seen to arrive. */
export async function untilMoving(page: Page): Promise<void> {
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect(page.getByRole('progressbar')).not.toHaveAttribute('value', '0');
}

/** Until the progress bar shows at least `percent`. */
export async function untilPercent(page: Page, percent: number): Promise<void> {
  const shown = async () => Number(await page.getByRole('progressbar').getAttribute('value'));
  await expect.poll(shown, { intervals: [50] }).toBeGreaterThanOrEqual(percent);
}

/** The row of a transfer that an earlier tab left. */
export function earlier(page: Page, title: string) {
  return page
    .getByRole('region', { name: 'Earlier transfers' })
    .getByRole('listitem')
    .filter({ hasText: title });
}

export async function resume(page: Page, title: string): Promise<void> {
  // It isn't there when the transfer ended before its tab did.
  await page.getByRole('button', { name: `Resume ${title}` }).click({ timeout: 60_000 });
}

/**
 * A stop button goes when the transfer ends: waiting for it much longer would be in vain. Playwright is told of every frame that a page
 * receives, and on a busy machine its clicks come after a backlog of them.
 */
const STOP_MS = 60_000;

/** Ends what there is: a running transfer for good. */
export async function cancel(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: /^(Cancel|Stop…)$/ });
  const isRunning = (await button.textContent({ timeout: STOP_MS }))?.includes('Stop') ?? false;
  if (isRunning) await stop(page, /^(Stop|Stop for good|Delete unfinished files)$/);
  else await button.click({ timeout: STOP_MS });
}

/** Stops a running transfer with that answer. */
export async function stop(page: Page, answer: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'Stop…' }).click({ timeout: STOP_MS });
  await page.getByRole('dialog').getByRole('button', { name: answer }).click({ timeout: STOP_MS });
}
