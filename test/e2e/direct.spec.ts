// Two pages connect without the relay where that brings content faster, and say so; not where a person doesn't want it.
import path from 'node:path';
import type { Page } from 'playwright/test';
import { CliProcess, urlOf } from './cli-process.ts';
import { test as base, expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile, writeRandomFile } from './test-content.ts';
import { withBrowser } from './with-browser.ts';

/** What the relay passes in a second, of all devices here together: a connection of WebRTC brings more on any machine. */
const RELAY_BYTES_PER_S = 1_500_000;
/** By the relay alone it would take most of a minute. */
const FILE_BYTES = 80_000_000;

const WITHIN = 'Goes directly, in your network.';
/** With a terminal too, whose address a browser doesn't hide. */
const DIRECT = /^Goes directly/;
const BY_RELAY = /^Goes through 127\.0\.0\.1:\d+, which can’t read it\.$/;
const OPTION = /^Only by way of 127\.0\.0\.1:\d+ \(hides your address from the other side\)$/;

const test = base.extend<object, { relayUrl: string }>({
  relayUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are needed from the pattern
    async ({}, use) => {
      const relay = new CliProcess([
        ...['relay', '--host', '127.0.0.1', '--port', '0'],
        ...['--bytes-per-second-per-address', String(RELAY_BYTES_PER_S)],
      ]);
      await use((await urlOf(relay))!.replace(/\/$/, ''));
      await relay.stop();
    },
    { scope: 'worker' },
  ],
});

/** Counts the connections that a page makes. */
async function countConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counted = { made: 0 };
    Object.assign(window, { counted });
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        counted.made += 1;
      }
    };
  });
}

function connectionsOf(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { counted: { made: number } }).counted.made);
}

/** As a browser does that can't transfer a data channel. */
async function keepChannels(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (...given: unknown[]) {
      const [, transfer] = given;
      if (Array.isArray(transfer) && transfer.some((each) => each instanceof RTCDataChannel))
        throw new DOMException('no', 'DataCloneError');
      Reflect.apply(postMessage, this, given);
    };
  });
}

interface Pair {
  sender: Page;
  receiver: Page;
  file: string;
}

/** One page sends a file to another, which has accepted it into its storage. */
async function begun(folder: string, sender: Page, receiver: Page): Promise<Pair> {
  const file = path.join(folder, 'large.bin');
  await writeRandomFile(file, FILE_BYTES);
  await steps.chooseFiles(sender, [file]);
  await steps.enterCode(receiver, await steps.shownCode(sender));
  await steps.acceptIntoBrowser(receiver);
  return { sender, receiver, file };
}

/** Ends only once every byte is there, and right. */
async function delivered(folder: string, { sender, receiver, file }: Pair): Promise<void> {
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(file));
  await steps.deleteFromBrowser(receiver);
}

async function saysDirect({ sender, receiver }: Pair): Promise<void> {
  for (const page of [sender, receiver]) await expect(page.getByText(WITHIN)).toBeVisible();
}

/** What carried content, one after the other, as `--json` tells. */
function pathsOf(cli: CliProcess): unknown[] {
  return cli.events.filter(({ event }) => event === 'path').map((told) => told.path);
}

test('two pages in one network move content directly where the relay is slow, and both say so', {
  tag: '@firefox',
}, async ({ folder, openPage }) => {
  const pair = await begun(folder, await openPage(), await openPage());
  await expect(pair.sender.getByText(BY_RELAY)).toBeVisible();
  await saysDirect(pair);
  await delivered(folder, pair);
});

/** The other way round is taken by `npm run soak`: two Firefoxes connect above. */
const BETWEEN_BROWSERS =
  process.env.P2P_COPY_SOAK_MINUTES === undefined
    ? (['Chromium'] as const)
    : (['Chromium', 'Firefox'] as const);

for (const sends of BETWEEN_BROWSERS) {
  test(`${sends} sends directly to the other browser`, async ({ folder, openPage, relayUrl }) => {
    await withBrowser({ name: 'firefox', isPrivate: false }, async (context) => {
      const [chromium, firefox] = [await openPage(), await context.newPage()];
      await firefox.goto(relayUrl);
      const [sender, receiver] = sends === 'Chromium' ? [chromium, firefox] : [firefox, chromium];
      const pair = await begun(folder, sender, receiver);
      await saysDirect(pair);
      await delivered(folder, pair);
    });
  });
}

test('a page sends directly to a terminal, which says by what', async ({ folder, openPage, cli }) => {
  const file = path.join(folder, 'large.bin');
  await writeRandomFile(file, FILE_BYTES);
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const out = path.join(folder, 'out');
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', out);
  await expect(sender.getByText(DIRECT)).toBeVisible();
  expect(await receiver.exitCode()).toBe(0);
  await steps.expectConfirmed(sender);
  expect(await hashFile(path.join(out, 'large.bin'))).toBe(await hashFile(file));
  // What lay on the relay before may come last.
  expect(pathsOf(receiver).slice(0, 2)).toEqual(['relay', 'webrtc']);
});

test('a terminal sends directly to a page, and says by what', async ({ folder, openPage, cli }) => {
  const file = path.join(folder, 'large.bin');
  await writeRandomFile(file, FILE_BYTES);
  const sender = cli('send', file);
  const receiver = await openPage();
  await steps.enterCode(receiver, await sender.code());
  await steps.acceptIntoBrowser(receiver);
  await expect(receiver.getByText(DIRECT)).toBeVisible();
  await steps.expectReceived(receiver);
  expect(await sender.exitCode()).toBe(0);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(file));
  await steps.deleteFromBrowser(receiver);
  expect(pathsOf(sender).slice(0, 2)).toEqual(['relay', 'webrtc']);
});

test('a browser that can transfer no data channel passes the messages on, and loses none', async ({
  folder,
  openPage,
}) => {
  const sender = await openPage({ before: keepChannels });
  const receiver = await openPage({ before: keepChannels });
  const pair = await begun(folder, sender, receiver);
  await saysDirect(pair);
  await delivered(folder, pair);
});

test('who keeps to the relay makes no connection that would tell an address, and nor does the other side', async ({
  folder,
  openPage,
}) => {
  const sender = await openPage({ before: countConnections });
  const receiver = await openPage({ before: countConnections });
  await sender.getByRole('checkbox', { name: OPTION }).check();
  // It is remembered.
  await sender.reload();
  await expect(sender.getByRole('checkbox', { name: OPTION })).toBeChecked();
  await begun(folder, sender, receiver);
  // Others would have been judged by then.
  await steps.untilPercent(receiver, 3);
  for (const page of [sender, receiver]) {
    await expect(page.getByText(BY_RELAY)).toBeVisible();
    expect(await connectionsOf(page)).toBe(0);
  }
  await steps.cancel(sender);
  await sender.getByRole('checkbox', { name: OPTION }).uncheck();
});

test('who chooses the relay alone while content goes directly has no direct connection from then on', async ({
  folder,
  openPage,
}) => {
  const pair = await begun(folder, await openPage(), await openPage());
  await saysDirect(pair);
  await pair.receiver.getByRole('checkbox', { name: OPTION }).check();
  for (const page of [pair.sender, pair.receiver]) await expect(page.getByText(BY_RELAY)).toBeVisible();
  await steps.untilMoving(pair.receiver);
  await steps.cancel(pair.sender);
  await pair.receiver.getByRole('checkbox', { name: OPTION }).uncheck();
});
