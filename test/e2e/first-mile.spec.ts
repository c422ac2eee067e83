// From the code on the screen to the first byte: lost connections, relays that are started anew and reloaded pages at every step.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BrowserContext, Page } from 'playwright/test';
import WebSocket from 'ws';
import { CliProcess, urlOf } from './cli-process.ts';
import { CutProxy } from './cut-proxy.ts';
import { test as base, expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { callOutagesLongSoon } from './soon-long.ts';

/** A page of each side, each with a way to the relay of its own. */
interface Mile {
  relay: RestartableRelay;
  sender: End;
  receiver: End;
}

interface End {
  page: Page;
  way: CutProxy;
}

/** On one port for all its lives. */
class RestartableRelay {
  #process: CliProcess;
  readonly url: string;

  private constructor(process: CliProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start(): Promise<RestartableRelay> {
    const process = new CliProcess(['relay', '--host', '127.0.0.1', '--port', '0']);
    return new RestartableRelay(process, (await urlOf(process))!.replace(/\/$/, ''));
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  async startAgain(): Promise<void> {
    const { port } = new URL(this.url);
    this.#process = new CliProcess(['relay', '--host', '127.0.0.1', '--port', port]);
    await urlOf(this.#process);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.startAgain();
  }
}

const test = base.extend<{ mile: Mile; openEnd: (relayUrl: string) => Promise<End> }>({
  openEnd: async ({ browserContext }, use) => {
    const ends: End[] = [];
    await use(async (relayUrl) => {
      const way = await CutProxy.start(relayUrl);
      const page = await browserContext.newPage();
      ends.push({ page, way });
      await callOutagesLongSoon(page);
      await page.goto(way.url);
      // All that the page is made of is here: it is the network that goes, not the page.
      await page.waitForLoadState('networkidle');
      return { page, way };
    });
    for (const { page, way } of ends) {
      await page.close();
      await way.close();
    }
  },
  mile: async ({ openEnd }, use) => {
    const relay = await RestartableRelay.start();
    await use({ relay, sender: await openEnd(relay.url), receiver: await openEnd(relay.url) });
    await relay.stop();
  },
});

const CONTENT = 'what is sent, to be compared byte by byte';
const heading = (page: Page) => page.getByRole('heading', { level: 1 });
const main = (page: Page) => page.getByRole('main');

async function offerFile(page: Page, folder: string, name = 'note.txt'): Promise<void> {
  const file = path.join(folder, name);
  await writeFile(file, CONTENT);
  await steps.chooseFiles(page, [file]);
}

async function expectWholeTransfer(sender: Page, receiver: Page, folder: string): Promise<void> {
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  for (const page of [sender, receiver]) await expect(main(page)).toContainText(/Took .+\./);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await readFile(saved, 'utf8')).toBe(CONTENT);
  await steps.deleteFromBrowser(receiver);
}

async function intoReview({ sender, receiver }: Mile, folder: string): Promise<string> {
  await offerFile(sender.page, folder);
  const code = await steps.shownCode(sender.page);
  await steps.enterCode(receiver.page, code);
  await expectReview(receiver.page);
  return code;
}

async function expectReview(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Accept' })).toBeVisible();
}

/** The heading, where the focus stands when a screen changes, and what the live region has said. */
async function expectSaid(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('status').filter({ hasText: text }).first()).toBeAttached();
}

test('the code survives its connection, and is the same afterwards', { tag: '@firefox' }, async ({
  mile,
  folder,
}) => {
  const { sender, receiver } = mile;
  await offerFile(sender.page, folder);
  const code = await steps.shownCode(sender.page);
  await expect(main(sender.page)).toContainText(/The code works once, until .+/);
  sender.way.cut();
  await expect(main(sender.page)).toContainText(/Reconnecting… No connection since/);
  await expectSaid(sender.page, 'Reconnecting…');
  expect(await steps.shownCode(sender.page)).toBe(code);
  await expect(main(sender.page)).toContainText('The server cannot be reached.');
  await expect(main(sender.page)).toContainText('Nobody can use the code meanwhile.');
  // Who comes meanwhile waits.
  await steps.enterCode(receiver.page, code);
  await expect(main(receiver.page)).toContainText('The other side is not there at the moment.');
  sender.way.mend();
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a relay that was started anew keeps the code of the code screen', async ({ mile, folder }) => {
  const { relay, sender, receiver } = mile;
  await offerFile(sender.page, folder);
  const code = await steps.shownCode(sender.page);
  await relay.restart();
  await expectSaid(sender.page, /Reconnecting…|Connected again/);
  await expect(main(sender.page)).toContainText('Connected again');
  expect(await steps.shownCode(sender.page)).toBe(code);
  await steps.enterCode(receiver.page, code);
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a number that was taken after a restart gives a new code in place, with the reason and the same files', async ({
  mile,
  folder,
}) => {
  const { relay, sender, receiver } = mile;
  await offerFile(sender.page, folder);
  const code = await steps.shownCode(sender.page);
  sender.way.cut();
  await relay.restart();
  const taker = await takeNumber(relay.url, code.split('-')[0]!);
  sender.way.mend();
  await steps.expectAlert(sender.page, 'Here is a new code for the same files.');
  const next = await steps.shownCode(sender.page);
  expect(next).not.toBe(code);
  await steps.enterCode(receiver.page, next);
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
  taker.close();
});

/** Another sender that has the number now. */
async function takeNumber(relayUrl: string, nameplate: string): Promise<WebSocket> {
  const socket = new WebSocket(`${relayUrl.replace('http', 'ws')}/ws`);
  await new Promise((resolve, reject) => {
    socket.on('open', resolve);
    socket.on('error', reject);
  });
  const answered = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(JSON.stringify({ type: 'allocate', version: 3, nameplate }));
  expect(JSON.parse(await answered)).toMatchObject({ type: 'allocated', nameplate });
  return socket;
}

test('who is offline at the start waits, and both begin by themselves', { tag: '@firefox' }, async ({
  mile,
  folder,
}) => {
  const { sender, receiver } = mile;
  sender.way.cut();
  await offerFile(sender.page, folder);
  await expect(heading(sender.page)).toHaveText('Getting a code…');
  await expect(main(sender.page)).toContainText(/Connecting… No connection since/);
  await expect(main(sender.page)).toContainText('The server cannot be reached.');
  sender.way.mend();
  const code = await steps.shownCode(sender.page);
  receiver.way.cut();
  await steps.enterCode(receiver.page, code);
  await expect(main(receiver.page)).toContainText(/Connecting… No connection since/);
  receiver.way.mend();
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a browser that knows it is offline says so, at the start and on the code screen', async ({
  mile,
  folder,
  browserContext,
}) => {
  const { sender, receiver } = mile;
  try {
    await goOffline(browserContext, [sender, receiver]);
    await offerFile(sender.page, folder);
    await expect(main(sender.page)).toContainText('This device is offline. No connection since');
    await goOnline(browserContext, [sender, receiver]);
    const code = await steps.shownCode(sender.page);
    await goOffline(browserContext, [sender, receiver]);
    await expect(main(sender.page)).toContainText('This device is offline. No connection since');
    expect(await steps.shownCode(sender.page)).toBe(code);
    await steps.enterCode(receiver.page, code);
    await expect(main(receiver.page)).toContainText('This device is offline. No connection since');
    await goOnline(browserContext, [sender, receiver]);
    await expectReview(receiver.page);
    await steps.acceptIntoBrowser(receiver.page);
    await expectWholeTransfer(sender.page, receiver.page, folder);
  } finally {
    await browserContext.setOffline(false);
  }
});

