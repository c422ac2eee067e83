// How an operator sees the relay, and how it stops.
import { LOG_ADDRESSES, type LogAddresses } from '../../log/logged-address.ts';
import { choice, duration, onOff, whole } from '../kinds.ts';
import { setting } from '../setting.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export const OPERATION = {
  logLevel: setting(choice<LogLevel>('level', LOG_LEVELS), 'warn', {
    purpose: 'The least severe line that is logged.',
    isReloadable: true,
  }),
  logAddresses: setting(choice<LogAddresses>('part', LOG_ADDRESSES), 'network', {
    purpose: 'How much of a client’s address a log line holds: none, its /24 or /48, or all of it.',
    isReloadable: true,
  }),
  logLinesPerMinute: setting(whole('per minute', 1, 1_000_000), 600, {
    purpose: 'Log lines of each kind that clients cause; more are counted, and told in one line.',
    isReloadable: true,
  }),
  publicMetrics: setting(onOff(), false, {
    purpose: 'Serve /metrics to everybody, at the address of the page too.',
    isReloadable: false,
  }),
  drainTimeoutMs: setting(duration(0, 86_400_000), 10_000, {
    purpose: 'How long running pairs may go on once the relay is told to stop.',
    isReloadable: true,
    isCommon: true,
  }),
};
