// The first record each way on a connection that goes on: which session, what was received, and, where there are several ways, which
// connection the sender nominates. docs/PROTOCOL.md sections 12 and 18.
import { equalBytes } from '../foundation/bytes.ts';
import type { Clock } from '../foundation/clock.ts';
import { TransferError } from '../foundation/errors.ts';
import type { Role } from '../ports/rendezvous.ts';
import { violation } from '../wire/fields.ts';
import { knowDirectPaths } from '../wire/greeting.ts';
import { encodeRecord } from '../wire/record.ts';
import { encodeResumeBody, parseResumeBody, type ResumePoint } from '../wire/resume-record.ts';
import type { SealedConnection } from './sealed-connection.ts';

/** How long the other end may take, */
const DEADLINE_MS = 30_000;
/** and how long it may take to answer a nomination: another connection may be better. */
const ANSWER_DEADLINE_MS = 5_000;

/** What this end says: of a receiver the last generation that it took, of a sender the one that it nominates. */
export type OwnPoint = ResumePoint & { generation: number };

/** Says `own` and hears theirs. The connection is dropped on errors: `peer-gone`, `protocol-violation`, … */
export async function exchangeResume(
  connection: SealedConnection,
  role: Role,
  own: () => OwnPoint,
  clock: Clock,
  isRaced = false,
): Promise<ResumePoint> {
  const isNominated = knowDirectPaths(connection.features);
  const deadlineMs = isNominated && isRaced && role === 'sender' ? ANSWER_DEADLINE_MS : DEADLINE_MS;
  const stop = clock.after(deadlineMs, () => connection.terminate());
  try {
    if (!isNominated) {
      await say(connection, { ...own(), generation: null });
      return await hear(connection, false);
    }
    return role === 'sender' ? await nominate(connection, own()) : await answer(connection, own);
  } catch (error) {
    connection.terminate();
    throw error;
  } finally {
    stop();
  }
}

async function nominate(connection: SealedConnection, own: OwnPoint): Promise<ResumePoint> {
  await say(connection, own);
  const theirs = await hear(connection, true);
  if (theirs.generation !== own.generation)
    throw violation('another connection was answered than was nominated');
  return theirs;
}

async function answer(connection: SealedConnection, own: () => OwnPoint): Promise<ResumePoint> {
  const theirs = await hear(connection, true);
  const { session, received, generation } = own();
  const isSame = session !== null && theirs.session !== null && equalBytes(session, theirs.session);
  // A nomination that another one has overtaken.
  if (isSame && theirs.generation! <= generation) throw new TransferError('connection-lost');
  await say(connection, { session, received, generation: theirs.generation });
  return theirs;
}

async function say(connection: SealedConnection, point: ResumePoint): Promise<void> {
  await connection.send(encodeRecord('resume', encodeResumeBody(point)));
}

async function hear(connection: SealedConnection, hasGeneration: boolean): Promise<ResumePoint> {
  const record = await connection.receiveFirst();
  if (record.kind !== 'resume') throw violation('a connection was not joined');
  return parseResumeBody(record.body, hasGeneration);
}
