// The list of an offer of many entries in a page: the longest task of the page's thread while it comes, is sorted, ticked, looked
// through and scrolled, and how many rows are in the page.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installBrowsers } from '../scripts/install-browsers.mjs';
import { openTab } from './devtools.mjs';
import * as scripts from './page-scripts.mjs';
import { table, writeResults } from './present-results.mjs';
import { startRelay, startSender } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';
import { startChromium } from './start-chromium.mjs';

const FOLDERS = 100;
const MOST_TASK_MS = 50;
const MOST_ROWS = 200;

/** Prints and writes the longest task of each step. */
export async function measureList({ quick }) {
  const [executable] = await installBrowsers(['chromium']);
  const entries = quick ? 25_000 : 100_000;
  const scratch = makeScratchFolder(1024 * 2 ** 20);
  const source = path.join(scratch, 'many');
  writeFiles(source, entries);
  const folder = mkdtempSync(path.join(scratch, 'list-'));
  const relay = await startRelay(folder);
  const sender = startSender(source, relay.url, folder);
  const browser = await startChromium(executable, path.join(folder, 'profile'));
  try {
    const { code } = await sender.event('code');
    const tab = await openTab(browser.devtools, relay.url);
    await tab.run(scripts.preparePage);
    await tab.run(scripts.watchBlocks);
    const steps = await tab.run(scripts.lookThroughList, code, entries);
    const rows = steps.map(({ step, longestTaskMs, rows: shown }) => [
      step,
      longestTaskMs.toFixed(0),
      `≤ ${MOST_TASK_MS}`,
      longestTaskMs <= MOST_TASK_MS ? 'yes' : 'NO',
      String(shown),
      `≤ ${MOST_ROWS}`,
      shown <= MOST_ROWS ? 'yes' : 'NO',
    ]);
    const what = `a list of ${entries.toLocaleString('en-US')}`;
    const header = [what, 'longest task, ms', 'should be', 'met', 'rows', 'should be', 'met'];
    process.stdout.write(`\n${table(header, rows)}\n\n0: none over 50 ms. `);
    process.stdout.write(`Written to ${writeResults('list', { scratch, entries, steps })}\n`);
  } finally {
    await browser.stop();
    await sender.stop();
    await relay.process.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Names in an order that sorting has to change, in folders and beside them. */
function writeFiles(source, entries) {
  for (let i = 0; i < FOLDERS; i++) mkdirSync(path.join(source, `day ${i}`), { recursive: true });
  for (let i = 0; i < entries; i++) {
    writeFileSync(path.join(source, `day ${(i * 37) % FOLDERS}`, `file ${(i * 7919) % entries}.txt`), 'x');
  }
}
