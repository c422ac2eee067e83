// Results as a table for people and as JSON for comparison.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../bench-results/', import.meta.url));

/** Text in columns, the first to the left and the others to the right. */
export function table(header, rows) {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('   ');
  return [line(header), widths.map((width) => '─'.repeat(width)).join('   '), ...rows.map(line)].join('\n');
}

/** MB/s, MB being 10^6 bytes. */
export function rate(bytes, seconds) {
  return bytes / 1e6 / seconds;
}

/** The three processes' figures, `sender / relay / receiver`. */
export function cpuSeconds({ sender, relay, receiver }) {
  return [sender, relay, receiver].map((party) => party.cpuSeconds.toFixed(2)).join(' / ');
}

export function peakRss({ sender, relay, receiver }) {
  return [sender, relay, receiver].map(({ peakRssBytes }) => (peakRssBytes / 1e6).toFixed(0)).join(' / ');
}

/** The run whose time is the middle one. */
export function medianRun(runs) {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[Math.floor((runs.length - 1) / 2)];
}

/** Writes what was measured to bench-results/ and returns the file's path. */
export function writeResults(kind, results) {
  mkdirSync(FOLDER, { recursive: true });
  const date = new Date().toISOString();
  const file = path.join(FOLDER, `${date.replace(/[:.]/g, '-')}-${kind}.json`);
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, kernel: release(), node: process.version };
  writeFileSync(file, `${JSON.stringify({ kind, date, machine, ...results }, null, 2)}\n`);
  return path.relative(process.cwd(), file);
}
