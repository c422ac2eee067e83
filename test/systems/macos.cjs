// Answers as Node does on macOS with APFS, and notes what is asked of parts and of their names, one JSON a line, in the file of SYSTEM_CALLS. A test
// chooses more by SYSTEM_ANSWERS: other-disk (the output folder is on another kind of disk than the system), kill-at-flush-N (the process dies when
// the Nth flush of a file begins).
const fs = require('node:fs');
const { answer, chosen, standFor, systemError } = require('./answers.cjs');

standFor('darwin');

const notes = process.env.SYSTEM_CALLS;
const note = (call, rest) => notes && fs.appendFileSync(notes, `${JSON.stringify({ call, ...rest })}\n`);
const isPart = (path) => String(path).endsWith('.p2p.part');

// Its number of a file system's kind (xnu, struct statfs, f_type), the same for all disks of APFS.
answer(['statfs'], {
  after(stats, [path]) {
    stats.type = chosen.has('other-disk') && String(path) !== '/' ? 23 : 26;
    return stats;
  },
});

/** Parts that are open, by descriptor. */
const parts = new Map();
const THROUGH = fs.constants.O_SYNC;
answer(['open'], {
  before(args) {
    if (typeof args[1] !== 'number' || (args[1] & THROUGH) !== THROUGH) return;
    note('written-through', { path: args[0] });
    // What it costs here is nothing to what is tried.
    args[1] &= ~THROUGH;
  },
  after(opened, [path]) {
    if (typeof opened === 'number' && isPart(path)) parts.set(opened, path);
    return opened;
  },
});
answer(['write'], {
  after(result, [descriptor]) {
    if (parts.has(descriptor)) note('write', { path: parts.get(descriptor) });
    return result;
  },
});
answer(['close'], { before: ([descriptor]) => void parts.delete(descriptor) });

// Both are F_FULLFSYNC (libuv, src/unix/fs.c, uv__fs_fsync and uv__fs_fdatasync): noted when it is over, since only then anything is durable.
let flushes = 0;
const chosenFlush = [...chosen].find((word) => word.startsWith('kill-at-flush-'));
for (const name of ['fsync', 'fdatasync']) {
  const flush = fs[name];
  const stub = (descriptor, done) => {
    const path = parts.get(descriptor);
    if (path !== undefined) flushes += 1;
    if (path !== undefined && chosenFlush === `kill-at-flush-${flushes}`)
      process.kill(process.pid, 'SIGKILL');
    return flush(descriptor, (error) => {
      if (path !== undefined) note('flush', { path });
      done(error);
    });
  };
  fs[name] = stub;
}
answer(['link', 'rename'], {
  before([from, to], name) {
    if (isPart(from)) note('name', { path: from, to, by: name });
  },
});

// APFS has hard links of files, and refuses those of folders: EPERM (link(2)).
answer(['link'], {
  before([from]) {
    if (fs.lstatSync(from, { throwIfNoEntry: false })?.isDirectory())
      throw systemError('EPERM', 'link', from);
  },
});
