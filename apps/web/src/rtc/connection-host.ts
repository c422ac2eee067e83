// One RTCPeerConnection for the engine: a worker has none, so it lives here, and its data channels are handed over.
// docs/PROTOCOL.md section 18.
import type { FromConnection, ToConnection } from '../contract/rtc-messages.ts';
import { type CandidateStats, isLocalPair, isToldWithin } from './is-local-pair.ts';
import { relayedChannel } from './relayed-channel.ts';

/** An offer describes data channels only where there is one; nobody uses this one, nor its number, the last that Chromium has. */
const PLACEHOLDER = { negotiated: true, id: 1023 };

/** A connection that does what it is told over its port. */
export class ConnectionHost {
  readonly #port: MessagePort;
  readonly #onEnd: () => void;
  #connection: RTCPeerConnection | null = null;
  /** What is done before the next, since each takes its time. */
  #done: Promise<void> = Promise.resolve();
  #isHurried = false;
  #hurry = () => {};
  #isEnded = false;

  /** @param onEnd told once it needs nothing any more */
  constructor(port: MessagePort, onEnd: () => void) {
    this.#port = port;
    this.#onEnd = onEnd;
    port.onmessage = ({ data }: MessageEvent<ToConnection>) => this.#hear(data);
  }

  /** Ends it, and says so: nothing more comes. */
  lose(): void {
    if (this.#isEnded) return;
    this.#tell({ type: 'lost' });
    this.#end();
  }

  #hear(message: ToConnection): void {
    if (message.type === 'close') this.#end();
    else if (message.type === 'describe-now') {
      this.#isHurried = true;
      this.#hurry();
    } else this.#done = this.#done.then(() => this.#perform(message)).catch(() => this.lose());
  }

  async #perform(message: Exclude<ToConnection, { type: 'close' | 'describe-now' }>): Promise<void> {
    if (this.#isEnded) return;
    switch (message.type) {
      case 'offer': {
        const connection = this.#begin(message.stunUrls);
        const placeholder = connection.createDataChannel('', PLACEHOLDER);
        await connection.setLocalDescription();
        placeholder.close();
        return;
      }
      case 'answer': {
        const connection = this.#begin(message.stunUrls);
        await connection.setRemoteDescription({ type: 'offer', sdp: message.offer });
        return connection.setLocalDescription();
      }
      case 'describe':
        // What is asked meanwhile needn't wait for it.
        void this.#describe(this.#connection!);
        return;
      case 'accept':
        return this.#connection!.setRemoteDescription({ type: 'answer', sdp: message.answer });
      case 'open':
        this.#handOver(message.id, this.#connection!.createDataChannel(''));
    }
  }

  #begin(stunUrls: string[]): RTCPeerConnection {
    const connection = new RTCPeerConnection({ iceServers: stunUrls.map((urls) => ({ urls })) });
    this.#connection = connection;
    connection.ondatachannel = ({ channel }) => this.#handOver(null, channel);
    connection.onconnectionstatechange = () => {
      if (connection.connectionState === 'failed') this.lose();
      else if (connection.connectionState === 'connected') void this.#tellConnected(connection);
    };
    return connection;
  }

  async #describe(connection: RTCPeerConnection): Promise<void> {
    await new Promise<void>((resolve) => {
      const resolveWhenComplete = () => {
        if (connection.iceGatheringState === 'complete') resolve();
      };
      this.#hurry = resolve;
      connection.onicegatheringstatechange = resolveWhenComplete;
      resolveWhenComplete();
      if (this.#isHurried) resolve();
    });
    this.#tell({ type: 'description', sdp: connection.localDescription?.sdp ?? '' });
  }

  /** In the same turn in which the channel came or was made: afterwards it can't be transferred any more. */
  #handOver(id: number | null, channel: RTCDataChannel): void {
    try {
      this.#tell({ type: 'channel', id, channel }, [channel]);
    } catch {
      const port = relayedChannel(channel);
      this.#tell({ type: 'channel', id, channel: port }, [port]);
    }
  }

  async #tellConnected(connection: RTCPeerConnection): Promise<void> {
    const stats = await connection.getStats().catch(() => null);
    const told = isToldWithin(connection.localDescription?.sdp ?? '');
    this.#tell({ type: 'connected', isLocal: stats !== null && isLocal(stats, told) });
  }

  #tell(message: FromConnection, transfer: Transferable[] = []): void {
    if (!this.#isEnded) this.#port.postMessage(message, transfer);
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#port.onmessage = null;
    this.#connection?.close();
    this.#hurry();
    this.#onEnd();
  }
}

function isLocal(stats: RTCStatsReport, told: boolean): boolean {
  const rows = new Map<string, RTCStats>();
  stats.forEach((row: RTCStats) => {
    rows.set(row.id, row);
  });
  for (const row of rows.values()) {
    if (row.type !== 'transport') continue;
    const pair = rows.get((row as RTCTransportStats).selectedCandidatePairId ?? '');
    if (pair === undefined) continue;
    const { localCandidateId, remoteCandidateId } = pair as RTCIceCandidatePairStats;
    const [local, remote] = [rows.get(localCandidateId), rows.get(remoteCandidateId)];
    if (local === undefined || remote === undefined) continue;
    return isLocalPair(local as unknown as CandidateStats, remote as unknown as CandidateStats, told);
  }
  return false;
}
