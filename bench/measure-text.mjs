// Text with `--compress auto` beside `off`, over links of several rates: one after the other in the same run, since machines
// are noisy.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { digestTree, writeLogFile } from './make-input.mjs';
import { cpuSeconds, table, writeResults } from './present-results.mjs';
import { runTransfer } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const MIB = 2 ** 20;
/** Megabits a second of the receiver's link, and how much is sent over it. */
const LINKS = [
  { megabits: 10, bytes: 16 * MIB },
  { megabits: 100, bytes: 128 * MIB },
  { megabits: 1000, bytes: 512 * MIB },
  { megabits: null, bytes: 512 * MIB },
];
const WAYS = ['off', 'auto'];

/** Prints and writes seconds from the offer to the end, and CPU seconds. */
export async function measureText({ runs, quick }) {
  const scratch = makeScratchFolder(2 * 512 * MIB);
  const source = path.join(scratch, 'server.log');
  const results = [];
  for (const { megabits, bytes } of LINKS) {
    const sizeBytes = quick ? bytes / 4 : bytes;
    writeLogFile(source, sizeBytes);
    const done = { off: [], auto: [] };
    for (let i = 1; i <= runs; i++) {
      for (const way of WAYS) done[way].push(await once(source, scratch, way, megabits));
      const [off, auto] = WAYS.map((way) => done[way].at(-1).movingSeconds.toFixed(2));
      process.stdout.write(`${titleOf(megabits)}, run ${i}: off ${off} s, auto ${auto} s\n`);
    }
    const medians = Object.fromEntries(WAYS.map((way) => [way, medianOf(done[way])]));
    results.push({ megabits, bytes: sizeBytes, ...medians, runs: done });
  }
  const header = [
    'text over',
    'MiB',
    's off',
    's auto',
    'auto / off',
    'CPU s/r/r off',
    'CPU s/r/r auto',
    'CPU s',
  ];
  process.stdout.write(`\n${table(header, results.map(rowOf))}\n\nCPU s: auto / off, all three.\n`);
  process.stdout.write(`\nWritten to ${writeResults('text', { scratch, results })}\n`);
}

async function once(source, scratch, compress, megabits) {
  const { out, folder, ...measured } = await runTransfer(source, scratch, { compress, megabits });
  if (digestTree(out) !== digestTree(source)) throw new Error('what arrived is not what was sent');
  rmSync(folder, { recursive: true });
  return measured;
}

function medianOf(runs) {
  const sorted = [...runs].sort((a, b) => a.movingSeconds - b.movingSeconds);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function rowOf({ megabits, bytes, off, auto }) {
  return [
    titleOf(megabits),
    (bytes / MIB).toFixed(0),
    off.movingSeconds.toFixed(2),
    auto.movingSeconds.toFixed(2),
    (auto.movingSeconds / off.movingSeconds).toFixed(2),
    cpuSeconds(off),
    cpuSeconds(auto),
    (allCpuSeconds(auto) / allCpuSeconds(off)).toFixed(2),
  ];
}

function titleOf(megabits) {
  return megabits === null ? 'loopback' : `${megabits} Mbit/s`;
}

function allCpuSeconds({ sender, relay, receiver }) {
  return sender.cpuSeconds + relay.cpuSeconds + receiver.cpuSeconds;
}
