// A sender and a receiver of either kind, with the same face, so that one test runs on every pair of them.
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Page } from 'playwright/test';
import type { CliProcess } from './cli-process.ts';
import { expect } from './fixtures.ts';
import * as steps from './page-steps.ts';
import { removePicked, stubPickers, treePicked } from './picked-places.ts';
import { treeInZip } from './read-zip.ts';
import { type Tree, treeOnDisk } from './test-content.ts';

export type EndKind = 'browser' | 'CLI';

export type Content =
  | { kind: 'file'; path: string }
  | { kind: 'folder'; path: string }
  /** A file's content through standard input. */
  | { kind: 'stdin'; path: string }
  | { kind: 'text'; text: string };

interface Tools {
  openPage: (options?: { before?: (page: Page) => Promise<void> }) => Promise<Page>;
  cli: (command: 'send' | 'receive', ...args: string[]) => CliProcess;
  folder: string;
}

export interface Sending {
  code: string;
  /** Ends once the sender says that the other side has it all. */
  confirmed(): Promise<void>;
}

export async function startSending(kind: EndKind, content: Content, tools: Tools): Promise<Sending> {
  if (kind === 'browser') {
    const page = await tools.openPage();
    if (content.kind === 'text') await steps.sendMessage(page, content.text);
    // A drop, unlike a folder input, keeps empty folders.
    else if (content.kind === 'folder') await steps.dropPaths(page, [content.path]);
    else await steps.chooseFiles(page, [content.path]);
    return { code: await steps.shownCode(page), confirmed: () => steps.expectConfirmed(page) };
  }
  const cli = tools.cli('send', ...argumentsFor(content));
  if (content.kind === 'stdin') void pipeline(createReadStream(content.path), cli.stdin).catch(() => {});
  return {
    code: await cli.code(),
    async confirmed() {
      expect(await cli.exitCode()).toBe(0);
      await cli.event('done');
    },
  };
}

function argumentsFor(content: Content): string[] {
  if (content.kind === 'text') return ['--text', content.text];
  return [content.kind === 'stdin' ? '-' : content.path];
}

export type Received = { tree: Tree } | { text: string };

/** Receives with all that a person does until the content is where they want it. */
export function receiveWith(
  kind: EndKind,
  code: string,
  content: Content,
  place: 'picked' | 'browser',
  tools: Tools,
): Promise<Received> {
  if (kind === 'CLI') return receiveByCli(code, content, tools);
  return place === 'picked'
    ? receiveIntoPicked(code, content, tools)
    : receiveIntoBrowser(code, content, tools);
}

async function receiveByCli(code: string, content: Content, tools: Tools): Promise<Received> {
  const out = path.join(tools.folder, 'out');
  await mkdir(out);
  const cli = tools.cli('receive', code, '--yes', '--out', out);
  expect(await cli.exitCode()).toBe(0);
  if (content.kind === 'text') return { text: String((await cli.event('text')).text) };
  return { tree: await treeOnDisk(out) };
}

async function receiveIntoBrowser(code: string, content: Content, tools: Tools): Promise<Received> {
  const page = await tools.openPage();
  await steps.enterCode(page, code);
  if (content.kind === 'text') {
    await steps.accept(page);
    await steps.expectReceived(page);
    return { text: (await page.getByRole('region', { name: 'Message' }).textContent())! };
  }
  await steps.acceptIntoBrowser(page);
  await steps.expectReceived(page);
  const out = path.join(tools.folder, 'saved');
  await mkdir(out);
  const isFolder = content.kind === 'folder';
  const saved = await steps.saveBy(page, isFolder ? 'Save all as .zip' : 'Save to this device', out);
  await steps.deleteFromBrowser(page);
  return { tree: isFolder ? await treeInZip(saved) : await treeOnDisk(out) };
}

async function receiveIntoPicked(code: string, content: Content, tools: Tools): Promise<Received> {
  const name = path.basename(tools.folder);
  const page = await tools.openPage({ before: (opened) => stubPickers(opened, name) });
  await steps.enterCode(page, code);
  await page
    .getByLabel(content.kind === 'folder' ? 'A folder that you choose' : 'A file that you choose')
    .check();
  await steps.accept(page);
  await steps.expectReceived(page);
  const tree = await treePicked(page, name);
  await removePicked(page, name);
  return { tree };
}
