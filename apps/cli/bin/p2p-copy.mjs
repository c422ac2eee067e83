#!/usr/bin/env node
// The command: runs the built CLI, or says how to build it.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  process.stderr.write('p2p-copy is not built yet. Run npm start or npm run build in the checkout first.\n');
  process.exitCode = 2;
}
