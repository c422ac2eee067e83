// The list of a relay's access tokens, for people.
import type { TokenRow } from '@p2p-copy/relay';
import { sizeInWords } from '../../wording/amounts.ts';

const HEADINGS = ['NAME', 'CREATED', 'EXPIRES', 'A DAY', 'A SECOND'];

/** Rows in columns, with a heading. */
export function tokenTable(rows: readonly TokenRow[], nowMs: number): string {
  const cells = [HEADINGS, ...rows.map((row) => cellsOf(row, nowMs))];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function cellsOf(
  { name, createdMs, expiresMs, bytesPerDay, bytesPerSecond }: TokenRow,
  nowMs: number,
): string[] {
  const until = expiresMs === null ? 'never' : dayOf(expiresMs);
  const isOver = expiresMs !== null && expiresMs <= nowMs;
  const limit = (bytes: number | null) => (bytes === null ? 'no limit' : sizeInWords(bytes));
  return [
    name,
    dayOf(createdMs),
    isOver ? `${until} (over)` : until,
    limit(bytesPerDay),
    limit(bytesPerSecond),
  ];
}

/** In UTC, to the minute. */
function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}
