// Endings between devices that pair, or belong to one group: part of the table of errors.
import { row } from './error-row.ts';

/** Rows of ERROR_TABLE for devices and groups. */
export const DEVICE_ERRORS = {
  'pair-same-device': row(
    null,
    'person',
    false,
    'Both sides are the same device.',
    'Show the code on one device, and enter it on the other one.',
  ),
  'pair-needs-full': row(
    null,
    'person',
    false,
    'Neither of these two devices can add a device to a group: a page in a browser cannot.',
    'Pair each of them with a device that has the p2p-copy command.',
  ),
  'pair-two-groups': row(
    null,
    'person',
    false,
    'These two devices belong to different groups, and groups are never merged.',
    'Leave the group on one of them, then pair again.',
  ),
  'pair-words-differ': row(
    null,
    'network',
    false,
    'The words on the two devices were not the same: someone in between may have read along.',
    'Nothing was paired. Try again over another network.',
  ),
  'not-in-group': row(
    null,
    'peer',
    false,
    'One of the two devices is not, or no longer, a member of the group.',
    'Look at the list of devices, and pair again if it should be one.',
  ),
  'device-away': row(
    null,
    'peer',
    true,
    'That device is not there at the moment.',
    'Start p2p-copy on it and let it receive, then try again.',
  ),
  'device-idle': row(
    14,
    'peer',
    true,
    'That device is there, but nothing on it receives at the moment.',
    'Let it receive, then try again.',
  ),
  'device-busy': row(
    15,
    'peer',
    true,
    'That device is receiving something else at the moment.',
    'Try again when it is done.',
  ),
  'group-changed': row(
    null,
    'local',
    true,
    'The group of this device has changed meanwhile.',
    'Nothing was changed by this. Look at the list of devices, and try again.',
  ),
} as const;
