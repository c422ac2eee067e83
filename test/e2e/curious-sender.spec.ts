// A page and a sender that wants more than it was given: what lies in a picked folder isn't read, and what changed is asked about.
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { createNodePorts } from '../../apps/cli/src/node/node-ports.ts';
import { sendFiles } from '../../packages/core/src/index.ts';
import { fileEntry } from '../../packages/core/test/transfer/rig/memory-files.ts';
import { HostileSender, readByDigests } from '../faults/hostile-sender.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { pickedSize, removePicked, stubPickers } from './picked-places.ts';

const CHUNK = 262_144;
const SECRET = 'the private file of somebody: 271828\n';
/** For one file alone no folder is picked. */
const OTHER = { path: 'other.txt', size: 2 };
const TICK = 'Compare with what is there, and fetch only what differs';

/** Puts a file into the folder that the stubs give. */
async function putPicked(page: Page, name: string, file: string, content: Uint8Array): Promise<void> {
  await page.evaluate(
    async ([folderName, fileName, hex]) => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle(folderName!, { create: true });
      const writer = await (await folder.getFileHandle(fileName!, { create: true })).createWritable();
      const bytes = new Uint8Array(hex!.length / 2);
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number.parseInt(hex!.slice(2 * i, 2 * i + 2), 16);
      await writer.write(bytes);
      await writer.close();
    },
    [name, file, Buffer.from(content).toString('hex')],
  );
}

/** Lets a hostile sender in. */
async function meet(page: Page, relayUrl: string): Promise<HostileSender> {
  const sender = await HostileSender.wait(relayUrl);
  await steps.enterCode(page, sender.code);
  await sender.meet();
  return sender;
}

const panelOf = (page: Page) =>
  page.getByRole('alert', { name: /^Changed at the sender since you accepted/ });

for (const [answer, button] of [
  ['takes what changed', 'Take them'],
  ['does not answer', null],
] as const) {
  test(`sizes 1, 2, 3 … read nothing of a private file in a picked folder; the person ${answer}`, async ({
    folder,
    openPage,
    relayUrl,
  }) => {
    const name = path.basename(folder);
    const page = await openPage({ before: (opened) => stubPickers(opened, name) });
    await putPicked(page, name, 'secret.txt', Buffer.from(SECRET));
    const sender = await meet(page, relayUrl);
    sender.offer([OTHER, { path: 'secret.txt', size: 1 }]);
    await page.getByLabel('A folder that you choose').check();
    await expect(page.getByLabel(TICK)).toHaveCount(0);
    await steps.accept(page);
    expect(await sender.hears('accept')).not.toBeNull();
    for (let size = 2; size <= SECRET.length; size += 1) {
      await sender.comeBack();
      sender.offer([OTHER, { path: 'secret.txt', size }]);
      await expect(panelOf(page)).toContainText(`now ${size} bytes, accepted 1 byte`);
      if (button === null) continue;
      await page.getByRole('button', { name: button }).click();
      expect(await sender.hears('accept')).not.toBeNull();
    }
    const lengths = Array.from({ length: SECRET.length }, (_, i) => i + 1);
    expect(readByDigests(sender.allHeard, lengths)).toHaveLength(0);
    expect(sender.heard.filter(({ kind }) => kind !== 'control')).toEqual([]);
    for (const told of ['compare', 'skip', 'delivered', 'secret'])
      expect(sender.allHeard.toString()).not.toContain(told);
    sender.leave();
    await steps.cancel(page);
    expect(await pickedSize(page, name, 'secret.txt')).toBe(SECRET.length);
    await removePicked(page, name);
  });
}

test('a private file of any size is compared only with a tick', async ({ folder, openPage, relayUrl }) => {
  const name = path.basename(folder);
  const page = await openPage({ before: (opened) => stubPickers(opened, name) });
  await putPicked(page, name, 'big', randomBytes(2 * CHUNK));
  const sender = await meet(page, relayUrl);
  sender.offer([OTHER, { path: 'big', size: 2 * CHUNK }]);
  await page.getByLabel('A folder that you choose').check();
  await expect(page.getByLabel(TICK)).not.toBeChecked();
  await steps.accept(page);
  expect(await sender.hears('accept')).not.toBeNull();
  expect(sender.allHeard.toString()).not.toContain('compare');
  sender.leave();
  await steps.cancel(page);
  await removePicked(page, name);
});

