// `npm run bench`: how fast a transfer is, what it costs, and how that compares with a bare pipe on this machine.
// `-- --memory` measures memory instead: bench/measure-memory.mjs; `-- --browser` two tabs: bench/measure-browser.mjs;
// `-- --text` text over slow and fast links: bench/measure-text.mjs;
// `-- --paths` several connections, and direct ones: bench/measure-paths.mjs, bench/measure-direct-paths.mjs;
// `-- --listing` the check of an offer: bench/measure-listing.mjs; `-- --delta` what lies at the receiver: bench/measure-delta.mjs;
// `-- --limits` a relay's rates: bench/measure-limits.mjs; `-- --rooms` many devices present: bench/measure-rooms.mjs;
// `-- --visit` the page's first load: bench/measure-visit.mjs; `-- --list` a long list in the page: bench/measure-list.mjs.
import { parseArgs } from 'node:util';
import { buildApps, withPrepared } from '../scripts/prepare.mjs';
import { CASES } from './bench-cases.mjs';
import { measureBrowser } from './measure-browser.mjs';
import { measureDelta } from './measure-delta.mjs';
import { measureDirectPaths } from './measure-direct-paths.mjs';
import { measureLimits } from './measure-limits.mjs';
import { measureList } from './measure-list.mjs';
import { measureListing } from './measure-listing.mjs';
import { measureMemory } from './measure-memory.mjs';
import { measurePaths } from './measure-paths.mjs';
import { measureRooms } from './measure-rooms.mjs';
import { measureSpeed } from './measure-speed.mjs';
import { measureText } from './measure-text.mjs';
import { measureVisit } from './measure-visit.mjs';
import { killAll } from './measured-process.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    memory: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    text: { type: 'boolean', default: false },
    paths: { type: 'boolean', default: false },
    mib: { type: 'string' },
    listing: { type: 'boolean', default: false },
    delta: { type: 'boolean', default: false },
    limits: { type: 'boolean', default: false },
    rooms: { type: 'boolean', default: false },
    visit: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    classic: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const runs = Number(options.runs ?? (options.quick ? 1 : 3));
if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number from 1');

const mib = Number(options.mib ?? (options.quick ? 256 : 1024));
if (!Number.isInteger(mib) || mib < 1) throw new Error('--mib takes a whole number from 1');

if (options.help) {
  process.stdout.write(
    `npm run bench -- [--runs N] [--quick] [--only ${CASES.map(({ name }) => name).join('|')}] [--classic] [--memory] [--browser] [--text] [--paths [--mib N]] [--listing] [--delta] [--limits] [--rooms] [--visit] [--list]\n` +
      '  --runs N   runs per case, of which the median counts (3; quick: 1)\n' +
      '  --quick    smaller inputs\n' +
      '  --only     one case, and nothing else\n' +
      '  --classic  over the wire of the Python tool, plain and encrypted\n' +
      '  --memory   peak memory for a 4 GiB file, and with a slow receiver\n' +
      '  --browser  between two tabs of a Chromium\n' +
      '  --text     text, compressed by itself and not at all, over links of 10 to 1000 Mbit/s and loopback\n' +
      '  --paths    one connection and several, over a long and a narrow path; then the relay, direct connections, and\n' +
      '             both beside each other (in network namespaces, so by root on Linux)\n' +
      '  --mib N    content of the latter, in MiB (1024; quick: 256)\n' +
      '  --listing  the check of an offer, in CPU, and of one four times as long\n' +
      '  --delta    a file of which half is there, beside all of it, in turn\n' +
      '  --limits   rates of a relay against what it was told, over 10 s\n' +
      '  --rooms    a relay with 1,000 devices in 200 rooms: memory and CPU\n' +
      '  --visit    the first visit of a phone: time until the page can be used, bytes\n' +
      '  --list     a list of 100,000 entries in the page: its longest tasks, its rows\n',
  );
} else {
  await withPrepared(async () => {
    await buildApps();
    process.on('exit', killAll);
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));
    if (options.text) await measureText({ ...options, runs });
    else if (options.paths) {
      await measurePaths(options);
      await measureDirectPaths({ bytes: mib * 2 ** 20, runs });
    } else if (options.listing) await measureListing({ ...options, runs });
    else if (options.delta) await measureDelta({ ...options, runs });
    else if (options.rooms) await measureRooms(options);
    else if (options.limits) process.exitCode = (await measureLimits(options)) ? 0 : 1;
    else if (options.visit) await measureVisit({ ...options, runs });
    else if (options.list) await measureList(options);
    else if (options.browser) await measureBrowser({ ...options, runs });
    else if (!options.memory) await measureSpeed({ ...options, runs });
    else if (!(await measureMemory(options.quick))) process.exitCode = 1;
  });
}
