// How much the relay passes, for whom, and for how long; and from where it takes nothing at all.
import { isNetwork } from '../../limits/blocked-networks.ts';
import { bytes, duration, list, onOff, orNone, textOrNone } from '../kinds.ts';
import { type Setting, setting } from '../setting.ts';

const rate = (purpose: string): Setting<number | null> =>
  setting(orNone(bytes(1, 1_000_000_000_000, 'bytes a second')), null, { purpose, isReloadable: true });

const amount = (purpose: string): Setting<number | null> =>
  setting(orNone(bytes(1, 1_000_000_000_000_000)), null, { purpose, isReloadable: true });

const time = (purpose: string): Setting<number | null> =>
  setting(orNone(duration(1_000, 1_728_000_000)), null, { purpose, isReloadable: true });

export const TRAFFIC = {
  bytesPerSecond: rate('What all pairs together may pass.'),
  bytesPerSecondPerPair: rate('The same for one pair, in both directions; a transfer may have several.'),
  bytesPerSecondPerAddress: rate('The same for all pairs of one address (IPv6: one /64).'),
  bytesPerSecondPerSite: rate('The same for one IPv6 /48.'),
  bytesPerSecondPerToken: rate('The same for one access token, unless it has its own.'),
  bytesPerTransfer: amount('What one pair may pass, and those that come back under its key within a day.'),
  bytesPerDayPerToken: amount('What one access token may pass in 24 hours, unless it has its own.'),
  maxPairAgeMs: time('How long a pair may last.'),
  maxPairIdleMs: time('How long a pair may pass next to nothing, at most 64 bytes a second.'),
};

export const BLOCKING = {
  block: setting(list('networks', 'IP addresses, or networks such as 203.0.113.0/24', isNetwork), [], {
    purpose: 'Who is cut off without an answer.',
    isReloadable: true,
  }),
  blockFile: setting(textOrNone('file', 'a file'), null, {
    purpose: 'More of them, one a line. Read again when it changes.',
    isReloadable: true,
  }),
  terseErrors: setting(onOff(), false, {
    purpose: 'Whether a refusal says nothing but why: not how long to wait, nor which nameplates are free.',
    isReloadable: true,
  }),
};
