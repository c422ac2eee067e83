// The page in WebKitGTK, where no file can be stored: what it receives stays in the tab's memory. Needs a build.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../apps/cli/test/scratch.ts';
import { type RelayProcess, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { missingCommand, WebDriver } from './web-driver.ts';

const TEXT = 'Grüße from WebKit, 你好';
/** Some records, the last not whole. */
const CONTENT = randomBytes(3_000_001);
const reason = missingCommand === undefined ? '' : ` (${missingCommand} is not on PATH)`;

describe.skipIf(missingCommand !== undefined)(`the page in WebKit${reason}`, () => {
  let relay: RelayProcess | undefined;
  const browser = new WebDriver();
  const heading = (text: string) => browser.find(`//h1[normalize-space()="${text}"]`);
  const button = (text: string) => `//button[normalize-space()="${text}"][not(@disabled)]`;
  const cli = (...args: string[]) => run([...args, '--json', '--relay', relay!.url]);

  beforeAll(async () => {
    relay = await startRelayProcess();
    await browser.start();
  });
  afterAll(() => Promise.all([browser.stop(), relay?.stop()]));

  beforeEach(async () => {
    await browser.open(relay!.url);
    await heading('Send files to another device');
  });

  it('shows its first screen', async () => {
    await browser.find(button('Receive'));
    expect(await browser.run('document.querySelector("[role=alert]")')).toBe(null);
  });

  it('sends a message', async () => {
    await browser.type('//textarea', TEXT);
    await browser.click(button('Send message'));
    const receiver = cli('receive', await shownCode(), '--yes');
    expect(await receiver.exitCode).toBe(0);
    expect(receiver.events).toContainEqual({ event: 'text', text: TEXT });
    await heading('Received and verified by the other side');
  });

  it('receives a file into its memory', async () => {
    const sender = cli('send', await contentIn(await scratchFolder()));
    const { code } = await sender.tells('code');
    await browser.type('//input[@id=//label[.="Have a code?"]/@for]', code as string);
    await browser.click(button('Receive'));
    await heading('sent.bin');
    await browser.click('//label[contains(., "In this tab’s memory")]/input[@type="radio"]');
    await browser.click(button('Accept'));
    await heading('1 file received and verified');
    expect(await sender.exitCode).toBe(0);
  });

  it('sends a file', async () => {
    const folder = await scratchFolder();
    await browser.type('//label[contains(., "Choose files")]/input', await contentIn(folder));
    const receiver = cli('receive', await shownCode(), '--yes', '--out', path.join(folder, 'out'));
    expect(await receiver.exitCode).toBe(0);
    expect(CONTENT.equals(await readFile(path.join(folder, 'out', 'sent.bin')))).toBe(true);
    await heading('Received and verified by the other side');
  });

  async function shownCode(): Promise<string> {
    await heading('Tell them this code');
    return browser.run('document.querySelector("output").textContent');
  }
});

async function contentIn(folder: string): Promise<string> {
  const file = path.join(folder, 'sent.bin');
  await writeFile(file, CONTENT);
  return file;
}
