#!/usr/bin/env node
// The command: sets up what must be set before Node starts its threads, then runs the built CLI.
import { existsSync } from 'node:fs';

// Files are read, written, hashed and sealed side by side; Node's default of 4 threads is too few.
process.env.UV_THREADPOOL_SIZE ??= '8';

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  process.stderr.write('p2p-copy is not built yet. Run npm start or npm run build in the checkout first.\n');
  process.exitCode = 2;
}
