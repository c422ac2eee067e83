// The first words on every connection but a transfer's first: which session each end is in, and how much of it it has heard.
// docs/PROTOCOL.md section 12.
import type { Clock } from '../foundation/clock.ts';
import { violation } from '../wire/fields.ts';
import { encodeRecord } from '../wire/record.ts';
import { encodeRejoinBody, parseRejoinBody, type Rejoin } from '../wire/resume-record.ts';
import type { SealedLane } from './sealed-connection.ts';

/** How long the other end may take. */
const DEADLINE_MS = 30_000;

/** Says `own` and hears theirs. The connection is dropped on errors: `peer-gone`, `protocol-violation`, … */
export async function exchangeRejoin(connection: SealedLane, own: Rejoin, clock: Clock): Promise<Rejoin> {
  const stop = clock.after(DEADLINE_MS, () => connection.terminate());
  try {
    await connection.send(encodeRecord('rejoin', encodeRejoinBody(own)));
    const record = await connection.receiveFirst();
    if (record.kind !== 'rejoin') throw violation('a connection was not joined');
    return parseRejoinBody(record.body);
  } catch (error) {
    connection.terminate();
    throw error;
  } finally {
    stop();
  }
}
