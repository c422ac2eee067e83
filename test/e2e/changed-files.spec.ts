// A sender that comes back with other things than were accepted, at a page: nothing of them is taken without the person.

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
async function changed(page: import('playwright/test').Page, relayUrl: string) {
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

test('the question goes with the session in which it was asked, and Cancel ends it', async ({
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
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(await sender.hears('abort')).not.toBeNull();
  sender.leave();
});
