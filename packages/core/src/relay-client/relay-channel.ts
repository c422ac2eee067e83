// A channel over a relay's WebSocket, once the relay has paired this end: each binary message is a message of the channel,
// and the relay's close codes become core's words. docs/PROTOCOL.md section 4.
import type { Bytes } from '../foundation/bytes.ts';
import type { Channel, ChannelEnd, ChannelEvent } from '../ports/channel.ts';
import type { RelaySocket } from '../ports/relay-socket.ts';
import { type CloseName, closeNameOf } from '../relay-protocol/close-codes.ts';
import { GOING_AWAY_CODE } from '../relay-protocol/constants.ts';

const END_OF_CLOSE: { [Name in CloseName]: ChannelEnd } = {
  'peer-left': 'peer-left',
  replaced: 'lost',
  'wait-expired': 'lost',
  'rate-limited': 'lost',
  'relay-full': 'lost',
  'bad-hello': 'refused',
  'token-needed': 'refused',
  'token-refused': 'refused',
  'token-expired': 'refused',
  'unknown-code': 'refused',
  'hello-timeout': 'refused',
  'code-in-use': 'refused',
  'wrong-version': 'refused',
  'transfer-limit': 'transfer-limit',
  'day-limit': 'day-limit',
  'time-limit': 'time-limit',
  'idle-limit': 'idle-limit',
};

/** The channel of a socket that the relay has paired. */
export class RelayChannel implements Channel {
  readonly #socket: RelaySocket;
  readonly #onEnd: (closeCode: number) => void;
  #isMalformed = false;

  /** @param onEnd called when the end of the channel is received, each time that it is */
  constructor(socket: RelaySocket, onEnd: (closeCode: number) => void = () => {}) {
    this.#socket = socket;
    this.#onEnd = onEnd;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  send(message: Bytes): void {
    this.#socket.send(message);
  }

  drained(bytes: number): Promise<void> {
    return this.#socket.drained(bytes);
  }

  async receive(): Promise<ChannelEvent> {
    const event = await this.#socket.receive();
    if (event.kind === 'closed') this.#onEnd(event.code);
    if (event.kind === 'binary' && !this.#isMalformed) return { kind: 'message', bytes: event.bytes };
    if (event.kind === 'closed' && !this.#isMalformed) {
      return { kind: 'closed', why: endOfClose(event.code), allWritten: event.allWritten };
    }
    // A relay says nothing after `ready`.
    this.#isMalformed = true;
    this.#socket.terminate();
    return { kind: 'closed', why: 'malformed', allWritten: false };
  }

  close(): void {
    this.#socket.close();
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

function endOfClose(code: number): ChannelEnd {
  if (code === GOING_AWAY_CODE) return 'going-away';
  const name = closeNameOf(code);
  return name === null ? 'lost' : END_OF_CLOSE[name];
}
