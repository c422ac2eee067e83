// Endings at a limit that a relay's operator has set: part of the table of errors.
import { row } from './error-row.ts';

/** Rows of ERROR_TABLE for endings at a relay’s limit. */
export const LIMIT_ERRORS = {
  'relay-limit-transfer': row(
    null,
    'relay',
    false,
    'The relay has passed as much as it passes for one transfer.',
    'What has arrived is kept. Go on over another relay, or ask whoever runs this one.',
  ),
  'relay-limit-day': row(
    null,
    'relay',
    true,
    'The access token in use has passed all that the relay lets it pass in a day.',
    'What has arrived is kept. Go on tomorrow, or ask whoever runs the relay for more.',
  ),
  'relay-limit-time': row(
    null,
    'relay',
    true,
    'The relay keeps no connection for longer than this one has lasted.',
    'What has arrived is kept. Go on with it, or use another relay.',
  ),
  'relay-limit-idle': row(
    null,
    'relay',
    true,
    'The relay ended the connection, because nothing was sent for too long.',
    'What has arrived is kept. Start again when both are ready.',
  ),
  'relay-limit-network': row(
    null,
    'relay',
    false,
    'The relay takes no connections from this network.',
    'Use another network or another relay, or ask whoever runs this one.',
  ),
} as const;
