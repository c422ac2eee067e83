// Two recipients at once for one code: one gets it, the other is told, and the sender notices nothing of it.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile } from './test-content.ts';

/** By how soon the winner has proved that they know the code. */
/** The last where the same browser has it in another tab. */
const TOO_LATE =
  /Someone has already opened this code|There is no such code|This transfer is open in another tab/;

test('two recipients press at once', async ({ folder, openPage }) => {
  const file = path.join(folder, 'note.txt');
  await writeFile(file, 'a note');
  const sender = await openPage();
  await steps.chooseFiles(sender, [file]);
  const code = await steps.shownCode(sender);
  const rivals = [await openPage(), await openPage()];
  for (const page of rivals) await page.getByLabel('Have a code?').fill(code);
  await Promise.all(rivals.map((page) => page.getByRole('button', { name: 'Receive', exact: true }).click()));
  for (const page of rivals) {
    await expect(page.getByRole('alert').or(page.getByRole('button', { name: 'Accept' }))).toBeVisible();
  }
  const [firstIsLate, secondIsLate] = await Promise.all(
    rivals.map(async (page) => (await page.getByRole('alert').count()) === 1),
  );
  expect(firstIsLate).not.toBe(secondIsLate);
  const [winner, late] = secondIsLate ? [rivals[0]!, rivals[1]!] : [rivals[1]!, rivals[0]!];
  await steps.expectAlert(late, TOO_LATE);
  await expect(sender.getByRole('heading', { level: 1 })).toHaveText('Waiting for them to accept');
  await expect(sender.getByRole('alert')).toHaveCount(0);

  // Neither does another attempt disturb the two.
  await late.getByRole('button', { name: /^(Start again|Back to start)$/ }).click();
  await steps.enterCode(late, code);
  await steps.expectAlert(late, 'This transfer is open in another tab.');

  await steps.acceptIntoBrowser(winner);
  await steps.expectReceived(winner);
  await steps.expectConfirmed(sender);
  const saved = await steps.saveBy(winner, 'Save to this device', path.join(folder, 'saved'));
  expect(await hashFile(saved)).toBe(await hashFile(file));
});
