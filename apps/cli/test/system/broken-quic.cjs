// Loaded before the command: as where the optional package for QUIC is installed, and the system can't load it.
const Module = require('node:module');

const load = Module._load;
Module._load = function (request, ...rest) {
  if (!request.startsWith('@chainsafe/libp2p-quic')) return load.call(this, request, ...rest);
  throw Object.assign(new Error('GLIBC_2.34 not found'), { code: 'ERR_DLOPEN_FAILED' });
};
