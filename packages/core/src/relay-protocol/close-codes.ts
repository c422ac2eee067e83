// WebSocket close codes of the relay, with the sentence sent as the reason. docs/PROTOCOL.md section 4.

/** Close codes by name. The reason is at most 123 bytes, as RFC 6455 section 5.5.1 demands. */
export const CLOSE_CODES = {
  'bad-hello': { code: 4400, reason: 'This is not a p2p-copy hello. Update p2p-copy, or check the address.' },
  'token-needed': { code: 4401, reason: 'This relay asks senders for an access token. Ask its operator.' },
  'day-limit': {
    code: 4402,
    reason: 'The access token has passed all that it may in a day. Go on tomorrow.',
  },
  'token-refused': { code: 4403, reason: 'This relay does not know that access token, or it was revoked.' },
  'unknown-code': { code: 4404, reason: 'No such code: it was mistyped, is used up, or has expired.' },
  'hello-timeout': { code: 4408, reason: 'No hello within 10 seconds. Check the connection and try again.' },
  'code-in-use': {
    code: 4409,
    reason: 'Someone has opened this code, or its sender is away. Try again shortly.',
  },
  'peer-left': { code: 4410, reason: 'The other side left.' },
  replaced: { code: 4411, reason: 'The same end came back on a newer connection.' },
  'wait-expired': { code: 4412, reason: 'Nobody came in time. Start again.' },
  'transfer-limit': {
    code: 4413,
    reason: 'This relay passes no more for one transfer. Go on over another relay, or ask its operator.',
  },
  'time-limit': { code: 4414, reason: 'This relay keeps no connection for longer. Connect again to go on.' },
  'idle-limit': {
    code: 4415,
    reason: 'Nothing has passed here for too long. Start again when both are ready.',
  },
  'wrong-version': { code: 4426, reason: 'This relay speaks versions 2 and 3 of p2p-copy. Use one of them.' },
  'token-expired': { code: 4427, reason: 'That access token has expired. Ask the operator for a new one.' },
  'rate-limited': { code: 4429, reason: 'Too many attempts from your address. Wait a minute and try again.' },
  'relay-full': { code: 4503, reason: 'This relay is full. Try again later or use another relay.' },
} as const satisfies Record<string, { code: number; reason: string }>;

/** Why the relay closes a connection: the names of the table’s rows. */
export type CloseName = keyof typeof CLOSE_CODES;

/** The name of a close code, or null for one that isn't the relay's own. */
export function closeNameOf(code: number): CloseName | null {
  for (const [name, close] of Object.entries(CLOSE_CODES)) {
    if (close.code === code) return name as CloseName;
  }
  return null;
}
