// `--reconnect-timeout`, also by its former name.
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  patienceOption,
  reconnectTimeoutOf,
  reconnectTimeoutOption,
} from '../../../src/cli/commands/reconnect-timeout.ts';

/** What a command makes of these arguments. */
function parsed(args: string[], least: 0 | 1 = 0) {
  const command = new Command()
    .addOption(reconnectTimeoutOption('', least))
    .addOption(patienceOption(least))
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return reconnectTimeoutOf(command.parse(args, { from: 'user' }).opts());
}

describe('the reconnect timeout', () => {
  it.each([
    [['--reconnect-timeout', '5'], { reconnectTimeoutMs: 300_000 }],
    [['--patience', '5'], { reconnectTimeoutMs: 300_000 }],
    [['--patience', '5', '--reconnect-timeout', '0'], { reconnectTimeoutMs: 0 }],
    [[], {}],
  ])('of %j is %j', (args, expected) => {
    expect(parsed(args)).toEqual(expected);
  });

  it.each(['--reconnect-timeout', '--patience'])(
    '%s takes minutes up to a week, and 0 only where one may give up',
    (flag) => {
      expect(parsed([flag, '10080'])).toEqual({ reconnectTimeoutMs: 604_800_000 });
      expect(() => parsed([flag, '10081'])).toThrow();
      expect(() => parsed([flag, '0'], 1)).toThrow();
    },
  );
});
