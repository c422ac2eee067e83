// The first words on every connection but a transfer's first: which session each end is in, and how much of it it has received.
// docs/PROTOCOL.md section 12.
import type { Clock } from '../foundation/clock.ts';
import { violation } from '../wire/fields.ts';
import { encodeRecord } from '../wire/record.ts';
import { encodeResumeBody, parseResumeBody, type ResumePoint } from '../wire/resume-record.ts';
import type { SealedConnection } from './sealed-connection.ts';

/** How long the other end may take. */
const DEADLINE_MS = 30_000;

/** Says `own` and hears theirs. The connection is dropped on errors: `peer-gone`, `protocol-violation`, … */
export async function exchangeResume(
  connection: SealedConnection,
  own: ResumePoint,
  clock: Clock,
): Promise<ResumePoint> {
  const stop = clock.after(DEADLINE_MS, () => connection.terminate());
  try {
    await connection.send(encodeRecord('resume', encodeResumeBody(own)));
    const record = await connection.receiveFirst();
    if (record.kind !== 'resume') throw violation('a connection was not joined');
    return parseResumeBody(record.body);
  } catch (error) {
    connection.terminate();
    throw error;
  } finally {
    stop();
  }
}
