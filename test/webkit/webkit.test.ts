// The page in WebKitGTK, where no file can be stored: what it receives stays in the tab's memory until saved. Needs a build.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RelayProcess, run, startRelayProcess } from '../../apps/cli/test/system/cli-process.ts';
import { missingCommand, WebDriver } from './web-driver.ts';

const TEXT = 'Grüße from WebKit, 你好';
/** Some records, the last not whole. */
const CONTENT = randomBytes(3_000_001);
const reason = missingCommand === undefined ? '' : ` (${missingCommand} is not on PATH)`;

describe.skipIf(missingCommand !== undefined)(`the page in WebKit${reason}`, () => {
  let folder: string;
  let relay: RelayProcess | undefined;
  const browser = new WebDriver();
  const inFolder = (...names: string[]) => path.join(folder, ...names);
  const holdsContent = async (file: string) => expect(CONTENT.equals(await readFile(file))).toBe(true);
  const heading = (text: string) => browser.find(`//h1[normalize-space()="${text}"]`);
  const button = (text: string) => `//button[normalize-space()="${text}"][not(@disabled)]`;
  const cli = (...args: string[]) => run([...args, '--json', '--relay', relay!.url]);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'p2p-copy-webkit-'));
    await mkdir(inFolder('home'));
    await writeFile(inFolder('sent.bin'), CONTENT);
    relay = await startRelayProcess();
    await browser.start(inFolder('home'));
  });
  afterAll(async () => {
    await Promise.all([browser.stop(), relay?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await browser.open(relay!.url);
    await heading('Send files to another device');
  });

  it('shows its first screen', async () => {
    await browser.find(button('Receive'));
    expect(await browser.evaluate('document.querySelector("[role=alert]")')).toBe(null);
  });

  it('sends a message', async () => {
    await browser.type('//textarea', TEXT);
    await browser.click(button('Send message'));
    const receiver = cli('receive', await shownCode(), '--yes');
    expect(await receiver.exitCode).toBe(0);
    expect(receiver.events).toContainEqual({ event: 'text', text: TEXT });
    await heading('Received and verified by the other side');
  });

  it('receives a file into its memory, and saves it', async () => {
    const sender = cli('send', inFolder('sent.bin'));
    const { code } = await sender.tells('code');
    await browser.type('//input[@id=//label[.="Have a code?"]/@for]', code as string);
    await browser.click(button('Receive'));
    await heading('sent.bin');
    await browser.click('//label[contains(., "In this tab’s memory")]/input[@type="radio"]');
    await browser.click(button('Accept'));
    await heading('1 file received and verified');
    expect(await sender.exitCode).toBe(0);
    await browser.click(button('Save to this device'));
    await vi.waitFor(() => holdsContent(inFolder('home', 'sent.bin')), { timeout: 60_000 });
  });

  it('sends a file', async () => {
    await browser.type('//label[contains(., "Choose files")]/input', inFolder('sent.bin'));
    const receiver = cli('receive', await shownCode(), '--yes', '--out', inFolder('out'));
    expect(await receiver.exitCode).toBe(0);
    await holdsContent(inFolder('out', 'sent.bin'));
    await heading('Received and verified by the other side');
  });

  async function shownCode(): Promise<string> {
    await heading('Tell them this code');
    return browser.evaluate('document.querySelector("output").textContent');
  }
});
