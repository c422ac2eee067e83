// What two ends that have met begin a session with, however they met. docs/PROTOCOL.md sections 6 and 12.
import {
  deriveProofBinding,
  deriveSessionName,
  deriveTransferSecret,
  deriveVerifier,
} from '../crypto/derive-keys.ts';
import type { Bytes } from '../foundation/bytes.ts';
import { wordAt } from '../wire/code.ts';
import type { SealedConnection } from './sealed-connection.ts';

/** What a session begins with. */
export interface MetSession {
  /** Of lane 0. */
  connection: SealedConnection;
  /** The session’s name, 16 bytes. */
  session: Bytes;
  transferSecret: Bytes;
  /** Words that people may compare; null where the ends didn’t meet by code. */
  verifier: string[] | null;
}

/** What the first session begins with. */
export interface FirstSession extends MetSession {
  verifier: string[];
  /** What proofs of device keys are bound to, 32 bytes. docs/PROTOCOL.md section 20. */
  binding: Bytes;
}

/** The first session of a transfer. @param sessionKey of the meeting by code, whichever connection the session goes on over */
export async function firstSession(connection: SealedConnection, sessionKey: Bytes): Promise<FirstSession> {
  const verifier = await deriveVerifier(sessionKey);
  return {
    connection,
    session: await deriveSessionName(sessionKey),
    transferSecret: await deriveTransferSecret(sessionKey),
    verifier: verifier.map(wordAt),
    binding: await deriveProofBinding(sessionKey),
  };
}

/** A later session, of ends that have met under the transfer’s secret. */
export function laterSession(connection: SealedConnection, transferSecret: Bytes): MetSession {
  return { connection, session: connection.sessionName, transferSecret, verifier: null };
}
