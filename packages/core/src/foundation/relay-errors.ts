// The rows of the table of errors that tell what a relay is or does, before the two ends have met.

import { type ErrorRow, row } from './error-row.ts';

/** Rows of `ERROR_TABLE`, which documents them. */
export const RELAY_ERRORS = {
  'relay-unreachable': row(
    null,
    'network',
    true,
    'The relay cannot be reached.',
    'Check the address and your connection, then try again.',
  ),
  'not-a-relay': row(
    null,
    'relay',
    false,
    'What answers at that address is not a p2p-copy relay.',
    'Check the relay address.',
  ),
  'relay-version': row(
    null,
    'relay',
    false,
    'The relay speaks another version of p2p-copy.',
    'Update p2p-copy here or on the relay.',
  ),
  'relay-full': row(
    null,
    'relay',
    true,
    'The relay has no room at the moment.',
    'Try again later or use another relay.',
  ),
  'rate-limited': row(
    null,
    'relay',
    true,
    'Too many attempts came from your address.',
    'Wait a minute and try again.',
  ),
  'relay-refused': row(
    null,
    'relay',
    false,
    'The relay refused the connection.',
    'Check that p2p-copy is up to date here and on the relay.',
  ),
  'origin-refused': row(
    null,
    'relay',
    false,
    'The relay does not take connections from web pages of this address.',
    'Tell whoever runs the relay: its log says what to set.',
  ),
  'relay-without-rooms': row(
    null,
    'relay',
    false,
    'The relay has no rooms, in which devices see each other.',
    'Use another relay, or ask whoever runs this one to update it.',
  ),
  'room-full': row(
    null,
    'relay',
    true,
    'Too many devices are in this room at the relay.',
    'Try again later, or ask whoever runs the relay for larger rooms.',
  ),
  'relay-token-needed': row(
    null,
    'person',
    false,
    'This relay lets only those send who have an access token for it.',
    'Ask whoever runs the relay for a token, or use another relay. To receive with a code, none is needed.',
  ),
  'relay-token-refused': row(
    null,
    'person',
    false,
    'This relay does not know that access token, or it was revoked.',
    'Check that it is the whole token and for this relay, or ask whoever runs the relay for a new one.',
  ),
  'relay-token-expired': row(
    null,
    'person',
    false,
    'The access token for this relay has expired.',
    'Ask whoever runs the relay for a new one.',
  ),
  'redirect-refused': row(
    null,
    'relay',
    false,
    'The relay sent this device to an address that is not safe to go to.',
    'Use another relay, or tell whoever runs this one.',
  ),
} as const satisfies Record<string, ErrorRow>;
