// What a visit to a room is given, and what follows from it.
import type { Bytes } from '../foundation/bytes.ts';
import type { Chain } from '../group/chain.ts';
import type { RoomScope } from '../group/group-keys.ts';
import type { DeviceKind } from '../identity/device-name.ts';
import type { DeviceKey } from '../identity/device-signature.ts';
import type { PresentMember } from './present-member.ts';
import type { RoomMessage } from './room-message.ts';

/** What a visit needs. */
export interface VisitOptions {
  scope: RoomScope;
  key: DeviceKey;
  kind: DeviceKind;
  /** As this device calls itself. */
  name: string;
  /** As it is at that moment. */
  chain(): Chain;
  /** Of an older epoch: nothing is heard there but what hands over the chain. */
  isOld: boolean;
  /** Whether the card names this device. In an older room only while the present secret is missing. */
  isNamed: boolean;
}

/** Bytes for the member with that number. */
export interface Outgoing {
  number: number;
  bytes: Bytes;
}

/** What a visit tells its app. */
export type PresenceEvent =
  | { type: 'there' | 'gone'; publicKey: Bytes; kind: DeviceKind }
  | { type: 'message'; from: PresentMember; message: RoomMessage }
  /** Its chain differs from this one, or it lacks what this end has: the two should meet. Then `from.syncEnded` is to be called. */
  | { type: 'sync'; from: PresentMember };

/** What follows from what a relay passed on. */
export interface RoomResult {
  send: Outgoing[];
  events: PresenceEvent[];
}