/** A test's offline doesn't end the sockets of a worker. */
async function goOffline(context: BrowserContext, ends: End[]): Promise<void> {
  await context.setOffline(true);
  for (const { way } of ends) way.cut();
}

async function goOnline(context: BrowserContext, ends: End[]): Promise<void> {
  for (const { way } of ends) way.mend();
  await context.setOffline(false);
}

test('connections that drop again and again between code and review hold nothing up for good', async ({
  mile,
  folder,
}) => {
  const { sender, receiver } = mile;
  await offerFile(sender.page, folder);
  const code = await steps.shownCode(sender.page);
  await steps.enterCode(receiver.page, code);
  for (const afterMs of [5, 25, 60, 120, 250, 500]) {
    await sender.page.waitForTimeout(afterMs);
    (afterMs % 2 === 0 ? sender : receiver).way.drop();
  }
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('in review, each side says who is missing, and Accept waits with the reason', {
  tag: '@firefox',
}, async ({ mile, folder }) => {
  const { sender, receiver } = mile;
  await intoReview(mile, folder);
  const accept = receiver.page.getByRole('button', { name: 'Accept' });
  await accept.focus();
  sender.way.cut();
  await expect(main(sender.page)).toContainText('The server cannot be reached.');
  await expect(main(receiver.page)).toContainText('The other side is not there at the moment.');
  await expectSaid(receiver.page, 'The other side is not there at the moment.');
  await expect(accept).toBeFocused();
  await expect(accept).toBeDisabled();
  await expect(accept).toHaveAccessibleDescription(
    /You can accept as soon as the other side is there again\./,
  );
  await accept.press('Enter');
  await expectReview(receiver.page);
  sender.way.mend();
  await expect(accept).toBeEnabled();
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a sender whose receiver went from the review gets a new code for the same files', async ({
  mile,
  folder,
  openEnd,
}) => {
  const { relay, sender, receiver } = mile;
  await intoReview(mile, folder);
  await receiver.page.close();
  await expect(main(sender.page)).toContainText('The other side is not there at the moment.');
  await sender.page.getByRole('button', { name: 'New code, same files' }).click();
  const code = await steps.shownCode(sender.page);
  await expect(main(sender.page)).toContainText('note.txt');
  const other = await openEnd(relay.url);
  await steps.enterCode(other.page, code);
  await expectReview(other.page);
  await steps.acceptIntoBrowser(other.page);
  await expectWholeTransfer(sender.page, other.page, folder);
});

test('a review that is reloaded goes on by itself', { tag: '@firefox' }, async ({ mile, folder }) => {
  const { sender, receiver } = mile;
  await intoReview(mile, folder);
  const words = await receiver.page.locator('strong[lang=en]').textContent();
  await receiver.page.reload();
  await expectReview(receiver.page);
  await expect(heading(receiver.page)).toHaveText('note.txt');
  expect(await receiver.page.locator('strong[lang=en]').textContent()).toBe(words);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

for (const [how, open] of [
  ['its code typed again', async (page: Page, code: string) => steps.enterCode(page, code)],
  [
    'its link opened again',
    async (page: Page, code: string) => {
      await page.goto(`${new URL(page.url()).origin}/#${code}`);
      await page.getByRole('button', { name: 'Continue' }).click();
    },
  ],
] as const) {
  test(`a review whose tab was closed goes on with ${how}`, async ({ mile, folder, browserContext }) => {
    const { sender, receiver } = mile;
    const code = await intoReview(mile, folder);
    const { url } = receiver.way;
    await receiver.page.close();
    const again = await browserContext.newPage();
    await again.goto(url);
    const row = steps.earlier(again, 'note.txt');
    await expect(row).toContainText('Not accepted yet');
    await open(again, code);
    await expectReview(again);
    await steps.acceptIntoBrowser(again);
    await expectWholeTransfer(sender.page, again, folder);
    await again.getByRole('button', { name: 'Back to start' }).click();
    await expect(steps.earlier(again, 'note.txt')).toHaveCount(0);
    await again.close();
  });
}

test('what was declined or cancelled in review is not kept', async ({ mile, folder, browserContext }) => {
  const { sender, receiver } = mile;
  await intoReview(mile, folder);
  await receiver.page.getByRole('button', { name: 'Decline' }).click();
  await expect(main(receiver.page)).toContainText('the other side knows');
  await steps.expectAlert(sender.page, 'The other side declined.');
  const later = await browserContext.newPage();
  await later.goto(receiver.way.url);
  await expect(heading(later)).toBeVisible();
  await expect(later.getByRole('region', { name: 'Earlier transfers' })).toHaveCount(0);
  await later.close();
  // The files are still there.
  await sender.page.getByRole('button', { name: 'New code, same files' }).click();
  await steps.enterCode(await home(receiver.page), await steps.shownCode(sender.page));
  await expectReview(receiver.page);
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

async function home(page: Page): Promise<Page> {
  await page.getByRole('button', { name: 'Back to start' }).click();
  return page;
}

test('a sender that is reloaded in review goes on with the same files', async ({ mile, folder }) => {
  const { sender, receiver } = mile;
  await intoReview(mile, folder);
  await sender.page.reload();
  await steps.resume(sender.page, 'note.txt');
  await steps.chooseFiles(sender.page, [path.join(folder, 'note.txt')]);
  await expect(heading(sender.page)).toHaveText('Waiting for them to accept');
  await expectReview(receiver.page);
  await expect(receiver.page.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a relay that is started anew in review is passed over', async ({ mile, folder }) => {
  const { relay, sender, receiver } = mile;
  await intoReview(mile, folder);
  await relay.stop();
  for (const { page } of [sender, receiver])
    await expect(main(page)).toContainText('The server cannot be reached.');
  await relay.startAgain();
  await expect(receiver.page.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await steps.acceptIntoBrowser(receiver.page);
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('who accepts just before the loss is noticed reads who is missing, and goes on', async ({
  mile,
  folder,
}) => {
  const { sender, receiver } = mile;
  await intoReview(mile, folder);
  await receiver.page.getByLabel('This browser first').check();
  sender.way.cut();
  await receiver.page.getByRole('button', { name: 'Accept' }).dispatchEvent('click');
  await expect(main(receiver.page)).toContainText('The other side is not there at the moment.');
  sender.way.mend();
  // It may have been too late by a moment.
  const accept = receiver.page.getByRole('button', { name: 'Accept' });
  if (await accept.isVisible()) await accept.click();
  await expectWholeTransfer(sender.page, receiver.page, folder);
});

test('a running transfer says who is missing, and what it took in the end', async ({
  mile,
  bigFile,
  folder,
}) => {
  const { sender, receiver } = mile;
  await steps.keepToRelay(sender.page);
  await steps.chooseFiles(sender.page, [bigFile.path]);
  await steps.enterCode(receiver.page, await steps.shownCode(sender.page));
  await steps.acceptIntoBrowser(receiver.page);
  // Else a machine that is slow to tell how far it is would have it all before the cut.
  const limit = sender.page.getByRole('combobox', { name: 'Speed limit' });
  await limit.selectOption({ value: '10000000' });
  await steps.untilPercent(receiver.page, 5);
  receiver.way.cut();
  await limit.selectOption({ value: '' });
  await expect(main(receiver.page)).toContainText('The server cannot be reached.');
  await expect(main(receiver.page)).toContainText('What has arrived is kept.');
  await expect(main(sender.page)).toContainText('The other side is not there at the moment.');
  receiver.way.mend();
  await steps.expectReceived(receiver.page);
  await steps.expectConfirmed(sender.page);
  for (const { page } of [sender, receiver])
    await expect(main(page)).toContainText(/Took .+ at .+B\/s on average\./);
  const saved = await steps.saveBy(receiver.page, 'Save to this device', path.join(folder, 'saved'));
  expect(
    createHash('sha256')
      .update(await readFile(saved))
      .digest('hex'),
  ).toBe(bigFile.sha256);
  await steps.deleteFromBrowser(receiver.page);
});
