// Rooms, in which devices are present: how many, how large, and how much their members may say. docs/PROTOCOL.md section 19.
import { bytes, whole } from '../kinds.ts';
import { type Setting, setting } from '../setting.ts';

const MIB = 1024 * 1024;

const places = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('places', 1, 1_000_000), byDefault, { purpose, isReloadable: true });

const messages = (byDefault: number, purpose: string): Setting<number> =>
  setting(whole('per minute', 10, 1_000_000_000), byDefault, { purpose, isReloadable: true });

const amount = (byDefault: number, purpose: string): Setting<number> =>
  setting(bytes(65_536, 1_000_000_000_000), byDefault, { purpose, isReloadable: true });

export const ROOMS = {
  maxPlaces: places(20_000, 'Places in rooms at once; a device in two rooms has two.'),
  maxPlacesPerAddress: places(1_000, 'The same for one address (IPv6: one /64).'),
  maxPlacesPerSite: places(4_000, 'The same for one IPv6 /48.'),
  maxMembersPerRoom: setting(whole('members', 2, 128), 64, {
    purpose: 'Devices in one room.',
    isReloadable: true,
  }),
  maxRoomsPerConnection: setting(whole('rooms', 1, 8), 8, {
    purpose: 'Rooms of one connection; 1 behind a balancer that sends each room to one relay by k.',
    isReloadable: true,
  }),
  roomMessagesPerMinute: messages(
    6_000,
    'Messages that one connection says in rooms, and those that the relay writes for them.',
  ),
  roomMessagesPerMinutePerAddress: messages(60_000, 'The same for one address (IPv6: one /64).'),
  roomMessagesPerMinutePerSite: messages(240_000, 'The same for one IPv6 /48.'),
  roomBytesPerMinute: amount(16 * MIB, 'Bytes of those of one connection.'),
  roomBytesPerMinutePerAddress: amount(160 * MIB, 'The same for one address (IPv6: one /64).'),
  roomBytesPerMinutePerSite: amount(640 * MIB, 'The same for one IPv6 /48.'),
  // The cards of a full room fit in the least.
  roomBacklogBytes: setting(bytes(MIB, 64 * MIB), MIB, {
    purpose: 'Waiting towards one device in rooms before it is dropped.',
    isReloadable: true,
  }),
};