test('with the tick only what differs is sent; without it everything', async ({
  folder,
  openPage,
  relayUrl,
}, testInfo) => {
  const content = new Uint8Array(randomBytes(8 * CHUNK + 5));
  const here = content.map((byte, i) => (i === 3 * CHUNK ? byte ^ 1 : byte));
  for (const isTicked of [false, true]) {
    const name = `${path.basename(folder)}-${isTicked}`;
    const page = await openPage({ before: (opened) => stubPickers(opened, name) });
    await putPicked(page, name, 'film.bin', here);
    let [code, keptBytes] = ['', 0];
    const sent = sendFiles(await createNodePorts({ caFile: undefined }), {
      relayUrl,
      entries: Promise.resolve([fileEntry('film.bin', content), fileEntry('note', new Uint8Array(9))]),
      signal: new AbortController().signal,
      onEvent: (event) => {
        if (event.type === 'code') code = event.code;
        if (event.type === 'progress') keptBytes = event.keptBytes;
      },
    });
    await expect.poll(() => code).not.toBe('');
    await steps.enterCode(page, code);
    await page.getByLabel('A folder that you choose').check();
    await expect(page.getByLabel(TICK)).not.toBeChecked();
    await expect(page.getByText('The sender then learns which of these files you have')).toBeVisible();
    if (isTicked) await page.getByLabel(TICK).check();
    await page.screenshot({ path: testInfo.outputPath(`compare-${isTicked}.png`), fullPage: true });
    await steps.accept(page);
    await steps.expectReceived(page);
    expect(await sent).toMatchObject({ files: 2, bytes: content.length + 9 });
    // The short last chunk is kept only if all before it were.
    expect(keptBytes).toBe(isTicked ? 7 * CHUNK : 0);
    expect(await pickedSize(page, name, 'film (1).bin')).toBe(content.length);
    await removePicked(page, name);
  }
});

for (const [language, tick, hint, accept] of [
  ['de-DE', 'Mit dem vergleichen, was schon da ist, und nur Unterschiede holen', 'erfährt', 'Annehmen'],
  ['zh-CN', '与已有的文件比较，只获取不同的部分', '对方会因此得知', '接受'],
] as const) {
  test(`the tick says the same in ${language}`, async ({ folder, openPage, relayUrl }, testInfo) => {
    const name = path.basename(folder);
    const sender = await HostileSender.wait(relayUrl);
    const page = await openPage({
      path: `/#${sender.code}`,
      before: async (opened) => {
        await stubPickers(opened, name);
        await opened.addInitScript((spoken) => {
          Object.defineProperty(navigator, 'languages', { get: () => [spoken] });
        }, language);
      },
    });
    await page.locator('main button').first().click();
    await sender.meet();
    sender.offer([OTHER, { path: 'film.bin', size: 8 * CHUNK }]);
    await expect(page.getByLabel(tick)).not.toBeChecked();
    await expect(page.getByText(hint)).toBeVisible();
    await expect(page.getByRole('button', { name: accept, exact: true })).toBeEnabled();
    await page.screenshot({ path: testInfo.outputPath(`compare-${language}.png`), fullPage: true });
    sender.leave();
  });
}

test('a file that became another and longer one is asked about with both sizes, and taken or left out', async ({
  cli,
  folder,
  openPage,
}, testInfo) => {
  for (const [button, heading, status] of [
    ['Take them', '2 files received and verified', 0],
    ['Leave them out', '1 file received and verified', 3],
  ] as const) {
    const root = path.join(folder, `Trip ${status}`);
    await mkdir(root, { recursive: true });
    await writeFile(path.join(root, 'a.txt'), 'a');
    await writeFile(path.join(root, 'log.txt'), 'x'.repeat(1000));
    const sender = cli('send', root);
    const page = await openPage();
    await steps.enterCode(page, await sender.code());
    await page.getByLabel('This browser first').check();
    // Less than twice as large: it is asked about all the same.
    await writeFile(path.join(root, 'log.txt'), 'y'.repeat(1500));
    await steps.accept(page);
    await expect(panelOf(page)).toContainText('Changed at the sender since you accepted: 1 file');
    await expect(panelOf(page).getByRole('listitem')).toHaveText(/log\.txt: now 1\.50 kB, accepted 1\.00 kB/);
    await page.screenshot({ path: testInfo.outputPath(`changed-${status}.png`), fullPage: true });
    await page.getByRole('button', { name: button }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
    await expect(panelOf(page)).toHaveCount(0);
    expect(await sender.exitCode()).toBe(status);
    await steps.deleteFromBrowser(page);
  }
});

test('2 bytes that became 300 MB are not taken before somebody says so', async ({ openPage, relayUrl }) => {
  const page = await openPage();
  const sender = await meet(page, relayUrl);
  const offered = { path: 'note.txt', size: 2 };
  sender.offer([offered, OTHER]);
  await steps.acceptIntoBrowser(page);
  await sender.hears('accept');
  await sender.comeBack();
  sender.offer([{ ...offered, size: 300_000_000 }, OTHER]);
  await expect(panelOf(page)).toContainText('now 300 MB, accepted 2 bytes');
  // Whatever it sends without an acceptance ends the transfer.
  sender.data(0, [{ fileIndex: 0, offset: 0, length: CHUNK }], new Uint8Array(CHUNK));
  expect(await sender.hears('abort')).toMatchObject({ code: 30 });
  await steps.expectAlert(page, 'something that is not p2p-copy’s protocol');
  await expect(panelOf(page)).toHaveCount(0);
  expect(sender.heard.filter(({ body }) => Buffer.from(body).includes('"accept"'))).toHaveLength(1);
});
