// `--reconnect-timeout`, and `--patience`, which was its name.
import { Option } from 'commander';
import { parseWhole } from './parse-whole.ts';

/** Minutes in a week: the longest wait. */
const MAX_MINUTES = 10_080;

/** Minutes, as commander hands them over; where both are given, the newer name counts. */
export interface ReconnectTimeout {
  reconnectTimeout?: number;
  patience?: number;
}

/** @param least minutes: 0 where a command may give up at once */
export function reconnectTimeoutOption(description: string, least: 0 | 1 = 0): Option {
  return option('--reconnect-timeout <minutes>', description, least);
}

/** The same under its former name, which no help shows. */
export function patienceOption(least: 0 | 1 = 0): Option {
  return option('--patience <minutes>', 'as --reconnect-timeout', least).hideHelp();
}

/** The option of the library; empty where the person gave none. */
export function reconnectTimeoutOf({ reconnectTimeout, patience }: ReconnectTimeout): {
  reconnectTimeoutMs?: number;
} {
  const minutes = reconnectTimeout ?? patience;
  return minutes === undefined ? {} : { reconnectTimeoutMs: minutes * 60_000 };
}

function option(flags: string, description: string, least: number): Option {
  return new Option(flags, description).argParser((text) => parseWhole(text, least, MAX_MINUTES));
}
