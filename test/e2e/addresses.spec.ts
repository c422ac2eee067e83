// What the page tells the other person works there: a page at localhost, and one that a browser lets do nothing.
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as classic from './classic-steps.ts';
import { CliProcess } from './cli-process.ts';
import { expect, test } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { hashFile } from './test-content.ts';
import { INSECURE_NAME } from './with-browser.ts';

const OUTER = Object.values(networkInterfaces())
  .flatMap((found) => found ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

test('a page at localhost names an address that other devices can open, in link, heading and QR code', async ({
  browserContext,
  folder,
}) => {
  test.skip(OUTER === undefined, 'this machine has no address in a network');
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
  const relay = new CliProcess(['relay', '--port', '0']);
  const page = await browserContext.newPage();
  try {
    const port = () => relay.events.map(({ line }) => /^On this device: .*:(\d+)$/.exec(String(line))?.[1]);
    await expect.poll(() => port().find(Boolean)).toBeDefined();
    const number = port().find(Boolean)!;
    await page.goto(`http://localhost:${number}/`);
    await steps.sendMessage(page, 'hello');
    const code = await steps.shownCode(page);
    await expect(page.getByText(`${OUTER}:${number}`, { exact: true })).toBeVisible();
    await expect(page.getByAltText('QR code of the link')).toBeVisible();
    await expect(page.locator('main')).not.toContainText('localhost');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await expect(page.getByText('Copied')).toBeVisible();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\?relay-fingerprint=[\dA-F]{64}#/);
    expect(link.replace(/\?[^#]*/, '')).toBe(`https://${OUTER}:${number}/#${code}`);
    const other = await browserContext.newPage();
    await expect(other.goto(link)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    await other.locator('#details-button').click();
    await other.locator('#proceed-link').click();
    await expect(other.getByText(code)).toBeVisible();
    expect(other.url()).toBe(`https://${OUTER}:${number}/`);
    await other.close();
    // The same link in a terminal, which holds the relay to its certificate by it.
    const there = path.join(folder, 'there');
    await mkdir(there);
    const receiver = new CliProcess(['receive', link, '--yes', '--out', there, '--json']);
    expect(await receiver.exitCode()).toBe(0);
    await steps.expectConfirmed(page);
  } finally {
    delete process.env.P2P_COPY_STATE;
    await page.close();
    await relay.stop();
  }
});

test('the line under “In a terminal?” receives what the page sends, with nothing installed', async ({
  browserContext,
  folder,
}) => {
  test.skip(OUTER === undefined, 'this machine has no address in a network');
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
  const relay = new CliProcess(['relay', '--port', '0']);
  const page = await browserContext.newPage();
  try {
    const port = () => relay.events.map(({ line }) => /^On this device: .*:(\d+)$/.exec(String(line))?.[1]);
    await expect.poll(() => port().find(Boolean)).toBeDefined();
    const url = `http://localhost:${port().find(Boolean)}`;
    const file = path.join(folder, 'words.txt');
    // So that zstd has something to do.
    await writeFile(file, 'the same words again\n'.repeat(100_000));
    await page.goto(url);
    await steps.chooseFiles(page, [file]);
    await steps.shownCode(page);
    await page.getByText('In a terminal?').click();
    const line = await page.locator('pre').innerText();
    expect(line).toMatch(
      /^curl -fsSk https:\S+\/cli\.mjs -o p2p-copy\.mjs && echo '[\da-f]{64} {2}p2p-copy\.mjs' \| sha256sum -c && /,
    );
    const there = path.join(folder, 'there');
    await mkdir(there);
    const env = { PATH: process.env.PATH, HOME: there, P2P_COPY_STATE: path.join(there, 'state') };
    const run = (text: string) => promisify(execFile)('sh', ['-c', text], { cwd: there, env });
    // Another certificate than that of the line is refused, and uses nothing up.
    const wrong = line.replace(/--relay-fingerprint [\dA-F]{2}/, '--relay-fingerprint 00');
    await expect(run(`${wrong} --yes`)).rejects.toThrow(
      'another certificate than that of --relay-fingerprint',
    );
    await run(`${line} --yes --out out`);
    expect(await hashFile(path.join(there, 'out/words.txt'))).toBe(await hashFile(file));
    await steps.expectConfirmed(page);
    // Another file than the relay's page names is not run.
    const damaged = line.replace(/echo '[\da-f]{2}/, "echo '00");
    await expect(run(`${damaged} --yes`)).rejects.toThrow('did NOT match');
    await expect(run('node p2p-copy.mjs relay')).rejects.toThrow('one file, without relay');
  } finally {
    delete process.env.P2P_COPY_STATE;
    await page.close();
    await relay.stop();
  }
});

test('the classic command names an address that other devices can open, or says that it works here only', async ({
  browserContext,
  folder,
  openPage,
}) => {
  test.skip(OUTER === undefined, 'this machine has no address in a network');
  process.env.P2P_COPY_STATE = path.join(folder, 'state');
  const relay = new CliProcess(['relay', '--port', '0']);
  const page = await browserContext.newPage();
  try {
    const port = () => relay.events.map(({ line }) => /^On this device: .*:(\d+)$/.exec(String(line))?.[1]);
    await expect.poll(() => port().find(Boolean)).toBeDefined();
    await page.goto(`http://localhost:${port().find(Boolean)}/`);
    await classic.agree(page, { direction: 'Send', encrypt: true });
    await expect(page.getByLabel('Command', { exact: true })).toContainText(
      `p2p-copy receive wss://${OUTER}:${port().find(Boolean)} `,
    );
    await expect(page.getByText('which the Python tool refuses')).toBeVisible();
    const local = await openPage();
    await classic.agree(local, { direction: 'Send', encrypt: true });
    await expect(local.getByText('The command names an address that means only this device')).toBeVisible();
  } finally {
    delete process.env.P2P_COPY_STATE;
    await page.close();
    await relay.stop();
  }
});

test('a page that only this device can open says so, and shows no QR code', async ({ openPage }) => {
  const page = await openPage();
  await steps.sendMessage(page, 'hello');
  await steps.shownCode(page);
  await expect(page.getByText('means only this device')).toBeVisible();
  await expect(page.getByAltText('QR code of the link')).toHaveCount(0);
  await expect(page.getByText('Or they scan the picture')).toHaveCount(0);
});

test('a page without a secure context keeps the code, says what works, and claims no encryption', async ({
  browserContext,
  relayUrl,
}) => {
  const page = await browserContext.newPage();
  const address = relayUrl.replace('127.0.0.1', INSECURE_NAME);
  await page.goto(`${address}/#7-guitar-ocean`);
  await steps.expectAlert(page, 'This page needs a secure address');
  await expect(page.getByLabel('Code', { exact: true })).toHaveText('7-guitar-ocean');
  await expect(page.locator('pre')).toContainText(`receive 7-guitar-ocean --relay ${address}`);
  expect(page.url()).toBe(`${address}/#7-guitar-ocean`);
  for (const claim of ['End-to-end encrypted', 'Files are encrypted', 'Nothing is stored'])
    await expect(page.getByText(claim)).toHaveCount(0);
  // A link that is pasted into the open page.
  await page.evaluate(() => {
    location.hash = '#8-apple-zebra';
  });
  await expect(page.getByLabel('Code', { exact: true })).toHaveText('8-apple-zebra');
  await page.goto('about:blank');
  await page.goto(address);
  await expect(page.locator('pre')).toContainText(`receive --relay ${address}`);
  await page.close();
});

test('a page without a secure context leads to the https address that its relay names, with the code', async ({
  browserContext,
}) => {
  const relay = new CliProcess([
    'relay',
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--other-names',
    'https://copy.example.org',
  ]);
  const page = await browserContext.newPage();
  try {
    const found = () => relay.events.map(({ line }) => /http:\/\/\S+/.exec(String(line))?.[0]).find(Boolean);
    await expect.poll(found).toBeDefined();
    await page.goto(`${found()!.replace('127.0.0.1', INSECURE_NAME)}/#7-guitar-ocean`);
    const link = page.getByRole('link', { name: 'https://copy.example.org/#7-guitar-ocean' });
    await expect(link).toHaveAttribute('href', 'https://copy.example.org/#7-guitar-ocean');
  } finally {
    await page.close();
    await relay.stop();
  }
});
