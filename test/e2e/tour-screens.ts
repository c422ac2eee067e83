// A walk through every screen of the page, by real transfers. Whoever walks along looks at each one.
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import { openBare } from './bare-browser.ts';
import { agree, startReceiving } from './classic-steps.ts';
import { CliProcess } from './cli-process.ts';
import { expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { tourOutages } from './tour-outages.ts';
import { INSECURE_NAME, isFirefox } from './with-browser.ts';

interface Tools {
  openPage: (options?: { path?: string; before?: (page: Page) => Promise<void> }) => Promise<Page>;
  browserContext: BrowserContext;
  relayUrl: string;
  folder: string;
}

export type Look = (screen: string, page: Page) => Promise<void>;

/** Sizes of what is sent. All holes, so that they cost the disk nothing. */
const HOLIDAY = {
  'beach.jpg': 2_431_000,
  'harbour at night.jpg': 3_120_000,
  'day 2/market.jpg': 1_874_000,
  'day 2/old town.jpg': 2_960_000,
  'notes.txt': 1_204,
};
const FILMS = { 'dinner.mov': 41_200_000, 'journey.mov': 3_600_000_000 };

export async function tourScreens(tools: Tools, look: Look): Promise<void> {
  await tourStart(tools, look);
  await tourTold(tools, look);
  await tourCaution(tools, look);
  await tourTransfer(tools, look);
  await tourRefusal(tools, look);
  await tourInterruption(tools, look);
  await tourOutages(tools, look);
  // A download, of which Firefox tells no test.
  if (!isFirefox(tools.browserContext)) await tourLastPlaces(tools, look);
}

async function tourStart({ openPage, browserContext, relayUrl }: Tools, look: Look): Promise<void> {
  const page = await openPage();
  await look('home', page);
  await agree(page, { direction: 'Send', code: 'seven guitars by the ocean', encrypt: true });
  await look('classic', page);
  await page.getByRole('button', { name: 'Back to start' }).click();
  await agree(page, { direction: 'Receive', code: 'seven guitars by the ocean', encrypt: false });
  await look('classic-open', page);
  await startReceiving(page);
  await look('classic-calling', page);
  await page.close();

  const linked = await openPage({ path: '/#7-guitar-ocean' });
  await look('opened-link', linked);
  await linked.close();

  const slip = await openPage();
  for (const [screen, typed] of [
    ['slip-near', '7-guitar-ocaen'],
    ['slip-own', `7-my-own-${'long'.repeat(20)}`],
    ['slip-site', 'https://other.example/#7-guitar-ocean'],
  ] as const) {
    await steps.enterCode(slip, typed);
    await expect(slip.getByRole('alert')).toBeVisible();
    await look(screen, slip);
  }
  await slip.close();

  const insecure = await browserContext.newPage();
  await insecure.goto(relayUrl.replace('127.0.0.1', INSECURE_NAME));
  await look('insecure', insecure);
  await insecure.close();
}

/** What the other person is told where the relay has an address for them. */
async function tourTold({ browserContext }: Tools, look: Look): Promise<void> {
  const names = ['--other-names', 'https://copy.example.org'];
  const relay = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0', ...names]);
  const page = await browserContext.newPage();
  try {
    const url = () => relay.events.map(({ line }) => /http:\/\/\S+/.exec(String(line))?.[0]).find(Boolean);
    await expect.poll(url).toBeDefined();
    await page.goto(url()!);
    await steps.sendMessage(page, 'hello');
    await page.getByText('In a terminal?').click();
    await look('offered-terminal', page);
    await page.goto(`${url()!.replace('127.0.0.1', INSECURE_NAME)}/#7-guitar-ocean`);
    await expect(page.getByRole('link', { name: 'copy.example.org' })).toBeVisible();
    await look('insecure-code', page);
  } finally {
    await page.close();
    await relay.stop();
  }
}

/** What is shown apart: names that a system obeys, and what another app or website hands over. */
async function tourCaution({ openPage, relayUrl, folder }: Tools, look: Look): Promise<void> {
  const names = ['notes.txt', 'beach.jpg', '.bashrc', 'Makefile.desktop'];
  const files = names.map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, 'content');
  const sender = await openPage();
  await sender.evaluate(async () => void (await navigator.serviceWorker.ready));
  await steps.chooseFiles(sender, files);
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeVisible();
  await look('review-risky', receiver);
  await sender.close();
  await receiver.close();

  const shared = await openPage();
  await shared.goto('about:blank');
  await shared.setContent(
    `<form method="post" enctype="multipart/form-data" action="${relayUrl}/share">
    <input name="text" value="The photo of the harbour"><input type="file" name="files" aria-label="Files"><button>Share</button></form>`,
  );
  await shared.getByLabel('Files').setInputFiles(files[1]!);
  await shared.getByRole('button', { name: 'Share' }).click();
  await expect(shared.getByRole('button', { name: 'Discard' })).toBeVisible();
  await look('shared-draft', shared);
  await shared.close();
}

