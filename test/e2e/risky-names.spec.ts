// Names that some system obeys where they land (croc's CVE-2023-43619), in the page: apart, left out until they are ticked.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

async function makeFolder(folder: string): Promise<string[]> {
  await mkdir(path.join(folder, 'repo/.git/hooks'), { recursive: true });
  await mkdir(path.join(folder, '.ssh'));
  await writeFile(path.join(folder, 'notes.txt'), 'notes');
  await writeFile(path.join(folder, '.bashrc'), 'echo owned');
  await writeFile(path.join(folder, '.ssh/authorized_keys'), 'ssh-ed25519 AAAA');
  await writeFile(path.join(folder, 'repo/.git/hooks/post-checkout'), '#!/bin/sh');
  await writeFile(path.join(folder, 'repo/.gitignore'), 'dist');
  return ['notes.txt', '.bashrc', '.ssh', 'repo'].map((name) => path.join(folder, name));
}

const RISKY = ['.bashrc', 'authorized_keys', 'post-checkout'];

test('names that a system obeys are left out until they are ticked, and the sender hears which', async ({
  cli,
  folder,
  openPage,
}) => {
  const sender = cli('send', ...(await makeFolder(folder)));
  const { code } = await sender.event('code');
  const receiver = await openPage();
  await steps.enterCode(receiver, code as string);
  const panel = receiver.getByRole('region', {
    name: '3 of 5 files could change settings or run on this device',
  });
  for (const name of RISKY) await expect(panel.getByText(name, { exact: true })).toBeVisible();
  await expect(panel.getByRole('checkbox')).not.toBeChecked();
  const list = receiver.getByRole('region', { name: 'What is offered' });
  await expect(list.getByText('notes.txt')).toBeVisible();
  for (const name of RISKY) await expect(list.getByText(name, { exact: true })).toHaveCount(0);
  await steps.acceptIntoBrowser(receiver);
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText('2 files received and verified');
  expect(await sender.event('left-out')).toMatchObject({
    files: 3,
    paths: ['.bashrc', '.ssh/authorized_keys', 'repo/.git/hooks/post-checkout'],
  });
  await steps.deleteFromBrowser(receiver);
});

test('ticked they are received with the others, and what was left out of those stays out', async ({
  cli,
  folder,
  openPage,
}) => {
  const sender = cli('send', ...(await makeFolder(folder)));
  const { code } = await sender.event('code');
  const receiver = await openPage();
  await steps.enterCode(receiver, code as string);
  await receiver.getByLabel('notes.txt').uncheck();
  await receiver.getByLabel('I expect these files: take them too').check();
  await expect(receiver.getByText('They are received with the others.')).toBeVisible();
  await steps.acceptIntoBrowser(receiver);
  await expect(receiver.getByRole('heading', { level: 1 })).toHaveText('4 files received and verified');
  expect(await sender.event('left-out')).toMatchObject({ files: 1, paths: ['notes.txt'] });
  await steps.deleteFromBrowser(receiver);
});

test('an offer of nothing else can be accepted only when they are ticked', async ({ folder, openPage }) => {
  const file = path.join(folder, '.bashrc');
  await writeFile(file, 'echo owned');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  const receiver = await openPage();
  await steps.enterCode(receiver, code);
  await expect(sender.getByText('1 file could change settings or run there')).toBeVisible();
  const accept = receiver.getByRole('button', { name: 'Accept' });
  await expect(receiver.getByText('could change settings or run on this device')).toBeVisible();
  await expect(accept).toBeDisabled();
  await receiver.getByLabel('I expect these files: take them too').check();
  await steps.acceptIntoBrowser(receiver);
  await steps.expectReceived(receiver);
  await steps.deleteFromBrowser(receiver);
});

test('the sending page says what the other side left out', async ({ folder, openPage, cli }) => {
  const sender = await openPage();
  const files = ['notes.txt', '.bashrc'].map((name) => path.join(folder, name));
  for (const file of files) await writeFile(file, 'x');
  await steps.chooseFiles(sender, files);
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', path.join(folder, 'out'));
  expect(await receiver.exitCode()).toBe(4);
  await expect(sender.getByText('The other side left out 1 file:')).toBeVisible();
  await expect(sender.getByText('.bashrc', { exact: true })).toBeVisible();
});
