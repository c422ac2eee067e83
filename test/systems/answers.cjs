// How a preload makes node:fs answer as another system does: a rule is asked before a call, and may refuse it; after it, and may change
// the result. It holds for all three forms of a call: synchronous, with a callback, as a promise.
const fs = require('node:fs');
const os = require('node:os');
const { getSystemErrorMap } = require('node:util');
const { syncBuiltinESMExports } = require('node:module');

/** Chosen by a test: words of the variable, separated by spaces. */
const chosen = new Set((process.env.SYSTEM_ANSWERS ?? '').split(' '));

/** An error as Node makes it of an answer of libuv. On Windows the numbers are libuv's own, such as -4094. */
function systemError(code, syscall, path, number) {
  const known = [...getSystemErrorMap()].find(([, [name]]) => name === code);
  const errno = number ?? known?.[0] ?? -(os.constants.errno[code] ?? 0);
  const words = known?.[1][1] ?? 'unknown error';
  const place = path === undefined ? '' : ` '${path}'`;
  return Object.assign(new Error(`${code}: ${words}, ${syscall}${place}`), {
    errno,
    code,
    syscall,
    ...(path !== undefined && { path: String(path) }),
  });
}

/**
 * @param names of calls without `Sync`
 * @param rule `before(args, name)` may throw or change `args`; `after(result, args, name)` gives the result
 */
function answer(names, { before = () => {}, after = (result) => result }) {
  for (const name of names) {
    replace(
      fs,
      `${name}Sync`,
      (call) =>
        function (...args) {
          before(args, name);
          return after(call.apply(this, args), args, name);
        },
    );
    replace(
      fs.promises,
      name,
      (call) =>
        async function (...args) {
          before(args, name);
          return after(await call.apply(this, args), args, name);
        },
    );
    replace(
      fs,
      name,
      (call) =>
        function (...args) {
          const done = args.pop();
          try {
            before(args, name);
          } catch (error) {
            return process.nextTick(done, error);
          }
          return call.call(this, ...args, (error, ...results) => {
            if (error || results.length === 0) return done(error, ...results);
            done(null, after(results[0], args, name), ...results.slice(1));
          });
        },
    );
  }
  syncBuiltinESMExports();
}

function replace(owner, name, wrapped) {
  const call = owner[name];
  if (typeof call !== 'function') return;
  const stub = wrapped(call);
  // What `promisify` goes by.
  for (const key of Object.getOwnPropertySymbols(call)) {
    Object.defineProperty(stub, key, Object.getOwnPropertyDescriptor(call, key));
  }
  if (call.native !== undefined) {
    const native = call.native;
    stub.native = wrapped(native);
  }
  owner[name] = stub;
}

/** Sets `process.platform` before anything asks for it. */
function standFor(platform) {
  Object.defineProperty(process, 'platform', { value: platform });
  for (const name of platform === 'win32' ? ['getuid', 'geteuid', 'getgid', 'getegid'] : [])
    Object.defineProperty(process, name, { value: undefined });
}

module.exports = { answer, chosen, standFor, systemError };
