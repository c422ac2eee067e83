// What people do on the page when the other side has the Python tool.
import { expect, type Page } from 'playwright/test';

interface Wishes {
  direction: 'Send' | 'Receive';
  /** Typed as it is; a suggested one when absent. */
  code?: string;
  encrypt: boolean;
}

/** Opens the entry and fills it in; returns the code. */
export async function agree(page: Page, { direction, code, encrypt }: Wishes): Promise<string> {
  await page.getByRole('button', { name: 'The other side uses the Python tool' }).click();
  await page.getByRole('radio', { name: direction }).check();
  if (code === undefined) await page.getByRole('button', { name: 'Suggest a code' }).click();
  else await codeField(page).fill(code);
  await page.getByRole('checkbox', { name: 'Encrypt' }).setChecked(encrypt);
  return codeField(page).inputValue();
}

export function codeField(page: Page) {
  return page.getByRole('textbox', { name: 'Code' });
}

export async function startReceiving(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Receive', exact: true }).click();
  await expectCalling(page);
}

export async function expectCalling(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'Waiting for the other side to start the command',
  );
}

/** The arguments of the command that the page shows for the other person; the code must hold no spaces. */
export async function shownArguments(page: Page): Promise<string[]> {
  const [program, ...args] = (await page.getByLabel('Command', { exact: true }).innerText()).split(' ');
  expect(program).toBe('p2p-copy');
  return args;
}

/** Nobody has confirmed anything, and the page doesn't say so either. */
export async function expectSent(page: Page): Promise<void> {
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).not.toHaveText(/^(Waiting|Sending)/, { timeout: 600_000 });
  await expect(heading).toHaveText('Sent', { timeout: 1000 });
  await expect(page.getByText('The Python tool gives no confirmation')).toBeVisible();
  await expect(page.getByText(/verified|received/i)).toHaveCount(0);
}