async function tourTransfer({ openPage, folder }: Tools, look: Look): Promise<void> {
  const sender = await openPage();
  const root = await makeFolder(folder, 'Holiday', HOLIDAY);
  const title = await steps.dropFolder(sender, root, 'beach.jpg');
  const code = await steps.shownCode(sender);
  await look('offered', sender);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeVisible();
  await look('review', receiver);
  await look('waiting', sender);
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  await look('sent', sender);
  await look('received', receiver);
  await sender.close();
  await receiver.close();

  const later = await openPage();
  await later.getByRole('button', { name: `Save ${title}` }).click();
  await expect(later.getByRole('heading', { level: 1 })).toHaveText(title);
  await look('received-earlier', later);
  await steps.deleteFromBrowser(later);
  await later.close();
}

async function tourRefusal({ openPage }: Tools, look: Look): Promise<void> {
  const sender = await openPage();
  await steps.sendMessage(sender, 'The key is under the third flower pot.');
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await receiver.getByRole('button', { name: 'Decline' }).click();
  await expect(receiver.getByRole('heading')).toHaveText('You declined');
  await look('declined', receiver);
  await steps.expectAlert(sender, 'The other side declined.');
  await look('problem', sender);

  await sender.getByRole('button', { name: 'New code, same files' }).click();
  const code = await steps.shownCode(sender);
  await receiver.getByRole('button', { name: 'Back to start' }).click();
  await steps.enterCode(receiver, code);
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  await look('message', receiver);
  await sender.close();
  await receiver.close();
}

async function tourInterruption({ openPage, folder }: Tools, look: Look): Promise<void> {
  const sender = await openPage();
  const root = await makeFolder(folder, 'Films', FILMS);
  const title = await steps.dropFolder(sender, root, 'journey.mov');
  const receiver = await openPage();
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  await steps.untilPercent(receiver, 2);
  // One file alone has no list.
  if (title === 'Films') {
    for (const page of [sender, receiver]) await page.getByText('Files', { exact: true }).click();
  }
  await look('receiving', receiver);
  await look('sending', sender);
  await receiver.close();
  await expect(sender.getByText('Reconnecting…').first()).toBeVisible();
  await look('reconnecting', sender);
  const later = await openPage();
  await expect(later.getByRole('button', { name: `Resume ${title}` })).toBeVisible();
  await look('unfinished', later);
  await later.getByRole('button', { name: `Delete ${title}` }).click();
  await later.close();
  await sender.close();
}

/** Where a browser has neither pickers nor storage. */
async function tourLastPlaces({ openPage, folder }: Tools, look: Look): Promise<void> {
  const sender = await openPage();
  await steps.dropPaths(sender, [await makeFolder(folder, 'Weekend', HOLIDAY)]);
  const receiver = await openBare(openPage);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeVisible();
  await look('review-memory', receiver);
  await steps.accept(receiver);
  await steps.expectReceived(receiver);
  await look('received-in-memory', receiver);
  await receiver.close();
  await sender.close();

  const again = await openPage();
  await steps.dropPaths(again, [path.join(folder, 'Weekend')]);
  const small = await openBare(openPage, { memoryGiB: 0.0625 });
  await steps.enterCode(small, await steps.shownCode(again));
  const download = await steps.acceptDownload(small);
  await steps.expectReceived(small);
  await look('downloaded', small);
  await download.delete();
  await small.close();
  await again.close();
}

async function makeFolder(parent: string, name: string, sizes: Record<string, number>): Promise<string> {
  const root = path.join(parent, name);
  for (const [file, size] of Object.entries(sizes)) {
    const place = path.join(root, file);
    await mkdir(path.dirname(place), { recursive: true });
    await writeFile(place, '');
    await truncate(place, size);
  }
  return root;
}
