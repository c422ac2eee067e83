// What `p2p-copy relay status` prints.
import { counted, durationInWords, sizeInWords } from '../../wording/amounts.ts';

/** The parts of the relay's `/status` that are shown. */
export interface ShownStatus {
  version: string;
  state: 'ready' | 'draining';
  uptimeSeconds: number;
  connections: Record<string, number>;
  maxConnections: number;
  keys: number;
  maxKeys: number;
  pairs: number;
  /** Left out by a relay from before rooms. */
  rooms?: { connections: number; rooms: number; places: number; maxPlaces: number };
  passedBytes: { toReceiver: number; toSender: number };
  refusals: Record<string, number>;
  faults: number;
  memoryBytes: number | null;
  openDescriptors: number | null;
  maxDescriptors: number | null;
  congestionControl: string | null;
}

export function statusInWords(status: ShownStatus): string {
  const { connections, rooms, passedBytes, refusals, memoryBytes, openDescriptors, maxDescriptors } = status;
  const all = Object.values(connections).reduce((sum, more) => sum + more, 0);
  const lines = [
    `p2p-copy relay ${status.version} ${status.state === 'ready' ? 'takes newcomers' : 'is shutting down'}. Running for: ${durationInWords(status.uptimeSeconds)}`,
    `Connections: ${amount(all)} of ${amount(status.maxConnections)} (${countsInWords(connections)})`,
    `Pairs: ${amount(status.pairs)}`,
    `Codes and lanes waited under: ${amount(status.keys)} of ${amount(status.maxKeys)}`,
    `Passed on: ${sizeInWords(passedBytes.toReceiver)} to receivers, ${sizeInWords(passedBytes.toSender)} to senders`,
    `Refused: ${countsInWords(refusals) || 'nothing'}`,
  ];
  if (rooms !== undefined && rooms.places > 0) {
    lines.push(
      `Present in rooms: ${counted(rooms.connections, 'device')}, at ${amount(rooms.places)} of ${amount(rooms.maxPlaces)} places in ${counted(rooms.rooms, 'room')}`,
    );
  }
  if (memoryBytes !== null) lines.push(`Memory: ${sizeInWords(memoryBytes)}`);
  if (openDescriptors !== null) {
    lines.push(
      `Files open: ${amount(openDescriptors)}${maxDescriptors === null ? '' : ` of ${amount(maxDescriptors)}`}`,
    );
  }
  if (status.congestionControl !== null) lines.push(`TCP congestion control: ${status.congestionControl}`);
  if (status.faults > 0) lines.push(`${counted(status.faults, 'fault')} survived; the first is in the log.`);
  return `${lines.join('\n')}\n`;
}

function countsInWords(counts: Record<string, number>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${amount(count)} ${name}`)
    .join(', ');
}

function amount(count: number): string {
  return count.toLocaleString('en-US');
}
