#!/usr/bin/env node
// The command: runs the built CLI, or says how to build it.
import { existsSync } from 'node:fs';

// Older ones lack what it calls, and would say so by a stack trace.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 11)) {
  process.stderr.write(`p2p-copy needs Node 20.11 or later; this is ${process.versions.node}.\n`);
  process.exit(2);
}
const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  try {
    await import(cli.href);
  } catch (error) {
    // Files of its own can't be opened.
    if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') throw error;
    process.stderr.write(
      'This process may have too few files open.\nRaise the limit to at least 64 (ulimit -n, LimitNOFILE=).\n',
    );
    process.exit(2);
  }
} else {
  process.stderr.write('p2p-copy is not built yet. Run npm start or npm run build in the checkout first.\n');
  process.exitCode = 2;
}
