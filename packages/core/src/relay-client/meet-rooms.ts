// Opens a connection to the rooms of a relay, and tells a relay that has none. docs/PROTOCOL.md section 19.
import { routeHash } from '../crypto/route-hash.ts';
import { TransferError } from '../foundation/errors.ts';
import type { DialOptions, RelaySocket } from '../ports/relay-socket.ts';
import { ROOMS_SOCKET_PATH } from '../relay-protocol/constants.ts';
import { parseRelayMessage } from '../relay-protocol/messages.ts';
import { parseRoomReply } from '../relay-protocol/room-replies.ts';
import { encodeRoomHello } from '../relay-protocol/room-requests.ts';
import { AnnouncedSocket } from './announced-socket.ts';
import { closeError, firstEvent, type RelayAccess, refusalError } from './meet-relay.ts';

/** A connection that the relay has welcomed. */
export interface WelcomedSocket {
  socket: RelaySocket;
  /** Rooms that it may be in at once. */
  rooms: number;
}

/**
 * Opens a connection for the room of `key`, and for others as far as the relay allows.
 * @throws TransferError `relay-without-rooms`; those of the dial; as the relay refuses; `not-a-relay`, `redirect-refused`
 */
export async function meetRooms(access: RelayAccess, key: string): Promise<WelcomedSocket> {
  const options: DialOptions = { route: routeHash(key), path: ROOMS_SOCKET_PATH };
  let socket: AnnouncedSocket;
  try {
    socket = await sayHello(access, options);
  } catch (error) {
    if (!isNoSocket(error)) throw error;
    socket = await orWithoutRooms(access, options, error);
  }
  return welcomed(access, socket);
}

async function sayHello(access: RelayAccess, options: DialOptions): Promise<AnnouncedSocket> {
  const { relayUrl, signal } = access;
  const dialAndSay = async (url: string, untilGivenUp: AbortSignal, dialOptions: DialOptions) => {
    const socket = await access.dial(url, untilGivenUp, dialOptions);
    socket.send(encodeRoomHello({ features: [], accessToken: access.proofs.at(url).accessToken }));
    return socket;
  };
  return new AnnouncedSocket(await dialAndSay(relayUrl, signal, options), {
    relayUrl,
    signal,
    follow: ({ url, allows }, untilGivenUp) => dialAndSay(url, untilGivenUp, { ...options, allows }),
  });
}

/**
 * Tells a relay without rooms from one that can't be reached, also where a platform doesn't tell: it takes a WebSocket for
 * pairing, and still none for rooms. A relay that has just come back takes both.
 */
async function orWithoutRooms(
  access: RelayAccess,
  options: DialOptions,
  first: unknown,
): Promise<AnnouncedSocket> {
  try {
    const pairing = await access.dial(access.relayUrl, access.signal, { route: options.route! });
    pairing.close();
  } catch {
    throw first;
  }
  try {
    return await sayHello(access, options);
  } catch (error) {
    throw isNoSocket(error) ? new TransferError('relay-without-rooms', undefined, { cause: error }) : error;
  }
}

function isNoSocket(error: unknown): boolean {
  return error instanceof TransferError && ['relay-unreachable', 'not-a-relay'].includes(error.code);
}

async function welcomed(access: RelayAccess, socket: AnnouncedSocket): Promise<WelcomedSocket> {
  const event = await firstEvent(access, socket);
  if (event.kind === 'closed') throw closeError(event.code);
  const reply = event.kind === 'text' ? parseRoomReply(event.text) : null;
  if (reply?.type === 'welcome') return { socket, rooms: reply.rooms };
  socket.terminate();
  const message = event.kind === 'text' ? parseRelayMessage(event.text) : null;
  throw message?.type === 'error' ? refusalError(message) : new TransferError('not-a-relay');
}
