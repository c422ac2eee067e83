// `relay --print-config`: each setting, its value as it is written, and where that came from.
import { keyOf, type Setting, showSource } from '@p2p-copy/relay/settings';
import { CLI_SETTINGS } from './cli-table.ts';
import type { LoadedSettings } from './load-settings.ts';

/** A line for each setting in the table's order: key, value and source in columns, at least two spaces apart. */
export function printedConfig({ values, sources }: LoadedSettings): string {
  const rows = Object.entries<Setting<unknown>>(CLI_SETTINGS).map(([name, row]) => [
    keyOf(name),
    row.show(values[name as keyof typeof values]),
    showSource(sources[name as keyof typeof sources]),
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([key, value, source]) => `${key!.padEnd(widths[0]!)}  ${value!.padEnd(widths[1]!)}  ${source}\n`)
    .join('');
}
