// What a presence among the devices of a group is given, and what it tells.
import type { Bytes } from '../foundation/bytes.ts';
import type { ErrorCode } from '../foundation/error-table.ts';
import type { TransferError } from '../foundation/errors.ts';
import type { Moment } from '../foundation/observed-age.ts';
import type { Member } from '../group/chain.ts';
import type { OwnGroup, Taken } from '../group/own-group.ts';
import type { DeviceKind } from '../identity/device-name.ts';
import type { DeviceKey } from '../identity/device-signature.ts';
import type { MetSession } from '../link/met-session.ts';
import type { Rooms } from '../ports/rooms.ts';
import type { DeviceMeetingPorts } from './meet-device-at.ts';

/** What a presence stands on. */
export interface GroupPresencePorts extends DeviceMeetingPorts {
  rooms: Rooms;
}

/** A device that asks to send something, which it begins to once it is met. */
export interface DeviceOffer {
  publicKey: Bytes;
  kind: DeviceKind;
  /** @param features of this end. @throws TransferError those of `meetDeviceAt`; `not-in-group` */
  meet(features: readonly string[]): Promise<MetSession>;
}

/** What happens among the devices of a group. */
export type GroupEvent =
  /** The present room is entered. */
  | { type: 'entered' }
  | { type: 'there' | 'gone'; publicKey: Bytes; kind: DeviceKind }
  /** The relay is out of reach, and sought. */
  | { type: 'away'; why: TransferError }
  /** It isn't sought any more. */
  | { type: 'ended'; why: TransferError }
  /** Another member's view was taken over, and is kept. */
  | { type: 'changed'; kind: Taken['kind']; removed: readonly Member[] };

/** Who has heard of a change that this device made: keys in hex. */
export interface ChangeTold {
  told: ReadonlySet<string>;
  /** All others of the group, those that are away among them, and who was removed where it is there. */
  untold: ReadonlySet<string>;
}

/** Who this device is, and what it does when it is asked. */
export interface GroupPresenceOptions {
  key: DeviceKey;
  kind: DeviceKind;
  /** As this device calls itself. */
  name: string;
  group: OwnGroup;
  now(): Moment;
  /**
   * Keeps what a sync brought, with what other processes have kept meanwhile.
   * @returns all that is kept: the group from now on
   */
  keep(group: OwnGroup, taken: Taken): Promise<OwnGroup>;
  onEvent(event: GroupEvent): void;
  /** A device wants to send. @returns why it may not; null where the offer is taken up */
  onOffer(offer: DeviceOffer): ErrorCode | null;
}
