// A server that asks senders for an access token: the page asks once, keeps it, forgets it on request, and tells why it is no good.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright/test';
import { makeToken, startRelay, writeTokenFile } from '../../apps/relay/src/index.ts';
import { CliProcess } from './cli-process.ts';
import { findBrowser } from './find-browser.ts';
import { expect, test } from './fixtures.ts';
import { sendMessage, shownCode } from './page-steps.ts';

test.skip(({ browserName }) => browserName !== 'chromium');

const made = (name: string, expiresMs: number | null = null) =>
  makeToken({ name, expiresMs, bytesPerDay: null, bytesPerSecond: null }, Date.now());

test('the page asks for an access token once, keeps it, and forgets it; a guest needs none', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-e2e-access-'));
  const tokenFile = path.join(folder, 'tokens.json');
  const [lab, old] = [made('lab'), made('old', 1)];
  await writeTokenFile(tokenFile, [lab.row, old.row]);
  const relay = await startRelay({
    ...{ host: '127.0.0.1', port: 0, logLevel: 'silent', access: 'token', tokenFile },
    webRoot: new URL('../../apps/web/dist', import.meta.url).pathname,
  });
  const browser = await chromium.launch({
    executablePath: findBrowser('chromium')!,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    const field = page.getByLabel('Access token');
    const enter = async (token: string) => {
      await field.fill(token);
      await page.getByRole('button', { name: 'Send with it' }).click();
    };
    await page.goto(relay.url);
    await expect(page.getByText('An access token is kept')).toBeHidden();

    // Asked for in the middle of sending, and nothing has to be chosen again.
    const file = path.join(folder, 'note.txt');
    await writeFile(file, 'hello');
    await page.getByLabel('Choose files').setInputFiles([file]);
    await expect(
      page.getByRole('heading', { name: 'only those may send who have an access token' }),
    ).toBeVisible();
    await enter('p2pcopy_half');
    await expect(page.getByText('That is not a whole access token.')).toBeVisible();
    await enter(made('lab').token);
    await expect(page.getByRole('heading', { name: 'does not know the access token' })).toBeVisible();
    await enter(old.token);
    await expect(page.getByRole('heading', { name: 'has expired' })).toBeVisible();
    await enter(`  ${lab.token} `);
    const code = await shownCode(page);
    expect(await page.getByText(/http:\/\/127/).allTextContents()).not.toContain('p2pcopy_');

    // The guest's page has nothing stored, and is asked for nothing.
    const guest = await (await browser.newContext()).newPage();
    await guest.goto(relay.url);
    await guest.getByLabel('Have a code?').fill(code);
    await guest.getByRole('button', { name: 'Receive', exact: true }).click();
    await guest.getByLabel('This browser first').check();
    await guest.getByRole('button', { name: 'Accept' }).click();
    await expect(page.getByRole('heading', { name: 'Received and verified' })).toBeVisible();

    // Kept: another visit isn't asked, nor is one at the terminal that receives.
    await page.goto(relay.url);
    await sendMessage(page, 'see you at eight');
    const receiver = new CliProcess([
      'receive',
      await shownCode(page),
      '--yes',
      '--json',
      '--relay',
      relay.url,
    ]);
    expect(await receiver.exitCode()).toBe(0);

    // Revoked while it is kept, then forgotten.
    await writeTokenFile(tokenFile, []);
    await relay.readTokens();
    await page.goto(relay.url);
    await sendMessage(page, 'and again');
    await expect(page.getByRole('heading', { name: 'does not know the access token' })).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await expect(page.getByText('An access token is kept')).toBeHidden();
    expect(await storedIn(page)).not.toContain('p2pcopy_');
    await page.reload();
    await sendMessage(page, 'once more');
    await expect(
      page.getByRole('heading', { name: 'only those may send who have an access token' }),
    ).toBeVisible();
  } finally {
    await browser.close();
    await relay.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function storedIn(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
}
