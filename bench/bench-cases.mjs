// What the benchmark sends. Sizes are those of docs and earlier measurements, so that figures can be compared.
import { closeSync, copyFileSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { writeLogFile, writeRandomFile, writeSmallFiles } from './make-input.mjs';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const RANDOM = {
  bytes: (quick) => (quick ? 256 * MIB : GIB),
  title: (quick) => `${quick ? '256 MiB' : '1 GiB'} incompressible`,
  make(folder, bytes) {
    const file = path.join(folder, 'random.bin');
    writeRandomFile(file, bytes);
    return file;
  },
};

/** Each case makes its input in `folder` and returns the path to send. `seed` puts what the receiver has into its folder. */
export const CASES = [
  {
    name: 'empty',
    bytes: () => 1,
    title: () => '1 byte: what any transfer costs',
    make(folder) {
      const file = path.join(folder, 'byte.bin');
      writeFileSync(file, 'x');
      return file;
    },
  },
  { name: 'random', ...RANDOM },
  {
    name: 'half',
    ...RANDOM,
    title: (quick) => `${RANDOM.title(quick)}, half there`,
    seed: (out, source, bytes) => putHalf(source, path.join(out, path.basename(source)), bytes),
  },
  {
    name: 'half-part',
    ...RANDOM,
    title: (quick) => `${RANDOM.title(quick)}, half there as a part`,
    seed: (out, source, bytes) => putHalf(source, path.join(out, `${path.basename(source)}.p2p.part`), bytes),
  },
  {
    name: 'half-other',
    ...RANDOM,
    title: (quick) => `${RANDOM.title(quick)}, the second half another`,
    seed: (out, source, bytes) => putHalfOther(source, path.join(out, path.basename(source)), bytes),
  },
  {
    name: 'identical',
    ...RANDOM,
    title: (quick) => `${RANDOM.title(quick)}, all there`,
    seed: (out, source) => copyFileSync(source, path.join(out, path.basename(source))),
  },
  {
    name: 'log',
    bytes: (quick) => (quick ? 128 * MIB : 512 * MIB),
    title: (quick) => `${quick ? '128 MiB' : '512 MiB'} log-like text`,
    make(folder, bytes) {
      const file = path.join(folder, 'server.log');
      writeLogFile(file, bytes);
      return file;
    },
  },
  {
    name: 'small-files',
    bytes: (quick) => (quick ? 2000 : 10_000) * 4096,
    title: (quick) => `${quick ? '2,000' : '10,000'} × 4 KiB files`,
    make(folder, bytes) {
      const tree = path.join(folder, 'tree');
      writeSmallFiles(tree, bytes / 4096, 4096);
      return tree;
    },
  },
];

function putHalf(source, target, bytes) {
  copyFileSync(source, target);
  truncateSync(target, bytes / 2);
}

function putHalfOther(source, target, bytes) {
  copyFileSync(source, target);
  const other = Buffer.alloc(MIB);
  const descriptor = openSync(target, 'r+');
  for (let at = bytes / 2; at < bytes; at += MIB) writeSync(descriptor, other, 0, MIB, at);
  closeSync(descriptor);
}
