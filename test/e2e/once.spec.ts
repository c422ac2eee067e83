// An end that can't be started anew: the page that waits for it promises no resume, and a page that is one says so. docs/PROTOCOL.md
// section 12.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Page } from 'playwright/test';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers } from './picked-places.ts';
import { callOutagesLongSoon } from './soon-long.ts';

const CLI = new URL('../../apps/cli/bin/p2p-copy.mjs', import.meta.url).pathname;

test('a sending whose receiver writes to standard output promises no resume once it is lost', async ({
  longFile,
  openPage,
  relayUrl,
}) => {
  const sender = await openPage({ before: callOutagesLongSoon });
  await steps.chooseFiles(sender, [longFile.path]);
  const args = [CLI, 'receive', await steps.shownCode(sender), '--yes', '--stdout', '--relay', relayUrl];
  // Nobody reads it, so that it stands still.
  const receiver = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  await expect(sender.getByRole('button', { name: 'Stop…' })).toBeVisible();
  receiver.kill('SIGKILL');
  await expect(sender.getByRole('status')).toContainText(
    'It goes on by itself if p2p-copy is still running there',
  );
  await expect(sender.getByText('If this tab closes, you can resume later')).toHaveCount(0);
  await sender.getByRole('button', { name: 'Stop…' }).click();
  await expect(sender.getByRole('dialog')).toContainText('It can’t be resumed');
  await sender.getByRole('dialog').getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(sender.getByRole('heading', { level: 1 })).not.toHaveText(/^Sending/);
  await sender.goto(new URL('/', sender.url()).href);
  await expect(steps.earlier(sender, longFile.name)).toHaveCount(0);
});

test('a page that sends a message says that no other tab can go on', async ({ folder, openPage, cli }) => {
  const sender = await openPage();
  await steps.sendMessage(sender, 'look at page 7');
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', folder);
  expect(await receiver.exitCode()).toBe(0);
  expect(receiver.events.filter(({ event }) => event === 'unresumable')).toHaveLength(1);
});

test('a page that sends files does not', async ({ folder, openPage, cli, bigFile }) => {
  const sender = await openPage();
  await steps.chooseFiles(sender, [bigFile.path]);
  const receiver = cli('receive', await steps.shownCode(sender), '--yes', '--out', folder);
  expect(await receiver.exitCode()).toBe(0);
  expect(receiver.events.filter(({ event }) => event === 'unresumable')).toEqual([]);
});

test('a file on the disk that is lost with its tab is offered again by the sender that waits, so it is no such end', async ({
  folder,
  longFile,
  openPage,
  cli,
}) => {
  const before = (page: Page) => stubPickers(page, path.basename(folder));
  const sender = cli('send', longFile.path);
  const receiver = await openPage({ before });
  await steps.enterCode(receiver, await sender.code());
  await receiver.getByLabel('A file that you choose').check();
  await steps.accept(receiver);
  await steps.untilMoving(receiver);
  await receiver.close();
  expect(sender.events.filter(({ event }) => event === 'unresumable')).toEqual([]);
  const again = await openPage({ before });
  await again.getByRole('button', { name: `Review ${longFile.name}` }).click();
  await expect(again.getByRole('button', { name: 'Accept' })).toBeEnabled();
  await removePicked(again, path.basename(folder));
});
