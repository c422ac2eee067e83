// What is sent: incompressible bytes and log-like text, made fast and the same in every run.
import { createCipheriv, createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const MIB = 2 ** 20;
/** Text repeats after this much: far beyond any compression window in use. */
const LOG_PERIOD_BYTES = 64 * MIB;

/** A file of `sizeBytes` random-looking bytes: the key stream of AES-256-CTR. */
export function writeRandomFile(file, sizeBytes, seed = 1) {
  const next = randomStream(seed);
  writePieces(file, sizeBytes, (length) => next(length));
}

/** A file of log lines as servers write them; zstd level 3 makes about a fifth of it. */
export function writeLogFile(file, sizeBytes) {
  const period = Buffer.from(logLines(Math.min(LOG_PERIOD_BYTES, sizeBytes)));
  let at = 0;
  writePieces(file, sizeBytes, (length) => {
    const from = at % period.length;
    const piece = period.subarray(from, Math.min(from + length, period.length));
    at += piece.length;
    return piece;
  });
}

/** A tree of `count` random files of `sizeBytes`, 100 in a folder. */
export function writeSmallFiles(folder, count, sizeBytes) {
  const next = randomStream(2);
  for (let i = 0; i < count; i++) {
    const parent = path.join(folder, `folder-${String(Math.floor(i / 100)).padStart(3, '0')}`);
    if (i % 100 === 0) mkdirSync(parent, { recursive: true });
    writeFileSync(path.join(parent, `file-${String(i).padStart(5, '0')}.bin`), next(sizeBytes));
  }
}

/** SHA-256 of a file, or over the names and contents of a tree. */
export function digestTree(root) {
  const hash = createHash('sha256');
  const buffer = Buffer.alloc(4 * MIB);
  const add = (name) => {
    const full = path.join(root, name);
    if (statSync(full).isDirectory()) {
      for (const child of readdirSync(full).sort()) add(path.join(name, child));
      return;
    }
    hash.update(`${name}\0${statSync(full).size}\0`);
    const handle = openSync(full, 'r');
    for (let length = readSync(handle, buffer); length > 0; length = readSync(handle, buffer)) {
      hash.update(buffer.subarray(0, length));
    }
    closeSync(handle);
  };
  add('');
  return hash.digest('hex');
}

function writePieces(file, sizeBytes, next) {
  const handle = openSync(file, 'w');
  for (let written = 0; written < sizeBytes; ) {
    written += writeSync(handle, next(Math.min(4 * MIB, sizeBytes - written)));
  }
  closeSync(handle);
}

function randomStream(seed) {
  const key = createHash('sha256').update(`p2p-copy bench ${seed}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return (length) => cipher.update(Buffer.alloc(length));
}

function logLines(sizeBytes) {
  const random = xorshift(0x2545f491);
  const pick = (list) => list[random() % list.length];
  const hex = (digits) => (random() % 16 ** Math.min(digits, 7)).toString(16).padStart(digits, '0');
  const users = Array.from({ length: 5000 }, () => `user-${random() % 100_000}`);
  const addresses = Array.from({ length: 5000 }, () =>
    Array.from({ length: 4 }, () => random() % 256).join('.'),
  );
  const lines = [];
  let timeMs = Date.UTC(2025, 0, 1);
  for (let length = 0; length < sizeBytes; ) {
    timeMs += random() % 40;
    const time = new Date(timeMs).toISOString();
    const line = pick(LOG_FORMATS)({ time, pick, hex, random, users, addresses });
    lines.push(line);
    length += line.length;
  }
  return lines.join('').slice(0, sizeBytes);
}

const PATHS = [
  '/',
  '/login',
  '/api/v1/items',
  '/api/v1/items/search',
  '/api/v1/orders',
  '/static/app.js',
  '/healthz',
];
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148',
  'curl/8.5.0',
];
const LOG_FORMATS = [
  ({ time, pick, hex, random, addresses }) =>
    `${pick(addresses)} - - [${time}] "${pick(['GET', 'GET', 'GET', 'POST', 'PUT'])} ${pick(PATHS)}?id=${random() % 1_000_000} HTTP/1.1" ` +
    `${pick([200, 200, 200, 200, 301, 404, 500])} ${random() % 50_000} ${hex(7)} "-" "${pick(AGENTS)}"\n`,
  ({ time, pick, hex, random, users }) =>
    `{"time":"${time}","level":"${pick(['info', 'info', 'warn', 'debug'])}","service":"${pick(['orders', 'auth', 'billing'])}",` +
    `"trace":"${hex(7)}${hex(7)}","span":"${hex(7)}","user":"${pick(users)}","message":"request completed","durationMs":${random() % 2000}}\n`,
  ({ time, pick, random, addresses }) =>
    `${time} host-${random() % 20} sshd[${1000 + (random() % 30_000)}]: Failed password for invalid user ` +
    `${pick(['admin', 'root', 'test', 'oracle'])} from ${pick(addresses)} port ${1024 + (random() % 60_000)} ssh2\n`,
  ({ time, pick, random }) =>
    `${time} ${pick(['INFO', 'INFO', 'WARN'])} [worker-${random() % 16}] com.example.queue.Consumer - processed batch of ` +
    `${random() % 500} messages in ${random() % 900} ms, offset ${random() % 10_000_000}, lag ${random() % 100}\n`,
];

function xorshift(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
