// Browser → relay → browser: two tabs of one Chromium, one sends a file and the other keeps it in the browser's storage.
// Beside it, in the same browser, a bare pipe: two tabs that only send and count.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { installBrowsers } from '../scripts/install-browsers.mjs';
import { openTab } from './devtools.mjs';
import { digestTree, writeRandomFile } from './make-input.mjs';
import { readProc } from './measured-process.mjs';
import * as scripts from './page-scripts.mjs';
import { medianRun, rate, table, writeResults } from './present-results.mjs';
import { startPipeRelay } from './run-baselines.mjs';
import { startRelay } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';
import { startChromium } from './start-chromium.mjs';
import { browserRows } from './targets.mjs';

const MIB = 2 ** 20;

/** Measures both, and prints and writes the results. */
export async function measureBrowser({ runs, quick }) {
  const [executable] = await installBrowsers(['chromium']);
  const bytes = quick ? 512 * MIB : 1024 * MIB;
  const scratch = makeScratchFolder(2 * bytes);
  process.stdout.write(`Files and profile in ${scratch}; ${runs} run${runs === 1 ? '' : 's'} of each.\n`);
  const source = path.join(scratch, 'random.bin');
  writeRandomFile(source, bytes);
  const done = { pipe: [], transfer: [] };
  for (let i = 1; i <= runs; i++) {
    const { pipe, transfer } = await runOnce(executable, source, bytes, scratch);
    process.stdout.write(
      `Run ${i}: bare pipe ${pipe.seconds.toFixed(2)} s, transfer ${transfer.seconds.toFixed(2)} s\n`,
    );
    done.pipe.push(pipe);
    done.transfer.push(transfer);
  }
  show({ scratch, bytes, pipe: summary(bytes, done.pipe), transfer: summary(bytes, done.transfer) });
}

/** A browser and a relay of their own; what arrived is compared with what was sent once the time has been taken. */
async function runOnce(executable, source, bytes, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'browser-'));
  const profile = path.join(folder, 'profile');
  mkdirSync(profile);
  const relay = await startRelay(folder);
  const browser = await startChromium(executable, profile);
  try {
    const pipe = await runPipe(browser, relay.url, bytes, folder);
    const transfer = await runTransfer(browser, relay, source);
    if (!holdsCopy(profile, source)) throw new Error('what arrived is not what was sent');
    return { pipe, transfer };
  } finally {
    await browser.stop();
    await relay.process.stop();
    rmSync(folder, { recursive: true });
  }
}

async function runPipe({ devtools, cpuSeconds }, origin, bytes, folder) {
  const relay = await startPipeRelay(folder);
  const open = () => openTab(devtools, `${origin}/healthz`, { isBypassed: true });
  const [receiver, sender] = [await open(), await open()];
  const cpuBefore = await cpuSeconds();
  const received = receiver.run(scripts.receiveThroughPipe, relay.url, bytes);
  const seconds = await sender.run(scripts.sendThroughPipe, relay.url, bytes);
  const browserCpuSeconds = (await cpuSeconds()) - cpuBefore;
  await Promise.all([received, relay.process.success()]);
  await Promise.all([receiver.close(), sender.close()]);
  return { seconds, browserCpuSeconds, relayCpuSeconds: relay.process.usage().cpuSeconds };
}

/** Seconds run from the receiver's consent to the sender's word that the other side has verified all. */
async function runTransfer({ devtools, cpuSeconds, watchPages }, relay, source) {
  const open = async () => {
    const tab = await openTab(devtools, relay.url);
    await tab.run(scripts.preparePage);
    return tab;
  };
  const [sender, receiver] = [await open(), await open()];
  // From here on: what loading a page takes isn't the question.
  for (const tab of [sender, receiver]) await tab.run(scripts.watchBlocks);
  await sender.pickFiles([source], scripts.fileInput);
  await receiver.run(scripts.reviewInBrowser, await sender.run(scripts.shownCode));

  const memory = await watchPages();
  const relayCpu = () => readProc(relay.process.child.pid).cpuSeconds;
  const before = { browser: await cpuSeconds(), relay: relayCpu() };
  const received = receiver.run(scripts.untilHeading, 'received and verified');
  const startMs = performance.now();
  await receiver.run(scripts.accept);
  await sender.run(scripts.untilHeading, 'Received and verified by the other side');
  const seconds = (performance.now() - startMs) / 1000;
  await received;
  const pages = memory.stop().map(courseOf);
  const blocks = await Promise.all([sender, receiver].map((tab) => tab.run(scripts.longestBlockMs)));
  return {
    seconds,
    browserCpuSeconds: (await cpuSeconds()) - before.browser,
    relayCpuSeconds: relayCpu() - before.relay,
    longestBlockMs: Math.max(...blocks),
    peakRssBytes: Math.max(...pages.map(({ peakBytes }) => peakBytes)),
    grownRssBytes: Math.max(...pages.map(({ earlyBytes, lateBytes }) => lateBytes - earlyBytes)),
    pages,
  };
}

/** The peak, and the medians of the first and the last third. */
function courseOf(rss) {
  const third = Math.ceil(rss.length / 3);
  return {
    peakBytes: Math.max(...rss),
    earlyBytes: median(rss.slice(0, third)),
    lateBytes: median(rss.slice(-third)),
  };
}

/** Whether a file in the browser's profile is the one that was sent: there Chromium keeps its file storage. */
function holdsCopy(profile, source) {
  const { size } = statSync(source);
  const files = readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  const digest = digestTree(source);
  return files.some((file) => statSync(file).size === size && digestTree(file) === digest);
}

function summary(bytes, runs) {
  const median = medianRun(runs);
  return { megabytesPerSecond: rate(bytes, median.seconds), median, runs };
}

function show({ scratch, bytes, pipe, transfer }) {
  const row = (title, { megabytesPerSecond, median }) => [
    title,
    median.seconds.toFixed(2),
    megabytesPerSecond.toFixed(0),
    `${((100 * megabytesPerSecond) / pipe.megabytesPerSecond).toFixed(0)} %`,
    `${median.browserCpuSeconds.toFixed(2)} / ${median.relayCpuSeconds.toFixed(2)}`,
  ];
  const header = ['browser → relay → browser', 's', 'MB/s', 'of bare pipe', 'CPU s browser / relay'];
  const rows = [row('bare WebSocket pipe', pipe), row(`${bytes / MIB} MiB incompressible`, transfer)];
  process.stdout.write(`\n${table(header, rows)}\n`);
  process.stdout.write('\ns: from the consent to the confirmation on the sending page.\n');
  process.stdout.write(
    `\n${table(['target', 'measured', 'should be', 'met'], browserRows({ pipe, transfer }))}\n`,
  );
  const written = writeResults('browser', { scratch, bytes, pipe, transfer });
  process.stdout.write(`\nWritten to ${written}\n`);
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
