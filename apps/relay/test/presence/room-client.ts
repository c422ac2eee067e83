// A client of the rooms as the tests play it, over a real WebSocket.
import {
  encodeRoomHello,
  encodeRoomMessage,
  encodeRoomRequest,
  parseRoomMessage,
  parseRoomReply,
  type RoomReply,
  type RoomRequest,
} from '@p2p-copy/core/relay-protocol';
import type { ClientOptions } from 'ws';
import type { RunningRelay } from '../../src/index.ts';
import { opaqueKey, type RelayClient } from '../relay-client.ts';
import { clientOf } from '../running-relays.ts';

export const ROOM = opaqueKey('r');
export const OTHER_ROOM = opaqueKey('o');

type Of<Type, Reply = RoomReply> = Reply extends { type: infer Types }
  ? Type extends Types
    ? Reply
    : never
  : never;

export class RoomClient {
  readonly relay: RelayClient;

  private constructor(relay: RelayClient) {
    this.relay = relay;
  }

  /** One that has said nothing. */
  static async connect(relay: RunningRelay, options: ClientOptions = {}, query = ''): Promise<RoomClient> {
    return new RoomClient(await clientOf(relay, `/rooms${query}`, options));
  }

  /** One that was welcomed. */
  static async welcomed(relay: RunningRelay, options: ClientOptions = {}): Promise<RoomClient> {
    const client = (await RoomClient.connect(relay, options)).hello();
    await client.next('welcome');
    return client;
  }

  /** One that is in a room, under a card that is `text`. */
  static async inRoom(
    relay: RunningRelay,
    text: string,
    room = ROOM,
    options: ClientOptions = {},
  ): Promise<{ client: RoomClient; number: number; entered: Of<'entered'> }> {
    const client = await RoomClient.welcomed(relay, options);
    const entered = await client.enter(1, text, room);
    return { client, number: entered.number, entered };
  }

  hello(accessToken: string | null = null): this {
    this.relay.socket.send(encodeRoomHello({ features: [], accessToken }));
    return this;
  }

  ask(request: RoomRequest): this {
    this.relay.socket.send(encodeRoomRequest(request));
    return this;
  }

  enter(place: number, text: string, room = ROOM): Promise<Of<'entered'>> {
    this.ask({ type: 'enter', place, room, card: cardOf(text) });
    return this.next('entered');
  }

  /** @param to 0 for all others */
  say(place: number, to: number, text: string): this {
    this.relay.socket.send(encodeRoomMessage({ place, number: to, bytes: Buffer.from(text) }));
    return this;
  }

  async next<Type extends RoomReply['type']>(type: Type): Promise<Of<Type>> {
    const heard = await this.relay.next();
    const reply = 'text' in heard ? parseRoomReply(heard.text) : null;
    if (reply?.type !== type) throw new Error(`expected ${type}, heard ${JSON.stringify(heard)}`);
    return reply as Of<Type>;
  }

  /** The next message of a member, as `[place, number, text]`. */
  async nextMessage(): Promise<[place: number, number: number, text: string]> {
    const { place, number, bytes } = parseRoomMessage(Uint8Array.from(await this.relay.nextBytes()))!;
    return [place, number, Buffer.from(bytes).toString()];
  }

  nextClose(): Promise<number> {
    return this.relay.nextClose();
  }

  /** Nothing was heard before the answer to a ping that is said now. */
  async hearsNothing(): Promise<void> {
    await this.ask({ type: 'ping' }).next('pong');
  }
}

export function cardOf(text: string): string {
  return Buffer.from(text).toString('base64url');
}
