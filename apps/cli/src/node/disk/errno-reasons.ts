// Every errno in words, for a file that can't be read or written: why, whether the same may work later, and what a person can do
// that the error's own next step doesn't say. A network file system gives errnos of sockets, too.

export interface ErrnoRow {
  /** Completes `“x” cannot be written: …` and `“x” cannot be read: …`. */
  reason: string;
  /** Passes when someone makes room, gives permission back, closes another program, or the server of a network disk is back. */
  retryable?: true;
  /** A clause in the imperative, to be followed by `, then …`. */
  advice?: string;
}

/** What this process or computer has too little of, whatever it asked for: a file, or a connection. */
export const OF_THIS_PROCESS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM']);

const SERVER = 'Check the network disk and its server';
const MOUNT = 'Attach the disk again';

/** What the system may say of a file, a folder, or the disk under them. */
const OF_FILES: Record<string, ErrnoRow> = {
  EACCES: { reason: 'permission is denied', retryable: true },
  EAGAIN: { reason: 'the system has no resources for it at the moment', retryable: true },
  EBADMSG: {
    reason: 'the disk holds damaged data there',
    advice: 'Check the disk, since it may be failing',
  },
  EBUSY: { reason: 'another program uses it', retryable: true, advice: 'Close the other program' },
  EDEADLK: { reason: 'other programs wait for each other’s locks on it', retryable: true },
  EDQUOT: { reason: 'your quota of bytes or of files on that disk is used up', retryable: true },
  EEXIST: { reason: 'something of that name is already there' },
  EFBIG: {
    reason: 'the disk, or a limit of this process (ulimit -f), does not take files that large',
    advice: 'Choose another disk, such as one that is not formatted as FAT',
  },
  EILSEQ: { reason: 'the disk does not take the characters of its name' },
  EINTR: { reason: 'the system interrupted the call', retryable: true },
  EINVAL: { reason: 'the disk does not take that name, or what is asked of it' },
  EIO: {
    reason: 'the disk reports a fault',
    retryable: true,
    advice: 'Check the disk and its cable, since it may be failing',
  },
  EISDIR: { reason: 'it is a folder' },
  ELOOP: { reason: 'it is a symbolic link, or a loop of them' },
  EMFILE: {
    reason: 'this process has as many files open as it may (ulimit -n)',
    retryable: true,
    advice: 'Raise the limit, for example with ulimit -n 1024',
  },
  EMLINK: { reason: 'the disk allows no more names for one file, or folders in one folder' },
  EMULTIHOP: { reason: 'it lies behind a connection to another server', advice: SERVER },
  ENAMETOOLONG: { reason: 'its name or its path is too long for the disk' },
  ENFILE: {
    reason: 'this computer has as many files open as it can',
    retryable: true,
    advice: 'Close other programs that have many files open',
  },
  ENODATA: { reason: 'the disk has no data there', advice: 'Check the disk, since it may be failing' },
  ENODEV: { reason: 'the disk is no longer attached, or is of another kind', advice: MOUNT },
  ENOENT: { reason: 'it does not exist' },
  ENOEXEC: { reason: 'the system takes it for a broken program' },
  ENOLCK: { reason: 'the system has no more locks for files', retryable: true },
  ENOLINK: { reason: 'the connection to the server of that disk is cut', retryable: true, advice: SERVER },
  ENOMEM: {
    reason: 'this computer is out of memory',
    retryable: true,
    advice: 'Close other programs',
  },
  ENOSPC: { reason: 'the disk is full', retryable: true },
  ENOSYS: { reason: 'the system does not know how to do that on this disk' },
  ENOTBLK: { reason: 'it is not a disk' },
  ENOTDIR: { reason: 'a part of its path is not a folder' },
  ENOTEMPTY: { reason: 'the folder in its place is not empty' },
  ENOTSUP: { reason: 'the disk does not support it' },
  ENOTTY: { reason: 'it is not a device of that kind' },
  ENXIO: { reason: 'its device is not there', advice: MOUNT },
  EOVERFLOW: { reason: 'it is too large for the system to handle' },
  // Nothing that passes, as of another owner or of a file that may not change; but Windows says so of a file that a scanner looks at.
  EPERM: {
    reason: 'the system does not permit it',
    ...(process.platform === 'win32' && { retryable: true }),
  },
  EPIPE: { reason: 'whoever read it has stopped', advice: 'Let what reads the output read to its end' },
  ERANGE: { reason: 'the disk gave a number out of range' },
  EROFS: {
    reason: 'the disk is read-only',
    retryable: true,
    advice: 'Make the disk writable, for example by mounting it anew',
  },
  ESPIPE: { reason: 'it is a pipe, which has no positions' },
  ESTALE: { reason: 'its server no longer knows it', retryable: true, advice: SERVER },
  ETXTBSY: {
    reason: 'it is a program that is running',
    retryable: true,
    advice: 'End that program',
  },
  EXDEV: { reason: 'it would have to move to another disk' },
};

