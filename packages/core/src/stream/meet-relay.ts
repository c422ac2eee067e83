// Announces an end to the relay and waits to be paired. docs/PROTOCOL.md section 4.
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { BulkCrypto } from '../ports/bulk-crypto.ts';
import type { Clock } from '../ports/clock.ts';
import type { DialRelay, RelaySocket, SocketEvent } from '../ports/relay-socket.ts';
import { type CloseName, closeNameOf } from '../relay-protocol/close-codes.ts';
import {
  encodeFirstMessage,
  type FirstMessage,
  parseRelayMessage,
  type RelayMessage,
} from '../relay-protocol/messages.ts';

/** How long a relay may take to answer what it answers at once. */
const ANSWER_DEADLINE_MS = 15_000;

export interface RelayAccess {
  dial: DialRelay;
  clock: Clock;
  bulk: BulkCrypto;
  relayUrl: string;
  signal: AbortSignal;
}

export interface Allocation {
  socket: RelaySocket;
  nameplate: string;
  /** Lets this sender wait under its nameplate again. */
  token: string;
}

/** Asks for a nameplate, or for that one. Errors: `code-taken`, and those of `announce`. */
export async function allocateNameplate(access: RelayAccess, nameplate: string | null): Promise<Allocation> {
  const socket = await announce(access, { type: 'allocate', nameplate });
  const answer = await answerInTime(access, socket, 'code-taken');
  if (answer.type !== 'allocated') throw new TransferError('not-a-relay');
  return { socket, nameplate: answer.nameplate, token: answer.token };
}

/** Opens a socket and says the first message. Errors: `relay-unreachable`, `not-a-relay`. */
export async function announce(access: RelayAccess, first: FirstMessage): Promise<RelaySocket> {
  const socket = await access.dial(access.relayUrl, access.signal);
  socket.send(encodeFirstMessage(first));
  return socket;
}

/** Announces a receiver at a nameplate. Errors: as `announce`. */
export async function announceReceiver(access: RelayAccess, nameplate: string): Promise<RelaySocket> {
  const socket = await announce(access, { type: 'hello', role: 'receiver', key: nameplate, token: null });
  // The run may have ended while the connection was being made.
  if (access.signal.aborted) socket.terminate();
  return socket;
}

/** Waits until the other end is there. Errors: as the relay closes. */
export async function awaitReady(socket: RelaySocket): Promise<void> {
  const answer = relayMessageOf(await socket.receive(), 'code-in-use');
  if (answer.type !== 'ready') throw new TransferError('not-a-relay');
}

/** The same for a receiver with a nameplate, whom the relay pairs at once or refuses. */
export async function awaitReadyInTime(access: RelayAccess, socket: RelaySocket): Promise<void> {
  const answer = await answerInTime(access, socket, 'code-in-use');
  if (answer.type !== 'ready') throw new TransferError('not-a-relay');
}

/** The error behind a close of the relay's connection. */
export function closeError(code: number, inUse: ErrorCode = 'code-in-use'): TransferError {
  const name = closeNameOf(code);
  if (name === null) return new TransferError('connection-lost');
  return new TransferError(name === 'code-in-use' ? inUse : ERROR_OF_CLOSE[name]);
}

const ERROR_OF_CLOSE: { [Name in CloseName]: ErrorCode } = {
  'bad-hello': 'relay-refused',
  'unknown-code': 'unknown-code',
  'hello-timeout': 'relay-refused',
  'code-in-use': 'code-in-use',
  'peer-left': 'peer-gone',
  replaced: 'connection-lost',
  'wait-expired': 'wait-expired',
  'wrong-version': 'relay-version',
  'rate-limited': 'rate-limited',
  'relay-full': 'relay-full',
};

async function answerInTime(
  access: RelayAccess,
  socket: RelaySocket,
  inUse: ErrorCode,
): Promise<RelayMessage> {
  let silent = false;
  const stop = access.clock.after(ANSWER_DEADLINE_MS, () => {
    silent = true;
    socket.terminate();
  });
  const event = await socket.receive();
  stop();
  if (silent)
    throw new TransferError(
      'not-a-relay',
      'What listens at that address does not answer as a p2p-copy relay.',
    );
  return relayMessageOf(event, inUse);
}

function relayMessageOf(event: SocketEvent, inUse: ErrorCode): RelayMessage {
  if (event.kind === 'closed') throw closeError(event.code, inUse);
  const message = event.kind === 'text' ? parseRelayMessage(event.text) : null;
  if (message === null) throw new TransferError('not-a-relay');
  return message;
}
