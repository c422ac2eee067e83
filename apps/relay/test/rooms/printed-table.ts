// The table that docs/PROTOCOL.md prints under a heading, and how a machine's rows are printed.
import { readFileSync } from 'node:fs';

const HEAD = [
  ['state', 'event', 'next', 'effect'],
  ['---', '---', '---', '---'],
];

/** Rows of the table under a heading, without its head; null where there is none. */
export function printedTable(heading: string): string[][] | null {
  const page = readFileSync(new URL('../../../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const lines = page.split('\n');
  const at = lines.indexOf(heading);
  const end = lines.findIndex((line, index) => index > at && line.startsWith('#'));
  const rows = lines
    .slice(at + 1, end === -1 ? undefined : end)
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
  const isTable = JSON.stringify(rows.slice(0, 2)) === JSON.stringify(HEAD);
  return at !== -1 && isTable ? rows.slice(2) : null;
}

export function printTable(rows: readonly string[][]): string {
  return [...HEAD, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
