// The speed limit that a person chooses while a transfer runs: it holds at either end, and goes again.
import type { Page } from 'playwright/test';
import type { CliProcess } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';

const LIMIT = 250_000;
const SAMPLE_MS = 2_000;
/** Content comes in chunks, and is told of now and then. */
const GRAIN_BYTES = 600_000;

/** Chooses the limit and takes it away again; `end` is the other one. */
async function expectLimited(page: Page, end: CliProcess): Promise<void> {
  const bytes = () => Number(end.events.findLast(({ event }) => event === 'progress')?.bytes ?? 0);
  const sample = async () => {
    const before = bytes();
    await page.waitForTimeout(SAMPLE_MS);
    return bytes() - before;
  };
  const limit = page.getByRole('combobox', { name: 'Speed limit' });
  await expect(limit).toHaveValue('');
  await limit.selectOption({ value: String(LIMIT) });
  // What was on its way, or granted, comes first.
  const slow = { intervals: [10], timeout: 60_000 };
  await expect.poll(sample, slow).toBeLessThan((LIMIT * SAMPLE_MS) / 1000 + GRAIN_BYTES);
  const before = bytes();
  expect(await sample()).toBeLessThan((LIMIT * SAMPLE_MS) / 1000 + GRAIN_BYTES);
  await limit.selectOption({ value: '' });
  await expect.poll(() => bytes() - before, { timeout: 60_000 }).toBeGreaterThan(20_000_000);
  await steps.cancel(page);
}

test('a sending page slows down to the limit that is chosen, and is fast again without one', async ({
  bigFile,
  openPage,
  cli,
  folder,
}) => {
  const page = await openPage();
  await steps.chooseFiles(page, [bigFile.path]);
  // Slow enough to be seen, and far above the limit in the page.
  const receiver = cli(
    'receive',
    await steps.shownCode(page),
    '--yes',
    '--out',
    folder,
    '--limit-rate',
    '8M',
  );
  await steps.untilMoving(page);
  await expectLimited(page, receiver);
});

test('a receiving page does so, too', async ({ bigFile, openPage, cli }) => {
  const sender = cli('send', bigFile.path, '--limit-rate', '8M');
  const page = await openPage();
  await steps.enterCode(page, await sender.code());
  await steps.acceptIntoBrowser(page);
  await steps.untilMoving(page);
  await expectLimited(page, sender);
});
