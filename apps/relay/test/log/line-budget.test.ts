// Lines that clients cause, and how many of them there may be.
import { expect, it } from 'vitest';
import { LineBudget } from '../../src/log/line-budget.ts';
import { loggedAddress } from '../../src/log/logged-address.ts';
import { FakeClock } from '../fake-clock.ts';

function budgetOf(logLinesPerMinute: number) {
  const clock = new FakeClock();
  const lines: [string, object, string][] = [];
  const writer = (level: string) => (fields: object, message: string) => lines.push([level, fields, message]);
  const log = { error: writer('error'), warn: writer('warn'), info: writer('info'), debug: writer('debug') };
  return { clock, lines, budget: new LineBudget({ logLinesPerMinute }, log, clock) };
}

it('a million refusals are as many lines as a minute may have, and one that counts the others', () => {
  const { clock, lines, budget } = budgetOf(20);
  for (let i = 0; i < 1_000_000; i++) budget.write('refused', { i }, i % 4 === 0 ? 'flood' : 'unknown-code');
  expect(lines).toHaveLength(20);
  clock.advance(60_000);
  expect(lines.slice(20)).toEqual([
    [
      'info',
      { of: 'refused', lines: 999_980, reasons: { flood: 249_995, 'unknown-code': 749_985 } },
      'lines left out in the last minute',
    ],
  ]);
  expect(clock.pending).toBe(0);
  budget.write('refused', {}, 'flood');
  expect(lines).toHaveLength(22);
});

it('a flood of one kind takes nothing from the others', () => {
  const { lines, budget } = budgetOf(2);
  for (let i = 0; i < 10; i++) budget.write('refused', {}, 'flood');
  budget.write('pair started', {});
  expect(lines.map(([, , message]) => message)).toEqual(['refused', 'refused', 'pair started']);
});

it('what was left out is told at the end, too', () => {
  const { clock, lines, budget } = budgetOf(1);
  for (let i = 0; i < 3; i++) budget.write('pair ended', {});
  budget.close();
  expect(lines.at(-1)).toEqual(['info', { of: 'pair ended', lines: 2 }, 'lines left out in the last minute']);
  expect(clock.pending).toBe(0);
});

it.each([
  ['192.0.2.77', null, '192.0.2.0/24', '192.0.2.77'],
  ['::ffff:192.0.2.77', null, '192.0.2.0/24', '192.0.2.77'],
  ['2001:db8:1:2:3:4:5:6', null, '2001:db8:1::/48', '2001:db8:1:2:3:4:5:6'],
])('%s is logged as the operator chose', (ip, none, network, full) => {
  expect(loggedAddress(ip, 'none')).toBe(none);
  expect(loggedAddress(ip, 'network')).toBe(network);
  expect(loggedAddress(ip, 'full')).toBe(full);
});
