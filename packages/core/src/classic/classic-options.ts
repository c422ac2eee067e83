// What an app gives the classic engines.

import type { TransferEvent } from '../api/events.ts';
import type { CompressMode, PlatformPorts, ReviewAnswer } from '../api/options.ts';
import type { NameRules } from '../ports/byte-sink.ts';
import type { SourceEntry } from '../ports/byte-source.ts';
import type { DialRelay } from '../ports/relay-socket.ts';
import type { Manifest } from '../wire/manifest.ts';

/** A platform, and its sockets to a relay. */
export interface ClassicPorts extends PlatformPorts {
  /** Leads to the relay's classic endpoint. */
  dial: DialRelay;
}

interface ClassicOptions {
  /** ws(s) or http(s) URL of the relay. */
  relayUrl: string;
  /** As typed: nothing is trimmed or normalized, since the other side doesn't. */
  code: string;
  /** Both ends must say the same. */
  encrypt: boolean;
  /** Aborting drops the connection and rejects with `interrupted`. */
  signal: AbortSignal;
  /** `unsendable`, `joined`, `offer`, `accepted`, `progress` and `file-done`. A sender's progress is what has left this device. */
  onEvent(event: TransferEvent): void;
}

/** What `sendClassic` sends, and how. */
export interface ClassicSendOptions extends ClassicOptions {
  /** Files and folders; folders aren't carried. Errors it rejects with end the transfer. */
  entries: Promise<SourceEntry[]>;
  compress: CompressMode;
  /** Asks the receiver what it has, and sends what differs. */
  resume: boolean;
}

/** What `receiveClassic` takes, and who decides about it. */
export interface ClassicReceiveOptions extends ClassicOptions {
  /** What the disk here can hold. */
  nameRules: NameRules;
  /**
   * Whether a sender that resumes is told the size and a digest of whatever lies under each offered name, parts included.
   * By that a hostile one reads content that it can guess. Default false: it is told that nothing is there.
   */
  tellsExisting?: boolean;
  /** Decides about the offer, whose paths have been checked. Refusing drops the connection: classic has no word for it. */
  review(manifest: Manifest, signal: AbortSignal): Promise<ReviewAnswer>;
}
