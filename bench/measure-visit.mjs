// The first visit of a phone: when the first screen can be used, and how many bytes came for it. Chromium's own throttling of network
// and CPU; the bytes are counted on the connections themselves, headers included, by a proxy in front of the relay.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { installBrowsers } from '../scripts/install-browsers.mjs';
import { openTab } from './devtools.mjs';
import * as scripts from './page-scripts.mjs';
import { table, writeResults } from './present-results.mjs';
import { startRelay } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';
import { startChromium } from './start-chromium.mjs';

/** Fast 3G: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up; a phone whose CPU is four times slower. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const CPU_SLOWDOWN = 4;
const MOST_MS = 1000;
const MOST_BYTES = 150_000;
/** What comes behind the first screen, until nothing has come for this long. */
const QUIET_MS = 2000;

/** Prints and writes the median of `runs`, each with a new profile. */
export async function measureVisit({ runs }) {
  const [executable] = await installBrowsers(['chromium']);
  const scratch = makeScratchFolder(256 * 2 ** 20);
  const done = [];
  for (let i = 0; i < runs; i++) done.push(await visitOnce(executable, scratch));
  const by = (name) => done.map((run) => run[name]).sort((a, b) => a - b)[Math.floor(runs / 2)];
  const row = (what, value, most) => [
    what,
    value.toLocaleString('en-US'),
    most === null ? '' : `≤ ${most.toLocaleString('en-US')}`,
    most === null ? '' : value <= most ? 'yes' : 'NO',
  ];
  const rows = [
    row('first screen can be used, ms', Math.round(by('usableMs')), MOST_MS),
    row('… longest task until then, ms', Math.round(by('longestTaskMs')), null),
    row('bytes on the wire by then', by('screenBytes'), MOST_BYTES),
    row('… until all that comes behind it is there: engine, offline store', by('allBytes'), null),
  ];
  const header = ['first visit, fast 3G, CPU four times slower', 'measured', 'should be', 'met'];
  process.stdout.write(
    `\n${table(header, rows)}\n\nWritten to ${writeResults('visit', { scratch, done })}\n`,
  );
}

async function visitOnce(executable, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'visit-'));
  const relay = await startRelay(folder);
  const counter = await startCounter(Number(new URL(relay.url).port));
  const browser = await startChromium(executable, path.join(folder, 'profile'));
  try {
    const tab = await openTab(browser.devtools, 'about:blank');
    await tab.send('Network.enable');
    await tab.send('Network.emulateNetworkConditions', NETWORK);
    await tab.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWDOWN });
    await tab.send('Page.enable');
    await tab.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${scripts.watchFirstScreen})()`,
    });
    await tab.send('Page.navigate', { url: counter.url });
    const { usableMs, longestTaskMs } = await untilUsable(tab);
    const screenBytes = counter.bytes();
    for (let before = -1; before !== counter.bytes(); ) {
      before = counter.bytes();
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    }
    return { usableMs, longestTaskMs, screenBytes, allBytes: counter.bytes() };
  } finally {
    await browser.stop();
    counter.close();
    await relay.process.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The page that was open before has no `firstScreen`. */
async function untilUsable(tab) {
  for (;;) {
    const found = await tab.run(scripts.firstScreen).catch(() => null);
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Passes connections on to a port of this machine, and counts what comes back. */
async function startCounter(port) {
  let bytes = 0;
  const server = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1');
    upstream.on('data', (piece) => {
      bytes += piece.length;
    });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      socket.on('error', () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    bytes: () => bytes,
    close: () => server.close(),
  };
}
