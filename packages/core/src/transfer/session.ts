// How the sessions of one transfer follow each other.

import type { TransferEvent, TransferResult } from '../api/events.ts';
import type { EnginePorts, PathChoice, SendOptions } from '../api/options.ts';
import { webBulkCrypto } from '../crypto/web-bulk-crypto.ts';
import { DirectWays } from '../direct/direct-ways.ts';
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import { invariant } from '../foundation/invariant.ts';
import { meetAnew } from '../link/meet-anew.ts';
import type { MeetingAccess } from '../link/meet-at-relay.ts';
import { laterSession, type MetSession } from '../link/met-session.ts';
import type { OutageNews } from '../link/outage.ts';
import type { SealedConnection } from '../link/sealed-connection.ts';
import type { OfferedEntries } from '../offer/offered-entries.ts';
import type { DirectNetwork } from '../ports/direct-network.ts';
import type { Outage, Role } from '../ports/rendezvous.ts';
import type { Code } from '../wire/code.ts';
import { LINKS, OUR_FEATURES } from '../wire/greeting.ts';

/** Options of one session of a sender. */
export interface PassOptions extends SendOptions {
  offered: OfferedEntries;
  /** Whether it is for files that changed while they were sent. */
  isAgain: boolean;
  /** Whether files that change now are given up. */
  isLastPass: boolean;
  /** How large what was sent turned out to be, by path, over all passes. */
  sentSizes: Map<string, number>;
  /** Paths of files that were changed while they were sent, and are delivered as they were offered. */
  grown: Set<string>;
  /** Null where only the relay is a way. */
  direct: DirectWays | null;
}

/** How a later session of a transfer begins: by its secret, or on a connection that is there already. */
export type LaterStart =
  | { by: 'secret'; transferSecret: Bytes }
  | { by: 'connection'; transferSecret: Bytes; connection: SealedConnection };

/** The first session begins by a code. */
export type SenderStart = { by: 'code' } | LaterStart;
/** How a session of a receiver begins; the first one by a code. */
export type ReceiverStart = { by: 'code'; code: Code } | LaterStart;

/** What a session delivered, and the indices of files that changed meanwhile. */
export interface SessionResult {
  result: TransferResult;
  left: ReadonlySet<number>;
}

/** How a session ends, other than with an error. */
export type SessionOutcome =
  | { name: 'done'; result: TransferResult }
  /** The other end has lost the session: this is for the next one. */
  | { name: 'restarted'; start: LaterStart }
  /** Files changed meanwhile: another session is for those with these indices. `result` is for the others. */
  | { name: 'again'; start: LaterStart; result: TransferResult; left: ReadonlySet<number> };

/** The event that tells an app of a connection that is missing, or is there again. */
export function outageEvent(outage: Outage | null): TransferEvent {
  return outage === null ? { type: 'reconnected', restarted: false } : { type: 'reconnecting', ...outage };
}

/**
 * What the meetings of one session take.
 * @param direct null where only the relay is a way
 * @param hasLinks whether entries may be links, as far as this end goes
 * @param signal aborted when the session ends
 */
export function meetingAccess(
  ports: EnginePorts,
  relayUrl: string,
  { direct, hasLinks }: { direct: DirectWays | null; hasLinks: boolean },
  signal: AbortSignal,
): MeetingAccess {
  const { rendezvousAt, clock, bulk = webBulkCrypto } = ports;
  return {
    rendezvous: rendezvousAt(relayUrl),
    clock,
    bulk,
    features: ownFeatures({ direct, hasLinks }),
    signal,
  };
}

/** What this end can do beyond the version, in each of its handshakes. */
function ownFeatures({ direct, hasLinks }: { direct: DirectWays | null; hasLinks: boolean }): string[] {
  return [...OUR_FEATURES, ...(direct?.features ?? []), ...(hasLinks ? [LINKS] : [])];
}

/** How the first session of a transfer begins whose ends meet in their own way. @param meet told the features of this end */
export async function connectionStart(
  meet: (features: readonly string[]) => Promise<MetSession>,
  terms: { direct: DirectWays | null; hasLinks: boolean },
): Promise<LaterStart & { by: 'connection' }> {
  const { connection, transferSecret } = await meet(ownFeatures(terms));
  return { by: 'connection', transferSecret, connection };
}

/**
 * The direct ways of one transfer; null where only the relay is one.
 * @throws TransferError `no-quic` where QUIC alone is wanted, and this device lacks it or can't load it
 */
export function directWays(ports: EnginePorts, role: Role, choice: PathChoice = 'auto'): DirectWays | null {
  const { clock, bulk = webBulkCrypto } = ports;
  const network = choice === 'quic' ? null : (ports.direct ?? null);
  const quic = choice === 'tcp' ? null : (ports.quic ?? null);
  const rtc = choice === 'tcp' || choice === 'quic' ? null : (ports.rtc ?? null);
  if (choice === 'quic') expectUsable(quic);
  if (choice === 'relay' || (network === null && quic === null && rtc === null)) return null;
  return new DirectWays({ network, quic, rtc, clock, bulk, role, only: choice !== 'auto' });
}

/** @throws TransferError `no-quic` */
function expectUsable(quic: DirectNetwork | null): void {
  if (quic === null) throw new TransferError('no-quic');
  try {
    quic.load?.();
  } catch (cause) {
    throw new TransferError('no-quic', undefined, { cause });
  }
}

/**
 * Meets the other end of a transfer for another session.
 * @param news hears what is missing meanwhile
 * @throws TransferError those of `meetAnew`
 */
export async function meetLater(
  access: MeetingAccess,
  role: Role,
  start: LaterStart,
  reconnectTimeoutMs: number,
  news: OutageNews,
): Promise<MetSession> {
  const { transferSecret } = start;
  const connection =
    start.by === 'connection'
      ? start.connection
      : await meetAnew(access, role, transferSecret, reconnectTimeoutMs, null, news);
  news.end();
  return laterSession(connection, transferSecret);
}

/** Ends of a search in which nobody was met. */
const NOBODY: ReadonlySet<ErrorCode> = new Set([
  'peer-gone',
  'peer-silent',
  'wait-expired',
  'connection-lost',
]);

/** Why a sender fails that has everything acknowledged: nobody is there to confirm it; or as it is. */
export function unconfirmed(error: unknown): unknown {
  const isMissed = error instanceof TransferError && NOBODY.has(error.code);
  return isMissed ? new TransferError('unconfirmed', undefined, { cause: error }) : error;
}

/** How a session goes on that ended well. @param phase null when the other end has lost the session */
export function outcomeOf(
  name: 'done' | 'restarted',
  phase: { readonly result: SessionResult } | null,
  session: { readonly laterStart: LaterStart } | null,
): SessionOutcome {
  invariant(session !== null, 'a session that ended well has begun');
  const start = session.laterStart;
  if (phase === null) return { name: 'restarted', start };
  const { result, left } = phase.result;
  return name === 'done' ? { name, result } : { name: 'again', start, result, left };
}