/** Of the connection to the server of a network disk. */
const OF_NETWORK_DISKS: Record<string, ErrnoRow> = Object.fromEntries(
  Object.entries({
    EADDRINUSE: 'its address on the network is taken',
    EADDRNOTAVAIL: 'its address on the network is not there',
    EAFNOSUPPORT: 'the system has no such kind of network',
    EALREADY: 'another attempt is under way',
    ECANCELED: 'the system cancelled the call',
    ECONNABORTED: 'the connection to it was given up',
    ECONNREFUSED: 'its server refuses connections',
    ECONNRESET: 'its server closed the connection',
    EDESTADDRREQ: 'its server has no address',
    EHOSTDOWN: 'its server is switched off',
    EHOSTUNREACH: 'there is no route to its server',
    EINPROGRESS: 'a call on it is still under way',
    EISCONN: 'it is connected already',
    EMSGSIZE: 'its server does not take messages of that size',
    ENETDOWN: 'the network is down',
    ENETRESET: 'the network dropped the connection',
    ENETUNREACH: 'there is no route to its network',
    ENOBUFS: 'the system has no buffer for it',
    ENOTCONN: 'the disk is not connected',
    ENOTSOCK: 'the connection to it is none',
    EPROTO: 'its server answers in another protocol',
    EREMOTE: 'it lies on another server',
    ESHUTDOWN: 'the connection to it was shut down',
    ETIME: 'its server took too long',
    ETIMEDOUT: 'its server did not answer in time',
  }).map(([errno, reason]) => [
    errno,
    { reason: `of that network disk: ${reason}`, retryable: true, advice: SERVER } satisfies ErrnoRow,
  ]),
);

/** Of calls that no file of a transfer should ever need: shown with their name, so that it can be reported. */
const OF_OTHER_CALLS: Record<string, ErrnoRow> = Object.fromEntries(
  Object.entries({
    E2BIG: 'a list that was given to it is too long',
    EBADF: 'the file was no longer open',
    ECHILD: 'there is no process to wait for',
    EDOM: 'a number is outside of what it takes',
    EFAULT: 'an address in memory is wrong',
    EIDRM: 'what it needs was removed',
    ENOMSG: 'there is no message',
    ENOPROTOOPT: 'the network has no such option',
    ENOSR: 'the system is out of streams',
    ENOSTR: 'it is no stream',
    EPROTONOSUPPORT: 'there is no such protocol',
    EPROTOTYPE: 'the protocol is of another kind',
    ESOCKTNOSUPPORT: 'there is no such kind of connection',
    ESRCH: 'there is no such process',
  }).map(([errno, words]) => [errno, { reason: `the system reports ${errno}: ${words}` }]),
);

const ROWS: Readonly<Record<string, ErrnoRow>> = { ...OF_FILES, ...OF_NETWORK_DISKS, ...OF_OTHER_CALLS };

/** Names of one errno that Node may use for another one's number. */
const ALIASES: Readonly<Record<string, string>> = { EOPNOTSUPP: 'ENOTSUP', EWOULDBLOCK: 'EAGAIN' };

/** The row of an errno's name; of one that isn't known, a row that names it. */
export function errnoRow(errno: string): ErrnoRow {
  const name = ALIASES[errno] ?? errno;
  return Object.hasOwn(ROWS, name) ? ROWS[name]! : { reason: `the system reports ${errno}` };
}

/** Whether the errno has a row of its own. */
export function hasErrnoRow(errno: string): boolean {
  return Object.hasOwn(ROWS, ALIASES[errno] ?? errno);
}
