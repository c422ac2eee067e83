// A code that was opened as a link: where docs/SECURITY.md says that it stays, and where it doesn't.
import { expect, test } from './fixtures.ts';

test('a link’s code leaves the address bar and the way back, and stays in the browser’s own history alone', async ({
  openPage,
  relayUrl,
}) => {
  const page = await openPage({ path: '/#7-guitar-ocean' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Someone wants to send you something');
  expect(page.url()).toBe(`${relayUrl}/`);
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.goto('about:blank');
  await page.goBack();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Send files to another device');
  // Nothing of ours stores it.
  const stored = await page.evaluate(async () =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  );
  expect(stored).not.toContain('guitar');
});
