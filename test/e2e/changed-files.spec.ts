// A sender that comes back with other things than were accepted, at a page: nothing of them is taken without the person.

import type { Page } from 'playwright/test';
import { HostileSender, type Offered } from '../faults/hostile-sender.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

const ACCEPTED: Offered[] = [
  { path: 'note.txt', size: 20 },
  { path: 'other.txt', size: 20 },
];
const CHANGED: Offered[] = [
  { path: 'note.txt', size: 30 },
  { path: 'other.txt', size: 20 },
];

/** A page whose person has accepted, and a sender that has come back with a file of another size. */
async function changed(page: Page, relayUrl: string) {
  const sender = await HostileSender.wait(relayUrl);
  await steps.enterCode(page, sender.code);
  await sender.meet();
  sender.offer(ACCEPTED);
  await steps.acceptIntoBrowser(page);
  await sender.hears('accept');
  await sender.comeBack();
  sender.offer(CHANGED);
  return sender;
}

/** What stands in the folder Trip of the one transfer in this browser's storage. */
function receivedNames(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const transfers = await (await navigator.storage.getDirectory()).getDirectoryHandle('transfers');
    const names: string[] = [];
    for await (const id of transfers.keys()) {
      const received = await (await transfers.getDirectoryHandle(id)).getDirectoryHandle('received');
      const folder = await received.getDirectoryHandle('Trip').catch(() => null);
      for await (const name of folder?.keys() ?? []) names.push(name);
    }
    return names;
  });
}

for (const takes of [true, false]) {
  test(`a file that changed is asked about again, and ${takes ? 'taken' : 'left out'} as the person says`, async ({
    openPage,
    relayUrl,
  }) => {
    const page = await openPage();
    const sender = await changed(page, relayUrl);
    const question = page.getByRole('alert').filter({ hasText: 'Changed at the sender since you accepted' });
    await expect(question).toContainText('note.txt: now 30 bytes, accepted 20 bytes');
    await expect(question).not.toContainText('other.txt');
    expect(sender.allHeard.toString().match(/"accept"/g)).toHaveLength(1);
    await question.getByRole('button', { name: takes ? 'Take them' : 'Leave them out' }).click();
    await expect(question).toHaveCount(0);
    await sender.hears('accept');
    expect(sender.allHeard.includes('"refuse"')).toBe(!takes);
    sender.leave();
  });
}

test('the question goes with the session in which it was asked, and Stop ends it', async ({
  openPage,
  relayUrl,
}) => {
  const page = await openPage();
  const sender = await changed(page, relayUrl);
  const question = page.getByRole('alert').filter({ hasText: 'Changed at the sender since you accepted' });
  await expect(question).toBeVisible();
  await sender.comeBack();
  sender.offer(ACCEPTED);
  await sender.hears('accept');
  await expect(question).toHaveCount(0);
  await sender.comeBack();
  sender.offer(CHANGED);
  await expect(question).toBeVisible();
  await steps.cancel(page);
  expect(await sender.hears('abort')).not.toBeNull();
  sender.leave();
});

test('what an earlier offer delivered, and only that, stays closed in another tab', async ({
  openPage,
  relayUrl,
}) => {
  const page = await openPage();
  const sender = await HostileSender.wait(relayUrl);
  await steps.enterCode(page, sender.code);
  await sender.meet();
  sender.offer(['Trip/a', 'Trip/b'].map((path) => ({ path, size: 2 })));
  await steps.acceptIntoBrowser(page);
  await sender.hears('accept');
  sender.deliver(0, 'ok');
  await expect.poll(() => receivedNames(page)).toEqual(['a']);
  await sender.comeBack();
  const other = ['Trip/x', 'Trip/a', 'Trip/b'].map((path) => ({ path, size: 2 }));
  sender.offer(other);
  await steps.acceptIntoBrowser(page);
  expect(await sender.hears('delivered')).toMatchObject({ ranges: [[1, 1]] });
  await sender.hears('accept');
  await page.close();
  const again = await openPage();
  await steps.resume(again, 'Trip');
  await sender.comeBack();
  sender.offer(other);
  expect(await sender.hears('delivered')).toMatchObject({ ranges: [[1, 1]] });
  await sender.hears('accept');
  sender.leave();
});

test('the bound of what has no known size holds in another tab', async ({ openPage, relayUrl }) => {
  const before = async (opened: Page) => {
    await opened.addInitScript(() => {
      navigator.storage.estimate = async () => ({ quota: 3, usage: 0 });
    });
  };
  const page = await openPage({ before });
  const sender = await HostileSender.wait(relayUrl);
  await steps.enterCode(page, sender.code);
  await sender.meet();
  const offered = [{ path: 'stream', size: null }];
  sender.offer(offered);
  await expect(page.getByText('What has no known size is taken up to 3 bytes.')).toBeVisible();
  await steps.acceptIntoBrowser(page);
  await sender.hears('accept');
  await page.close();
  const again = await openPage();
  await steps.resume(again, 'stream');
  await sender.comeBack();
  sender.offer(offered);
  await sender.hears('accept');
  sender.deliver(0, 'four');
  expect(await sender.hears('abort')).toMatchObject({ code: 34 });
  sender.leave();
});
