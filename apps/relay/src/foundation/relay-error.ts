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
    'no network interface here has this address. Use :: for all, or 127.0.0.1 for this machine alone.',
  EINVAL:
    'a link-local address needs the interface that it is of, such as fe80::1%eth0. Use that, or :: for all.',
  EAFNOSUPPORT: 'this machine has no IPv6. Use an IPv4 address.',
  ENOTFOUND: 'this host name is not known here. Use an IP address, or :: for all interfaces.',
};

const SOCKET_ADVICE: Record<string, string> = {
  EADDRINUSE: 'another program has just taken this path. Choose another.',
  EACCES: 'this user may not make a socket there. Choose a folder that it may write to.',
  ENOTDIR: 'its path leads through a file. Choose another path.',
  EROFS: 'that disk can only be read. Choose another path.',
};

const DESCRIPTOR_ADVICE =
  'this process was not started with a listening socket under that number. Leave it out, or let systemd pass one.';

/**
 * Turns a failed `listen` into an error that says where and what to do.
 * @param where the address as an operator writes it
 */
export function explainListenError(cause: unknown, where: string): RelayError {
  if (cause instanceof RelayError) return cause;
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'EUNKNOWN';
  const reason = cause instanceof Error ? cause.message : String(cause);
  const advice = where.startsWith('fd:')
    ? DESCRIPTOR_ADVICE
    : (where.startsWith('unix:') ? SOCKET_ADVICE : LISTEN_ADVICE)[code];
  return new RelayError(code, `Can't listen on ${where}: ${advice ?? reason}`, { cause });
}
