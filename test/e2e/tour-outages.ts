// The walk's part through screens on which a connection is missing, before a transfer runs and in it.
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import { CutProxy } from './cut-proxy.ts';
import { expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { callOutagesLongSoon } from './soon-long.ts';
import type { Look } from './tour-screens.ts';

interface Tools {
  browserContext: BrowserContext;
  relayUrl: string;
  folder: string;
}

const AWAY = 'The other side is not there at the moment.';

/** Each end has a way of its own to the relay, and what it stores apart from the other's. */
export async function tourOutages({ browserContext, relayUrl, folder }: Tools, look: Look): Promise<void> {
  const [there, here] = [await CutProxy.start(relayUrl), await CutProxy.start(relayUrl)];
  const open = async (way: CutProxy) => {
    const page = await browserContext.newPage();
    await callOutagesLongSoon(page);
    await page.goto(way.url);
    return page;
  };
  const sender = await open(there);
  await steps.keepToRelay(sender);
  const file = path.join(folder, 'journey.mov');
  await writeFile(file, '');
  await truncate(file, 3_600_000_000);
  // All that the page is made of is here: it is the network that goes, not the page.
  await sender.waitForLoadState('networkidle');
  there.cut();
  await steps.chooseFiles(sender, [file]);
  await untilSaid(sender, 'The server cannot be reached.');
  await look('connecting-away', sender);
  there.mend();
  const code = await steps.shownCode(sender);
  there.cut();
  await untilSaid(sender, 'The server cannot be reached.');
  await look('offered-away', sender);
  const receiver = await open(here);
  await steps.enterCode(receiver, code);
  await untilSaid(receiver, AWAY);
  await look('joining-away', receiver);
  there.mend();
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeEnabled();
  there.cut();
  await untilSaid(receiver, AWAY);
  await look('review-away', receiver);
  await receiver.getByRole('button', { name: 'Later' }).click();
  await expect(steps.earlier(receiver, 'journey.mov')).toContainText('Not accepted yet');
  await look('review-later', receiver);
  await steps.enterCode(receiver, code);
  await untilSaid(receiver, AWAY);
  await look('review-sought', receiver);
  there.mend();
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeEnabled();
  here.cut();
  await untilSaid(sender, AWAY);
  await look('waiting-away', sender);
  here.mend();
  await expect(receiver.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await steps.acceptIntoBrowser(receiver);
  await steps.untilPercent(receiver, 3);
  here.cut();
  await untilSaid(receiver, 'The server cannot be reached.');
  await look('receiving-away', receiver);
  await untilSaid(sender, AWAY);
  await look('sending-away', sender);
  for (const page of [receiver, sender]) await page.close();
  for (const way of [there, here]) await way.close();
}

async function untilSaid(page: Page, text: string): Promise<void> {
  await expect(page.getByRole('main')).toContainText(text);
}
