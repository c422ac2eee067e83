// `npm start`: from a fresh clone to a relay that serves the app. Arguments go to `p2p-copy relay`.
import { pathToFileURL } from 'node:url';
import { buildApps, withPrepared } from './prepare.mjs';
import { ROOT } from './run-step.mjs';

const BIN = `${ROOT}apps/cli/bin/p2p-copy.mjs`;

await withPrepared(async () => {
  await buildApps();
  // In this process, not a child: signals, terminal and exit code are the relay's own and nothing can be orphaned.
  process.argv = [process.execPath, BIN, 'relay', ...process.argv.slice(2)];
  await import(pathToFileURL(BIN).href);
});
