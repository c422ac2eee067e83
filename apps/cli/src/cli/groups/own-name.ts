// What this device is called when nobody has chosen a name for it.
import { hostname } from 'node:os';
import { isDeviceName } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';

/** The name of this computer, without what no name of a device may hold. */
export function defaultName(host = hostname()): string {
  const [first = ''] = host.normalize('NFC').split('.');
  return isDeviceName(first) ? first : 'computer';
}

/** A name that a person typed. @throws UsageError */
export function parseName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (isDeviceName(name)) return name;
  throw new UsageError(
    `${quoted(text)} cannot be the name of a device.`,
    'A name has 1 to 64 bytes, and no control characters or ones that nobody sees.',
  );
}
