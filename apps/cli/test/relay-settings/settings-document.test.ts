// Holds docs/RELAY-SETTINGS.md to the table of settings, row by row; vitest's --update writes the tables anew.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { environmentNameOf, flagOf, keyOf } from '@p2p-copy/relay/settings';
import { expect, it } from 'vitest';
import { CLI_SETTING_GROUPS } from '../../src/relay-settings/cli-table.ts';

const DOCUMENT = fileURLToPath(new URL('../../../../docs/RELAY-SETTINGS.md', import.meta.url));
const HEADING = '\n## All settings\n';

it('stands in RELAY-SETTINGS.md, row by row', async () => {
  const [head] = readFileSync(DOCUMENT, 'utf8').split(HEADING);
  await expect(`${head}${HEADING}${documentedTables()}\n`).toMatchFileSnapshot(DOCUMENT);
});

function documentedTables(): string {
  return CLI_SETTING_GROUPS.map(({ heading, settings }) =>
    [
      `### ${heading}`,
      '| key, flag, variable | default | allowed | reload | |',
      '| --- | --- | --- | --- | --- |',
      ...Object.entries(settings).map(([name, row]) => {
        const names = [keyOf(name), flagOf(name, row), environmentNameOf(name, row)];
        const cells = [
          names.map((each) => `\`${each}\``).join(' '),
          row.show(row.default),
          row.allowedWritten,
          row.isReloadable ? 'yes' : 'restart',
          row.purpose,
        ];
        return `| ${cells.join(' | ')} |`;
      }),
    ].join('\n'),
  ).join('\n\n');
}
