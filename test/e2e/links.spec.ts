// Links: opening one claims nothing, and the code leaves the address bar.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile } from './test-content.ts';

test('a link preview uses up nothing', async ({ folder, openPage, relayUrl }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  await sender.getByRole('button', { name: 'Copy link' }).click();
  const link = await sender.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${relayUrl}/#${code}`);

  // A messenger fetches the link; another one opens it in a browser of its own.
  expect((await fetch(link)).status).toBe(200);
  const preview = await openPage({ path: `/#${code}` });
  await expect(preview.getByRole('heading')).toHaveText('Someone wants to send you something');
  expect(preview.url()).toBe(`${relayUrl}/`);

  const receiver = await openPage({ path: `/#${code}` });
  await receiver.getByRole('button', { name: 'Continue' }).click();
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(receiver, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(file));
  await steps.deleteFromBrowser(receiver);

  // Used once, it is used up.
  await preview.getByRole('button', { name: 'Continue' }).click();
  await steps.expectAlert(preview, 'There is no such code');
});

test('a link without a code says so', async ({ openPage }) => {
  const page = await openPage({ path: '/#nonsense' });
  await steps.expectAlert(page, 'That link holds no code.');
});

test('a pasted link, capitals and spaces are understood, words are completed', async ({
  folder,
  openPage,
}) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  const receiver = await openPage();
  const field = receiver.getByLabel('Have a code?');

  await field.fill(`https://example.org/#${code}`);
  await expect(field).toHaveValue(code);
  await field.fill('7 gui');
  await receiver.getByRole('button', { name: 'guitar' }).click();
  await expect(field).toHaveValue('7 guitar-');

  await field.fill(code.replaceAll('-', ' – ').toUpperCase());
  await receiver.getByRole('button', { name: 'Receive', exact: true }).click();
  await expect(receiver.getByText('note.txt')).toBeVisible();
  await receiver.getByRole('button', { name: 'Decline' }).click();
});

test('the link can be handed to another app', async ({ openPage, relayUrl }) => {
  const page = await openPage({
    before: async (opened) => {
      await opened.addInitScript(() => {
        const shared: unknown[] = [];
        Object.assign(globalThis, { shared });
        Object.assign(navigator, {
          canShare: () => true,
          share: async (data: unknown) => {
            shared.push(data);
          },
        });
      });
    },
  });
  await steps.sendMessage(page, 'hello');
  const code = await steps.shownCode(page);
  await page.getByRole('button', { name: 'Share…' }).click();
  const shared = await page.evaluate(() => (globalThis as unknown as { shared: unknown[] }).shared);
  expect(shared).toEqual([{ title: 'Files for you', url: `${relayUrl}/#${code}` }]);
});
