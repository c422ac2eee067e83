// What this device is called when nobody has chosen a name for it.
import { hostname } from 'node:os';
import { isDeviceName } from '@p2p-copy/core';
import { quoted } from '../../wording/show-text.ts';
import { UsageError } from '../terminal/exit-codes.ts';
import { ANY, KEY_PREFIX } from './members.ts';

/** The name of this computer, without what no name of a device may hold. */
export function defaultName(host = hostname()): string {
  const [first = ''] = host.normalize('NFC').split('.');
  return isDeviceName(first) && !isReserved(first) ? first : 'computer';
}

/** Whether commands read it as something else than a name. */
function isReserved(name: string): boolean {
  return name.toLowerCase() === ANY || name.startsWith(KEY_PREFIX);
}

/** A name that a person typed. @throws UsageError */
export function parseName(text: string): string {
  const name = text.trim().normalize('NFC');
  if (isReserved(name))
    throw new UsageError(
      `${quoted(text)} cannot be the name of a device: it stands for others in commands.`,
      'Choose another name.',
    );
  if (isDeviceName(name)) return name;
  throw new UsageError(
    `${quoted(text)} cannot be the name of a device.`,
    'A name has 1 to 64 bytes, and no control characters or ones that nobody sees.',
  );
}
