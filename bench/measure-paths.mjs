// One connection beside as many as bring something, over a path that is long and over one that is narrow.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { digestTree, writeRandomFile } from './make-input.mjs';
import { table, writeResults } from './present-results.mjs';
import { startRelay } from './run-transfer.mjs';
import { makeScratchFolder } from './scratch-folder.mjs';
import { startSlowPath } from './start-slow-path.mjs';

const MIB = 2 ** 20;
/** What a connection carries over the long one: 256 KiB in 100 ms. The times of `auto` over `one` that there should be. */
const PATHS = [
  {
    title: '50 ms away, windows of 256 KiB',
    options: ['--delay', '50', '--window', '262144'],
    bytes: 128 * MIB,
    most: 1 / 3,
  },
  {
    title: '10 ms away, 4 MB/s in all',
    options: ['--delay', '10', '--rate', '4e6'],
    bytes: 48 * MIB,
    most: 1.05,
  },
];

/** Prints and writes seconds from the first event to the end, both ends behind the path. */
export async function measurePaths({ quick }) {
  // By the library: no option of the command asks for one connection.
  const { send, receive } = await import('../apps/cli/dist/index.js');
  const scratch = makeScratchFolder(4 * 128 * MIB);
  const results = [];
  for (const { title, options, bytes, most } of PATHS) {
    const sizeBytes = quick ? bytes / 2 : bytes;
    const source = path.join(scratch, 'random.bin');
    writeRandomFile(source, sizeBytes);
    const once = (wishes) => transferOnce({ send, receive }, source, { scratch, options, wishes });
    const one = await once({ lanes: 1 });
    const auto = await once({});
    results.push({ title, bytes: sizeBytes, one, auto, ratio: auto.seconds / one.seconds, most });
  }
  const header = [
    'random bytes over a path',
    'MiB',
    's one',
    's auto',
    'auto / one',
    'should be',
    'met',
    'lanes',
  ];
  const rows = results.map(({ title, bytes, one, auto, ratio, most }) => [
    title,
    (bytes / MIB).toFixed(0),
    one.seconds.toFixed(1),
    auto.seconds.toFixed(1),
    ratio.toFixed(2),
    `≤ ${most.toFixed(2)}`,
    ratio <= most ? 'yes' : 'NO',
    String(auto.lanes),
  ]);
  process.stdout.write(
    `\n${table(header, rows)}\n\nWritten to ${writeResults('paths', { scratch, results })}\n`,
  );
}

async function transferOnce({ send, receive }, source, { scratch, options, wishes }) {
  const relay = await startRelay(scratch);
  const slow = await startSlowPath(relay.url, options);
  const out = path.join(scratch, 'out');
  try {
    const startMs = performance.now();
    const { promise: code, resolve: tellCode } = deferred();
    const sending = send({
      paths: [source],
      relay: slow.url,
      ...wishes,
      onEvent: (event) => event.type === 'code' && tellCode(event.code),
    });
    await Promise.all([sending, receive({ code: await code, relay: slow.url, out })]);
    const seconds = (performance.now() - startMs) / 1000;
    const arrived = path.join(out, path.basename(source));
    if (digestTree(arrived) !== digestTree(source)) throw new Error('what arrived is not what was sent');
    return { seconds, lanes: slow.connections() / 2 };
  } finally {
    slow.close();
    await relay.process.stop();
    rmSync(out, { recursive: true, force: true });
  }
}

function deferred() {
  let resolve;
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
