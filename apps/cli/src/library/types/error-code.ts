// Why a transfer failed, for the library's users.

/** Why a transfer failed. Branch on it; sentences may change. */
export type ErrorCode =
  // Before the two ends have met.
  | 'relay-unreachable'
  | 'not-a-relay'
  | 'relay-version'
  | 'relay-full'
  | 'rate-limited'
  | 'relay-refused'
  | 'origin-refused'
  | 'relay-without-rooms'
  | 'room-full'
  | 'relay-token-needed'
  | 'relay-token-refused'
  | 'relay-token-expired'
  | 'redirect-refused'
  | 'relay-limit-transfer'
  | 'relay-limit-day'
  | 'relay-limit-time'
  | 'relay-limit-idle'
  | 'relay-limit-network'
  | 'unknown-code'
  | 'code-in-use'
  | 'sender-away'
  | 'code-taken'
  | 'bad-code'
  | 'wait-expired'
  // While they prove that they hold the same code.
  | 'wrong-code'
  | 'possible-guess'
  | 'code-spent'
  | 'code-disturbed'
  | 'pair-same-device'
  | 'pair-needs-full'
  | 'pair-two-groups'
  | 'pair-words-differ'
  | 'not-in-group'
  | 'device-away'
  | 'device-idle'
  | 'device-busy'
  | 'group-changed'
  | 'peer-version'
  | 'peer-outdated'
  | 'update-needed'
  | 'load-failed'
  // Deliberate endings.
  | 'declined'
  | 'cancelled'
  | 'stopped'
  | 'discarded'
  | 'interrupted'
  // In a running transfer.
  | 'peer-gone'
  | 'connection-lost'
  | 'peer-silent'
  | 'protocol-violation'
  | 'authentication-failed'
  | 'digest-mismatch'
  | 'no-direct-path'
  | 'no-quic'
  | 'unconfirmed'
  | 'limit-exceeded'
  // Files of the sender.
  | 'source-unreadable'
  | 'source-changed'
  | 'incomplete'
  | 'nothing-to-send'
  // Disk of the receiver.
  | 'path-refused'
  | 'name-impossible'
  | 'no-space'
  | 'sink-failed'
  | 'part-changed'
  | 'exists';

/** What `send` and `receive` reject with. Anything else they reject with is a bug, or was thrown by a callback. */
export interface TransferError extends Error {
  readonly name: 'TransferError';
  readonly code: ErrorCode;
  /** One sentence: what happened. It may quote names that the other side chose, escaped for terminals. */
  readonly message: string;
  /** One sentence or two: what a person can do next. */
  readonly next: string;
}
