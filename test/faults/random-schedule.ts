// What goes wrong in a transfer that a seed stands for.
import type { Direction, Fault, ScheduledFault } from './fault-script.ts';
import { type Random, seededRandom } from './seeded-random.ts';

export interface RandomCase {
  seed: number;
  /** In front of which end the proxy stands. */
  proxied: 'sender' | 'receiver';
  schedule: ScheduledFault[];
}

/** @param messages How many binary messages each end sends when nothing goes wrong. */
export function randomCase(seed: number, messages: { sender: number; receiver: number }): RandomCase {
  const random = seededRandom(seed);
  const proxied = random.one(['sender', 'receiver'] as const);
  const schedule = Array.from({ length: random.one([1, 1, 1, 2, 3]) }, (): ScheduledFault => {
    const direction = random.one<Direction>(['up', 'down']);
    const isSenders = (proxied === 'sender') === (direction === 'up');
    const last = (isSenders ? messages.sender : messages.receiver) - 1;
    return { connection: 0, direction, at: random.whole(0, last), fault: randomFault(random) };
  });
  // One message meets one fault.
  const places = new Map(schedule.map((fault) => [`${fault.direction} ${fault.at}`, fault]));
  return { seed, proxied, schedule: [...places.values()] };
}

function randomFault(random: Random): Fault {
  const kind = random.one<Fault['kind']>([
    ...(['cut', 'cut', 'close', 'close', 'half-open', 'delay', 'throttle'] as const),
    ...(['flip', 'flip', 'flip', 'repeat', 'drop', 'truncate', 'swap', 'splice'] as const),
  ]);
  switch (kind) {
    case 'delay':
      return { kind, ms: random.whole(1, 50) };
    case 'throttle':
      return { kind, bytesPerSecond: random.whole(8, 64) * 1024 * 1024 };
    case 'cut':
    case 'close':
      return { kind, where: random.one(['before', 'after', random.whole(0, 300_000)] as const) };
    case 'half-open':
      return { kind, thenReset: true };
    case 'truncate':
      return { kind, bytes: random.whole(1, 40) };
    case 'flip': {
      const part = random.one(['header', 'ciphertext', 'tag'] as const);
      return { kind, part, at: random.whole(0, 300_000), bit: random.whole(0, 7) };
    }
    case 'splice':
      return { kind, recorded: random.whole(0, 1000) };
    default:
      return { kind };
  }
}
