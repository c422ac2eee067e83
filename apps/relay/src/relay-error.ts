// Why a relay can't start, as one table: the code a caller branches on, and the sentence for a person.

/** `code` is `invalid-config`, or the system's own code for a failed listen. */
export class RelayError extends Error {
  override readonly name = 'RelayError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

const LISTEN_ADVICE: Record<string, string> = {
  EADDRINUSE: 'another program already uses this port. Stop it, or choose another port (0 picks a free one).',
  EACCES:
    'this user may not use this port. Choose a port from 1024 up, or let a reverse proxy own the low port.',
  EADDRNOTAVAIL:
    'no network interface here has this address. Use 0.0.0.0 for all, or 127.0.0.1 for this one.',
  ENOTFOUND: 'this host name is not known here. Use an IP address, or 0.0.0.0 for all interfaces.',
};

/** Turns a failed `listen` into an error that says where and what to do. */
export function explainListenError(cause: unknown, host: string, port: number): RelayError {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'EUNKNOWN';
  const advice = LISTEN_ADVICE[code] ?? (cause instanceof Error ? cause.message : String(cause));
  return new RelayError(code, `Can't listen on ${host}:${port}: ${advice}`, { cause });
}
