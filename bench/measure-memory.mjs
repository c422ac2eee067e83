// Memory of sender, relay and receiver: the peak for a large file, and its course when the receiver can't keep up.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { digestTree, writeRandomFile } from './make-input.mjs';
import { table, writeResults } from './present-results.mjs';
import { runTransfer, startRelay, startSender, startStdoutReceiver } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const MIB = 2 ** 20;
const LIMIT_BYTES = 250e6;
const PARTIES = ['sender', 'relay', 'receiver'];

/** What the slow receiver's reader takes, and for how long. */
const SLOW_BYTES_PER_SECOND = 5e6;
const SLOW_SECONDS = 30;
/** Short, because one read gives no more than one pipe buffer. */
const READ_EVERY_MS = 4;
/** Growth is counted from here: before, heaps and buffers fill up to their bounds. */
const WARM_UP_SECONDS = 10;
/** Above what a heap does by itself between collections, far below 5 MB/s against full speed. */
const ALLOWED_GROWTH_BYTES = 40e6;

/** Runs both; resolves to whether every limit held. */
export async function measureMemory(quick) {
  const sizeBytes = quick ? 512 * MIB : 4096 * MIB;
  const scratch = makeScratchFolder(2 * sizeBytes);
  process.stdout.write(`Files in ${scratch}.\n`);
  const source = path.join(scratch, 'large.bin');
  writeRandomFile(source, sizeBytes);
  const large = await measureLargeFile(source, sizeBytes, scratch);
  const slow = await measureSlowReceiver(source, scratch);
  process.stdout.write(`Written to ${writeResults('memory', { scratch, large, slow })}\n`);
  return large.passed && slow.passed;
}

async function measureLargeFile(source, sizeBytes, scratch) {
  const { out, folder, ...measured } = await runTransfer(source, scratch);
  const intact = digestTree(out) === digestTree(source);
  rmSync(folder, { recursive: true });
  const peaks = PARTIES.map((party) => measured[party].peakRssBytes);
  const rows = PARTIES.map((party, i) => [party, megabytes(peaks[i]), verdict(peaks[i] < LIMIT_BYTES)]);
  process.stdout.write(
    `\n${sizeBytes / MIB} MiB file, ${measured.seconds.toFixed(1)} s, bytes ${intact ? 'identical' : 'DIFFER'}\n` +
      `${table(['', 'peak RSS MB', `under ${megabytes(LIMIT_BYTES)}`], rows)}\n`,
  );
  return { passed: intact && peaks.every((peak) => peak < LIMIT_BYTES), sizeBytes, intact, ...measured };
}

async function measureSlowReceiver(source, scratch) {
  const folder = mkdtempSync(path.join(scratch, 'slow-'));
  const relay = await startRelay(folder);
  const sender = startSender(source, relay.url, folder);
  const { code } = await sender.event('code');
  const receiver = startStdoutReceiver(code, relay.url, folder);
  // From the first bytes on: how long the two take to meet isn't the question.
  await once(receiver.child.stdout, 'readable');
  const startMs = performance.now();
  const reader = readSlowly(receiver.child.stdout);
  await Promise.race([delay(SLOW_SECONDS * 1000), receiver.exit, sender.exit]);
  const processes = { sender, relay: relay.process, receiver };
  const lasted = Object.values(processes).every(
    ({ child }) => child.exitCode === null && child.signalCode === null,
  );
  const readBytes = reader.stop();
  for (const { child } of Object.values(processes)) child.kill('SIGKILL');
  await Promise.all(Object.values(processes).map(({ exit }) => exit));

  if (!lasted) process.stdout.write(`${sender.describe()}\n${receiver.describe()}\n`);
  const parties = Object.fromEntries(
    PARTIES.map((party) => [party, courseOf(processes[party].rss, startMs)]),
  );
  const isFlat = ({ grownBytes, peakBytes }) => grownBytes < ALLOWED_GROWTH_BYTES && peakBytes < LIMIT_BYTES;
  const rows = PARTIES.map((party) => {
    const { earlyBytes, lateBytes, peakBytes } = parties[party];
    return [party, ...[earlyBytes, lateBytes, peakBytes].map(megabytes), verdict(isFlat(parties[party]))];
  });
  process.stdout.write(
    `\nSlow receiver: ${megabytes(readBytes)} MB read in ${SLOW_SECONDS} s${lasted ? '' : ', ENDED EARLY'}\n` +
      `${table(['', `RSS MB at ${WARM_UP_SECONDS} s`, `at ${SLOW_SECONDS} s`, 'peak', 'flat'], rows)}\n\n`,
  );
  return {
    passed: lasted && readBytes > 0 && Object.values(parties).every(isFlat),
    readBytes,
    lasted,
    parties,
  };
}

/** Reads a stream at a fixed rate; `stop` gives the bytes read. */
function readSlowly(stream) {
  const startMs = performance.now();
  let readBytes = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startMs) / 1000) * SLOW_BYTES_PER_SECOND;
    while (readBytes < due) {
      const chunk = stream.read();
      if (chunk === null) return;
      readBytes += chunk.length;
    }
  }, READ_EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return readBytes;
    },
  };
}

/** Medians of memory around the end of the warm-up and at the end, and the peak. */
function courseOf(rss, startMs) {
  const between = (fromSeconds, toSeconds) =>
    median(
      rss
        .filter(({ atMs }) => atMs >= startMs + fromSeconds * 1000 && atMs < startMs + toSeconds * 1000)
        .map(({ rssBytes }) => rssBytes),
    );
  const earlyBytes = between(WARM_UP_SECONDS - 3, WARM_UP_SECONDS);
  const lateBytes = between(SLOW_SECONDS - 3, SLOW_SECONDS);
  const peakBytes = Math.max(0, ...rss.map(({ rssBytes }) => rssBytes));
  return { earlyBytes, lateBytes, peakBytes, grownBytes: lateBytes - earlyBytes };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0);
}

function verdict(passed) {
  return passed ? 'pass' : 'FAIL';
}
