// docs/PROTOCOL.md is held to the code, and the code to it.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../src/foundation/error-table.ts';
import { RECEIVER_TABLE } from '../src/machine/receiver-machine.ts';
import { SENDER_TABLE } from '../src/machine/sender-machine.ts';
import { CLOSE_CODES } from '../src/relay-protocol/index.ts';
import * as limits from '../src/wire/limits.ts';

type Transition = { next: string; effects: readonly string[] };

const document = readFileSync(new URL('../../../docs/PROTOCOL.md', import.meta.url), 'utf8');

/** Rows of the first table after `heading` whose first column is called `column`, without the backticks. */
function tableAfter(heading: string, column: string): string[][] {
  const section = document.slice(document.indexOf(`\n${heading}\n`));
  const lines = section.slice(section.indexOf(`| ${column} |`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

function rowsOf(table: { [state: string]: { [event: string]: Transition } }): string[][] {
  return Object.entries(table).flatMap(([state, row]) =>
    Object.entries(row).map(([event, { next, effects }]) => [state, event, next, effects.join(', ')]),
  );
}

describe('the document prints', () => {
  it('the sender’s transitions', () => {
    expect(tableAfter('### Sender', 'state')).toEqual(rowsOf(SENDER_TABLE));
  });

  it('the receiver’s transitions', () => {
    expect(tableAfter('### Receiver', 'state')).toEqual(rowsOf(RECEIVER_TABLE));
  });

  it('the errors', () => {
    expect(tableAfter('## 13. Errors', 'code')).toEqual(
      Object.entries(ERROR_TABLE).map(([code, row]) => [
        code,
        row.wire === null ? '' : String(row.wire),
        row.fault,
        row.retry ? 'yes' : 'no',
        row.sentence,
      ]),
    );
  });

  it('the limits', () => {
    expect(tableAfter('## 14. Limits', 'limit').map(([name, value]) => [name, value])).toEqual(
      Object.entries(limits).map(([name, value]) => [name, String(value)]),
    );
  });

  it('the close codes', () => {
    const own = tableAfter('## 4. The relay', 'code').filter(([, name]) => name !== '');
    expect(own.map(([code, name]) => [Number(code), name])).toEqual(
      Object.entries(CLOSE_CODES).map(([name, { code }]) => [code, name]),
    );
  });
});

describe('the tables', () => {
  it('give every wire number once', () => {
    const numbers = Object.values(ERROR_TABLE).flatMap(({ wire }) => (wire === null ? [] : [wire]));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('keep close reasons within what WebSocket allows', () => {
    for (const { reason } of Object.values(CLOSE_CODES))
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
  });
});
