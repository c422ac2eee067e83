// Preloaded into an end of a transfer: kills the process by SIGKILL just before its n-th step after the transfer was noted. A step is
// a change on the disk, or a write to a socket. "once acknowledged" is the step after its note that all of its content was acknowledged.
const fs = require('node:fs');
const net = require('node:net');
const { syncBuiltinESMExports } = require('node:module');

const at = process.env.KILL_AT_STEP;
let isAcknowledged = false;
/** Steps since the transfer was noted; null before. */
let steps = null;

function step() {
  if (steps === null) return;
  if (at === 'once acknowledged' ? isAcknowledged : steps === Number(at))
    process.kill(process.pid, 'SIGKILL');
  steps += 1;
}

for (const name of [
  'writeFileSync',
  'renameSync',
  'linkSync',
  'unlinkSync',
  'rmSync',
  'fsync',
  'fsyncSync',
]) {
  const original = fs[name];
  fs[name] = (...args) => {
    step();
    const result = original.apply(fs, args);
    if (name === 'writeFileSync' && String(args[1]).includes('"acknowledged"')) isAcknowledged = true;
    if (name === 'renameSync' && String(args[1]).endsWith('.json')) steps ??= 0;
    return result;
  };
}
const { write } = net.Socket.prototype;
net.Socket.prototype.write = function (...args) {
  if (this.remotePort !== undefined) step();
  return write.apply(this, args);
};
syncBuiltinESMExports();
