// What it costs a receiver to check an offer, page by page as it comes: CPU for a list and for one of four times the entries,
// in both extremes. Core's own listing, bundled, without a network.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { table, writeResults } from './present-results.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';

const LISTING = fileURLToPath(new URL('../packages/core/src/offer/listing.ts', import.meta.url));
const RULES = { windowsNames: false, foldsCase: false };
/** Four times the entries cost at most this multiple of the CPU. */
const MOST_GROWTH = 5;
const GROWTH = 4;
const LISTS = [
  { title: 'short names in one folder', entries: 1_000_000, pageEntries: 4000, pathOf: (i) => `f${i}` },
  {
    title: 'paths of depth 128',
    entries: 60_000,
    pageEntries: 500,
    pathOf: (i) => `${i}/${'d/'.repeat(126)}f`,
  },
  {
    title: 'paths of 4,096 bytes',
    entries: 30_000,
    pageEntries: 60,
    pathOf: (i) =>
      `${Array.from({ length: 127 }, (_, depth) => `${i}-${depth}`.padEnd(31, 'x')).join('/')}/f`,
  },
];

/** Prints and writes seconds of CPU: the median of `runs`. */
export async function measureListing({ quick, runs }) {
  const scratch = makeScratchFolder(64 * 2 ** 20);
  const file = path.join(scratch, 'listing.mjs');
  const bundle = await rolldown({ input: LISTING });
  await bundle.write({ file, format: 'esm' });
  const { Listing } = await import(file);
  const results = LISTS.map(({ title, entries: most, pageEntries, pathOf }) => {
    const entries = quick ? most / 4 : most;
    const cost = (count) => medianOf(runs, () => listOnce(Listing, count, pageEntries, pathOf));
    // What a process does first is slower.
    cost(entries / GROWTH);
    const [few, all] = [cost(entries / GROWTH), cost(entries)];
    return { title, entries, few, all, growth: all.cpuSeconds / few.cpuSeconds };
  });
  const header = [
    'an offer of',
    'entries',
    's CPU',
    's for a quarter',
    'times',
    'should be',
    'met',
    'longest page',
  ];
  const rows = results.map(({ title, entries, few, all, growth }) => [
    title,
    entries.toLocaleString('en-US'),
    all.cpuSeconds.toFixed(2),
    few.cpuSeconds.toFixed(2),
    growth.toFixed(1),
    `≤ ${MOST_GROWTH}`,
    growth <= MOST_GROWTH ? 'yes' : 'NO',
    `${all.longestPageMs.toFixed(0)} ms`,
  ]);
  process.stdout.write(
    `\n${table(header, rows)}\n\nWritten to ${writeResults('listing', { scratch, results })}\n`,
  );
}

function listOnce(Listing, entries, pageEntries, pathOf) {
  const listing = new Listing(RULES, () => {});
  let cpuMicroseconds = 0;
  let longestPageMs = 0;
  for (let start = 0; start < entries; start += pageEntries) {
    const lines = Array.from({ length: Math.min(pageEntries, entries - start) }, (_, i) => ({
      path: pathOf(start + i),
      size: 1,
    }));
    const json = JSON.stringify(lines);
    const [before, startMs] = [process.cpuUsage(), performance.now()];
    if (listing.add(JSON.parse(json)) !== null) throw new Error('the list is refused');
    const { user, system } = process.cpuUsage(before);
    cpuMicroseconds += user + system;
    longestPageMs = Math.max(longestPageMs, performance.now() - startMs);
  }
  listing.finish(entries);
  return { cpuSeconds: cpuMicroseconds / 1e6, longestPageMs };
}

function medianOf(runs, measure) {
  const sorted = Array.from({ length: runs }, measure).sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  return sorted[Math.floor(sorted.length / 2)];
}
