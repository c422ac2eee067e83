// Two devices and what connects them, in memory or over whatever a test gives.
import { webBulkCrypto } from '../../src/crypto/web-bulk-crypto.ts';
import type { OwnGroup } from '../../src/group/own-group.ts';
import type { DeviceClass } from '../../src/identity/device-name.ts';
import type { DeviceKey } from '../../src/identity/device-signature.ts';
import { type FirstSession, firstSession } from '../../src/link/met-session.ts';
import { secureChannel } from '../../src/link/secure-channel.ts';
import {
  type DeviceSession,
  type DeviceSessionOptions,
  meetDevice,
} from '../../src/pairing/device-session.ts';
import {
  type PairAnswer,
  type Paired,
  type PairQuestion,
  pairDevices,
} from '../../src/pairing/pair-devices.ts';
import type { Channel } from '../../src/ports/channel.ts';
import type { Role } from '../../src/ports/rendezvous.ts';
import { type Device, noPause } from '../group/devices.ts';
import { channelPair, type PairedChannel } from '../link/channel-pair.ts';
import { realClock } from '../transfer/rig/run-pair.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const PORTS = { clock: realClock, bulk: webBulkCrypto };
const PRS: Bytes = new Uint8Array(32).fill(4);

export interface PairEnd {
  key: DeviceKey;
  name: string;
  deviceClass?: DeviceClass;
  group?: OwnGroup | null;
  answer?: (question: PairQuestion, signal: AbortSignal) => Promise<PairAnswer> | PairAnswer;
  keep?: (group: OwnGroup) => Promise<void>;
}

/** What an end saw and kept. */
export interface Seen {
  questions: PairQuestion[];
  kept: OwnGroup[];
}

/** The handshake of a code, as `CodeMeeting` and `CodeJoining` do it. */
export async function metByCode(channel: Channel, role: Role, prs: Bytes = PRS): Promise<FirstSession> {
  const secured = await secureChannel(channel, { role, purpose: 'pair', key: '7', prs, lanes: 1 }, PORTS);
  return firstSession(secured.connection, secured.sessionKey);
}

export async function pairEnd(channel: Channel, role: Role, end: PairEnd, seen: Seen): Promise<Paired> {
  const { key, name, deviceClass = 'full', group = null, answer = () => ({ isSame: true }) } = end;
  return pairDevices(await metByCode(channel, role), {
    role,
    key,
    own: { deviceClass, kind: deviceClass === 'full' ? 'terminal' : 'page', name },
    group,
    clock: realClock,
    confirm: async (question, signal) => {
      seen.questions.push(question);
      return answer(question, signal);
    },
    keep: async (kept) => {
      seen.kept.push(kept);
      await end.keep?.(kept);
    },
  });
}

export interface PairRun {
  initiator: PromiseSettledResult<Paired>;
  responder: PromiseSettledResult<Paired>;
  seen: [Seen, Seen];
  channels: [PairedChannel, PairedChannel];
}

/** Both ends of a pairing. @param tamper changes the channels before anything is said */
export async function runPairing(
  initiator: PairEnd,
  responder: PairEnd,
  tamper: (a: PairedChannel, b: PairedChannel) => void = () => {},
): Promise<PairRun> {
  const channels = channelPair();
  tamper(...channels);
  const seen: [Seen, Seen] = [
    { questions: [], kept: [] },
    { questions: [], kept: [] },
  ];
  const [first, second] = await Promise.allSettled([
    pairEnd(channels[0], 'sender', initiator, seen[0]),
    pairEnd(channels[1], 'receiver', responder, seen[1]),
  ]);
  return { initiator: first, responder: second, seen, channels };
}

export interface SessionEnd extends Partial<DeviceSessionOptions> {
  device: Pick<Device, 'key' | 'group'>;
}

/** One end of a session between devices. */
export function sessionEnd(
  channel: Channel,
  role: Role,
  { device, ...options }: SessionEnd,
  peer: Bytes,
): Promise<DeviceSession> {
  const { key, group } = device;
  return meetDevice(
    channel,
    {
      role,
      rendezvousKey: new Uint8Array(32).fill(8),
      prs: PRS,
      key,
      group,
      epoch: group.chain.epoch,
      peer,
      lanes: 1,
      keep: noPause,
      ...options,
    },
    PORTS,
  );
}

/** A session of two devices that mean each other. */
export async function runSession(
  one: SessionEnd,
  other: SessionEnd,
  tamper: (a: PairedChannel, b: PairedChannel) => void = () => {},
): Promise<[PromiseSettledResult<DeviceSession>, PromiseSettledResult<DeviceSession>]> {
  const [a, b] = channelPair();
  tamper(a, b);
  const ended = (run: Promise<DeviceSession>, channel: PairedChannel) =>
    run.catch((error: unknown) => {
      channel.terminate();
      throw error;
    });
  return Promise.allSettled([
    ended(sessionEnd(a, 'sender', one, other.device.key.publicKey), a),
    ended(sessionEnd(b, 'receiver', other, one.device.key.publicKey), b),
  ]);
}
