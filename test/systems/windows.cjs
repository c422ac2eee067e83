// Answers as Node does on Windows with NTFS. Paths stay those of this machine: what is tried is what the calls answer.
// A test chooses more by SYSTEM_ANSWERS: dev-by-path, no-links, scanner, blocked (of names with "blocked"), offline.
const fs = require('node:fs');
const { basename } = require('node:path');
const { answer, chosen, standFor, systemError } = require('./answers.cjs');

standFor('win32');

const STATS = ['stat', 'lstat', 'fstat'];
const BY_PATH = ['open', 'stat', 'lstat', 'readdir', 'access', 'opendir'];
const nameOf = (args) => basename(String(args[0]));

// Modes are made up of the read-only attribute (libuv src/win/fs.c, fs__stat_assign_statbuf: 0444, and 0222 without the attribute).
answer(STATS, {
  after(stats) {
    if (stats === undefined) return stats;
    const isBig = typeof stats.mode === 'bigint';
    const mode = Number(stats.mode);
    const made = (mode & 0o170000) | 0o444 | ((mode & 0o200) !== 0 ? 0o222 : 0);
    stats.mode = isBig ? BigInt(made) : made;
    for (const owner of ['uid', 'gid']) stats[owner] = isBig ? 0n : 0;
    return stats;
  },
});

// libuv 1.49 and 1.50 ask by path with GetFileInformationByName, whose volume number has 64 bits, and by descriptor with 32 bits
// (libuv src/win/fs.c, fs__stat_path; Node 20.19, 22.12 to 22.14, 23).
if (chosen.has('dev-by-path')) {
  const widened = (stats) => {
    if (stats !== undefined)
      stats.dev = typeof stats.dev === 'bigint' ? stats.dev + (0x5eedn << 32n) : stats.dev + 2 ** 40;
    return stats;
  };
  answer(['stat', 'lstat'], { after: widened });
}

// CreateHardLink on FAT32 and exFAT: ERROR_INVALID_FUNCTION, which libuv calls EISDIR (libuv src/win/error.c).
if (chosen.has('no-links')) {
  answer(['link'], {
    before(args) {
      throw systemError('EISDIR', 'link', args[0]);
    },
  });
}

// An errno without a name (libuv src/win/error.c, default: UV_UNKNOWN): ERROR_VIRUS_INFECTED, ERROR_CLOUD_FILE_PROVIDER_NOT_RUNNING (the file
// of a cloud that is offline), ERROR_UNEXP_NET_ERR (a share that is lost).
const UNKNOWN_NUMBER = -4094;
answer(BY_PATH, {
  before(args, name) {
    if (chosen.has('blocked') && name === 'open' && nameOf(args).startsWith('blocked'))
      throw systemError('UNKNOWN', 'open', args[0], UNKNOWN_NUMBER);
    // Junctions of older Windows ("My Music") may be entered by nobody; folders and files that the system holds for itself.
    if (nameOf(args) === 'My Music' && ['readdir', 'opendir', 'stat'].includes(name))
      throw systemError('EPERM', name === 'readdir' ? 'scandir' : name, args[0]);
    if (nameOf(args) === 'System Volume Information' && ['readdir', 'opendir'].includes(name))
      throw systemError('EPERM', 'scandir', args[0]);
    if (nameOf(args) === 'pagefile.sys' && ['open', 'access', 'stat'].includes(name))
      throw systemError('EBUSY', name, args[0]);
  },
});
if (chosen.has('offline')) {
  const descriptors = new Map();
  answer(['open'], {
    after(opened, args) {
      if (typeof opened === 'number') descriptors.set(opened, nameOf(args));
      return opened;
    },
  });
  answer(['read'], {
    before(args) {
      if (/^offline/.test(descriptors.get(args[0]) ?? ''))
        throw systemError('UNKNOWN', 'read', undefined, UNKNOWN_NUMBER);
    },
  });
}

// A scanner opens what was just written, without FILE_SHARE_DELETE: DeleteFile gives ERROR_SHARING_VIOLATION, which is EBUSY, or
// ERROR_ACCESS_DENIED, which is EPERM (libuv src/win/error.c). It is done after a few tries; "scanner-stays" never is.
if (chosen.has('scanner') || chosen.has('scanner-stays')) {
  const tries = new Map();
  answer(['unlink'], {
    before(args) {
      if (!nameOf(args).endsWith('.p2p.part')) return;
      const count = (tries.get(args[0]) ?? 0) + 1;
      tries.set(args[0], count);
      if (count <= 3 || chosen.has('scanner-stays'))
        throw systemError(count % 2 ? 'EBUSY' : 'EPERM', 'unlink', args[0]);
    },
  });
}

// MoveFileEx doesn't replace a file that is read-only: ERROR_ACCESS_DENIED, which is EPERM.
answer(['rename'], {
  before([from, to]) {
    const there = fs.lstatSync(to, { throwIfNoEntry: false });
    if (there?.isFile() && (there.mode & 0o222) === 0) throw systemError('EPERM', 'rename', from);
  },
});

// _waccess looks at the read-only attribute, which says nothing of a folder, and not at access control lists
// (libuv src/win/fs.c, fs__access).
answer(['access'], {
  before([path, mode = 0]) {
    const stats = fs.statSync(path);
    if ((mode & fs.constants.W_OK) !== 0 && (stats.mode & 0o222) === 0 && !stats.isDirectory())
      throw systemError('EPERM', 'access', path);
  },
});

// A list of rights denies what no attribute shows: ERROR_ACCESS_DENIED, which is EPERM.
answer(['mkdir', 'mkdtemp'], {
  before([path], name) {
    if (/[/]denied[/]/.test(path)) throw systemError('EPERM', name, path);
  },
});

// No folder can be opened (libuv src/win/fs.c, fs__open: EISDIR).
answer(['open'], {
  before(args) {
    if (fs.lstatSync(args[0], { throwIfNoEntry: false })?.isDirectory())
      throw systemError('EISDIR', 'open', args[0]);
  },
});
