// Announces an end to the relay and waits to be paired. docs/PROTOCOL.md section 4.
import { routeHash } from '../crypto/route-hash.ts';
import type { Clock } from '../foundation/clock.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import { TransferError } from '../foundation/errors.ts';
import type { DialOptions, DialRelay, RelaySocket, SocketEvent } from '../ports/relay-socket.ts';
import { NO_PROOF } from '../relay-protocol/access-token.ts';
import { type CloseName, closeNameOf } from '../relay-protocol/close-codes.ts';
import { GOING_AWAY_CODE } from '../relay-protocol/constants.ts';
import {
  encodeFirstMessage,
  type FirstMessage,
  parseRelayMessage,
  type RelayErrorMessage,
  type RelayMessage,
} from '../relay-protocol/messages.ts';
import { stunServerOf } from '../relay-protocol/socket-url.ts';
import type { AccessProofs } from './access-proofs.ts';
import { AnnouncedSocket } from './announced-socket.ts';

/** How long a relay may take to answer what it answers at once. */
const ANSWER_DEADLINE_MS = 15_000;

/** What reaching a relay takes. */
export interface RelayAccess {
  dial: DialRelay;
  clock: Clock;
  relayUrl: string;
  signal: AbortSignal;
  proofs: AccessProofs;
}

/** What being paired at one takes besides. */
export interface PairingAccess extends RelayAccess {
  /** Told the URL of the relay's STUN server whenever the relay pairs this end; null where it has none. */
  onStunUrl(stunUrl: string | null): void;
}

/**
 * Opens a socket and says the first message, there or where the relay sends this end.
 * @throws TransferError `relay-unreachable`, `not-a-relay`
 */
export async function announce(access: RelayAccess, first: FirstMessage): Promise<AnnouncedSocket> {
  const { relayUrl, signal } = access;
  const isSender = first.type === 'allocate' || first.role === 'sender';
  const key = first.type === 'hello' ? first.key : first.nameplate;
  const route: DialOptions = key === null ? {} : { route: routeHash(key) };
  const dialAndSay = async (url: string, untilGivenUp: AbortSignal, options: DialOptions) => {
    const socket = await access.dial(url, untilGivenUp, options);
    socket.send(encodeFirstMessage(first, [], isSender ? access.proofs.at(url) : NO_PROOF));
    return socket;
  };
  return new AnnouncedSocket(await dialAndSay(relayUrl, signal, route), {
    relayUrl,
    signal,
    follow: ({ url, allows }, untilGivenUp) => dialAndSay(url, untilGivenUp, { ...route, allows }),
  });
}

/**
 * Waits until the other end is there.
 * @throws TransferError as the relay refuses; `redirect-refused`
 */
export async function awaitReady(access: PairingAccess, socket: AnnouncedSocket): Promise<void> {
  takeReady(access, socket, answerOf(await socket.receive()));
}

/** The same for a receiver with a nameplate, whom the relay pairs at once or refuses. */
export async function awaitReadyInTime(access: PairingAccess, socket: AnnouncedSocket): Promise<void> {
  takeReady(access, socket, await relayAnswer(access, socket));
}

function takeReady(access: PairingAccess, { relayUrl }: AnnouncedSocket, answer: Answer): void {
  const { pass, stunPort } = expectReady(answer);
  if (pass !== null) access.proofs.keepPass(relayUrl, pass);
  access.onStunUrl(stunPort === null ? null : stunServerOf(relayUrl, stunPort));
}

/** The error that a refusal is to a person. What the relay says in its own words is shown to nobody. */
export function refusalError({ code, retryAfterMs, isAway, isPlanned = false }: Refusal): TransferError {
  const known = code === 'connection-lost' ? code : code === null ? 'relay-refused' : ERROR_OF_CLOSE[code];
  const told = isAway === true && known === 'code-in-use' ? 'sender-away' : known;
  return new TransferError(told, undefined, { isPlanned, ...(retryAfterMs !== null && { retryAfterMs }) });
}

/** An error message, or a close without one. */
type Refusal = Omit<RelayErrorMessage, 'code'> & {
  code: CloseName | 'connection-lost' | null;
  /** Whether the relay said that it shuts down. */
  isPlanned?: boolean;
};
type Answer = Exclude<RelayMessage, RelayErrorMessage> | Refusal;

const ERROR_OF_CLOSE: { [Name in CloseName]: ErrorCode } = {
  'bad-hello': 'relay-refused',
  'token-needed': 'relay-token-needed',
  'token-refused': 'relay-token-refused',
  'token-expired': 'relay-token-expired',
  'unknown-code': 'unknown-code',
  'hello-timeout': 'relay-refused',
  'code-in-use': 'code-in-use',
  'peer-left': 'peer-gone',
  replaced: 'connection-lost',
  'wait-expired': 'wait-expired',
  'wrong-version': 'relay-version',
  'transfer-limit': 'relay-limit-transfer',
  'day-limit': 'relay-limit-day',
  'time-limit': 'relay-limit-time',
  'idle-limit': 'relay-limit-idle',
  'rate-limited': 'rate-limited',
  'relay-full': 'relay-full',
};

/**
 * The relay's first answer, where it comes at once. The socket is dropped when the access's signal is aborted meanwhile.
 * @throws TransferError `not-a-relay`, `redirect-refused`
 */
export async function relayAnswer(access: RelayAccess, socket: RelaySocket): Promise<Answer> {
  return answerOf(await firstEvent(access, socket));
}

/**
 * The first thing that the relay says, where that comes at once. The socket is dropped as by `relayAnswer`.
 * @throws TransferError `not-a-relay` for silence; `redirect-refused`
 */
export async function firstEvent(access: RelayAccess, socket: RelaySocket): Promise<SocketEvent> {
  let silent = false;
  const stop = access.clock.after(ANSWER_DEADLINE_MS, () => {
    silent = true;
    socket.terminate();
  });
  const giveUp = () => socket.terminate();
  access.signal.addEventListener('abort', giveUp, { once: true });
  if (access.signal.aborted) giveUp();
  try {
    const event = await socket.receive();
    if (!silent) return event;
  } finally {
    stop();
    access.signal.removeEventListener('abort', giveUp);
  }
  throw new TransferError('not-a-relay', 'What listens at that address does not answer as a p2p-copy relay.');
}

function answerOf(event: SocketEvent): Answer {
  if (event.kind === 'closed') return refusalOfClose(event.code);
  const message = event.kind === 'text' ? parseRelayMessage(event.text) : null;
  if (message === null) throw new TransferError('not-a-relay');
  return message;
}

function expectReady(answer: Answer): RelayMessage & { type: 'ready' } {
  if (answer.type === 'error') throw refusalError(answer);
  // A redirect comes before anything else, and is followed then.
  if (answer.type === 'redirect') throw new TransferError('redirect-refused');
  if (answer.type !== 'ready') throw new TransferError('not-a-relay');
  return answer;
}

/** The error that a close code is to a person. */
export function closeError(code: number): TransferError {
  return refusalError(refusalOfClose(code));
}

function refusalOfClose(code: number): Refusal {
  const isPlanned = code === GOING_AWAY_CODE;
  const unsaid = { retryAfterMs: null, digits: null };
  return { type: 'error', code: closeNameOf(code) ?? 'connection-lost', ...unsaid, isPlanned };
}
